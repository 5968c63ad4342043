// One training run, from features to the graph that the device executes.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/plan/plan.hpp"
#include "learn/prepare.hpp"
#include "project/project.hpp"

namespace mote::learn {

// What training leaves behind.
struct TrainedRun {
  ir::Graph device;         // int16 window [length, axes] -> scores; features, network, all of it
  ir::Graph network;        // float32 features -> scores, batch norms folded, before quantisation
  plan::Pipeline pipeline;  // sensor, window, labels, decision
  nlohmann::json report;    // settings, history, figures; see run.cpp
};

struct RunOptions {
  uint64_t seed = 1;
  std::string cache;  // folder for features; empty: none
  ProgressFunction progress;
  std::function<void(const std::string& phase, const EpochRecord&, int32_t epochs)> on_epoch;
};

// Trains the project's model on `data`: float32, then quantisation-aware, then int8. Throws
// project::ProjectError when model and features don't go together, and std::runtime_error.
TrainedRun train(const project::Project& project, const DataWindows& data,
                 const RunOptions& options);

// The graph that the device runs: features of int16 windows [length, axes], and behind them
// `network`, which takes them in float32.
ir::Graph device_graph(const project::Project& project, int32_t length, int32_t axes,
                       const ir::Graph& network);

// Faults lie far outside of what an anomaly model learns from; clipped there they would look
// normal. So far does the network's integer input reach, in standard deviations of the normal
// features.
constexpr float anomaly_reach = 10.0f;

// The score from which on a window is no longer normal: most of these are below it.
float anomaly_threshold(std::vector<float> normal_scores);

// A run's folder: device.graph and network.graph (compiler/ir/text.hpp), run.json.
void save_run(const TrainedRun& run, const std::string& folder);
// Throws std::runtime_error naming the file, and `mote train` as what to do.
TrainedRun load_run(const std::string& folder);
// Where a project's run lies: trained/<project name> beside the project file.
std::string run_folder(const project::Project& project);

// Decisions for windows from the device's scores. Classifiers: the largest; anomaly: 1 at or above
// the threshold.
std::vector<int32_t> decide(const plan::Pipeline& pipeline, std::span<const float> scores);

// Scores in float32 of one output tensor's bytes as the device delivers them.
std::vector<float> read_scores(const ir::Tensor& output, std::span<const uint8_t> bytes);

}  // namespace mote::learn
