// The stages of `mote demo`: the whole way from recordings to a device that reports, each with
// what it found out.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/compile.hpp"
#include "lab/bench.hpp"
#include "lab/field.hpp"
#include "lab/report/report.hpp"
#include "learn/metrics.hpp"
#include "learn/run.hpp"
#include "project/project.hpp"

namespace mote::cli {

struct DemoOptions {
  std::string folder = "mote-demo";  // project, data, model and report go here
  std::string board = "mps2-an386";
  std::string pictures;      // folder for the report's pictures; empty: none
  bool keep_broker = false;  // don't kill the broker during the field run
};

struct DemoResult {
  DemoOptions options;
  project::Project project;
  learn::DataWindows windows;
  learn::TrainedRun run;
  Compiled compiled;
  lab::BenchReport bench;            // of the virtual machine, as the device runs the model
  int64_t emitted_instructions = 0;  // of emitted source, for comparison
  int64_t emitted_code_bytes = 0;
  lab::report::ConfusionMatrix confusion;  // of the test windows, on the board
  learn::Proportion accuracy;
  double float_accuracy = 0;      // [0, 1]
  int64_t identical_windows = 0;  // whose output bytes on the board are the host's
  std::vector<lab::FieldRecording> recordings;
  lab::FieldReport field;
  lab::FieldScore score;
  std::vector<lab::report::Stage> stages;
  std::string package_file;
};

// Runs every stage, saying on stdout what happens and what came out. Throws what the stages throw.
DemoResult run_demo(const DemoOptions& options);

// The HTML report.
std::string demo_report(const DemoResult& result);

// Its pictures as SVG files of their own, by file name.
std::map<std::string, std::string> demo_pictures(const DemoResult& result);

}  // namespace mote::cli
