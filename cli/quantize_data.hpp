// Where `mote quantize` has its inputs from: arrays, a dataset, or a project.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/calibrate.hpp"
#include "learn/run.hpp"
#include "project/project.hpp"

namespace mote::cli {

struct QuantizeSource {
  std::string inputs;   // a .npy or .npz file
  std::string labels;   // a .npy file: the class of each input
  std::string dataset;  // name or folder
  std::string project;
  std::string run;  // folder of the project's training run; empty: where `mote train` put it
  int64_t samples = 256;
};

// A part of the data that accuracy is measured on.
struct LabelledInputs {
  std::string name;
  std::vector<quantize::Sample> samples;
  std::vector<int32_t> labels;
};

struct QuantizeData {
  std::string source;                         // what it is, for people
  std::vector<quantize::Sample> calibration;  // what ranges are taken from
  std::vector<quantize::Sample> held_out;     // what noise is measured on
  std::vector<LabelledInputs> judged;
};

// A project whose model has been trained, with its windows.
struct TrainedProject {
  project::Project project;
  learn::TrainedRun run;
  learn::DataWindows windows;

  bool is_anomaly() const { return run.pipeline.decision == plan::Decision::anomaly; }
};

TrainedProject load_trained_project(const std::string& path, const std::string& run);

// Inputs for `graph` from what `source` names. project: of source.project, if it names one. Every
// fifth of the samples is held out, if there are at least five. Throws std::runtime_error naming
// the file when shapes don't fit, and when `source` names nothing.
QuantizeData load_quantize_data(const QuantizeSource& source, const ir::Graph& graph,
                                const TrainedProject* project);

}  // namespace mote::cli
