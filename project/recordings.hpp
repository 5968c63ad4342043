// What [data], [sensor] and [window] of a project make of its datasets: recordings as the sensor
// would deliver them, their class at every moment, and which split they are in.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "data/recording.hpp"
#include "data/window.hpp"
#include "project/project.hpp"

namespace mote::project {

struct ProjectData {
  std::vector<std::string> labels;  // classes in the order of the model's outputs
  // Axes, rate and int16 scale of [sensor]; label and segments hold class names. A label that is
  // no class is gone: such a recording is left out, such a segment is not labelled.
  std::vector<data::Recording> recordings;
  std::vector<data::Split> splits;  // one per recording; train, val, test or excluded
  // SHA-256 over the datasets' hashes and everything in [data], [sensor] and [window]: equal
  // exactly when the windows are.
  std::string hash;
  int64_t clipped = 0;                // sample values beyond the sensor's range, saturated
  std::vector<std::string> warnings;  // leaks and gaps, as in `mote data show`
};

// Opens the datasets (names, or folders relative to the project file). Throws ProjectError with the
// line when one is not there, an axis or unit does not fit, or a class has no data.
ProjectData load_data(const Project& project,
                      const std::function<void(size_t done, size_t total)>& progress = {});

// All windows of one split, in the order of the recordings.
struct ExampleSet {
  int64_t length = 0;
  int32_t axes = 0;
  std::vector<int16_t> counts;      // [windows, length, axes]
  std::vector<int32_t> classes;     // [windows], index into ProjectData::labels
  std::vector<int32_t> recordings;  // [windows], index into ProjectData::recordings
  std::vector<int64_t> starts;      // [windows], frame; below 0 when the recording was padded

  int64_t size() const { return static_cast<int64_t>(classes.size()); }
};

ExampleSet examples_of(const Project& project, const ProjectData& data, data::Split split);

// The windows' length, stride and rules for window.hpp.
data::WindowSpec window_spec(const Project& project);

}  // namespace mote::project
