// From a project to training data: recordings -> split -> windows -> labels -> features.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "features/extractor.hpp"
#include "learn/trainer.hpp"
#include "project/project.hpp"

namespace mote::learn {

// The windows of one part of the data.
struct WindowSet {
  std::vector<int16_t> counts;         // [windows, length, axes]
  std::vector<int32_t> labels;         // [windows], indices into DataWindows::labels
  std::vector<std::string> recording;  // [windows], name of the recording each was cut from

  int64_t count() const { return static_cast<int64_t>(labels.size()); }
};

struct DataWindows {
  std::vector<std::string> labels;  // classes; an anomaly model's are "normal" and "anomaly"
  int32_t length = 0, axes = 0;     // of a window
  WindowSet train, val, test;
  std::string dataset_hash;           // of all datasets together
  std::vector<std::string> warnings;  // leaks between splits, classes without samples
};

// done of total steps of `what`; called often.
using ProgressFunction =
    std::function<void(const std::string& what, uint64_t done, uint64_t total)>;

// Opens the project's datasets, assigns splits, resamples to the sensor, cuts and labels windows.
// An anomaly model's train and val hold normal windows only. Throws data::DataError or
// project::ProjectError when there is nothing to train on.
DataWindows load_windows(const project::Project& project, const ProgressFunction& progress);

// Computes features with the device's kernels, or reads them from `cache` (a folder; empty: none),
// where they lie under the SHA-256 of the feature graph, the windows and this program.
class FeatureSource {
 public:
  FeatureSource(const project::Project& project, const DataWindows& data, std::string cache);

  const ir::Shape& shape() const { return shape_; }  // of one sample, 1 in front
  Samples of(const WindowSet& windows, const ProgressFunction& progress) const;
  // Features of one variation of every window ([train.augment]; the windows as they are when that
  // is off), in x: [windows, elements]. Variation `round` of window i is the same for the same
  // seed, however many processors share the work.
  void vary(const WindowSet& windows, uint64_t seed, int64_t round, std::span<float> x) const;

 private:
  std::vector<float> compute(const std::vector<int16_t>& counts,
                             const ProgressFunction& progress) const;

  const project::Project& project_;
  const DataWindows& data_;
  std::string cache_;
  ir::Graph graph_;
  ir::Shape shape_;
  // One for each thread; made when first needed.
  mutable std::vector<features::Extractor> extractors_;
};

}  // namespace mote::learn
