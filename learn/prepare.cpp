#include "learn/prepare.hpp"

#include <algorithm>

#include "project/recordings.hpp"

namespace mote::learn {
namespace {

constexpr int32_t normal = 0, anomaly = 1;

// Copies window `w` of `from` with the class `label`.
void append(WindowSet& set, const project::ExampleSet& from, size_t w, int32_t label,
            const project::ProjectData& data) {
  const auto size = static_cast<size_t>(from.length * from.axes);
  const auto first = from.counts.begin() + static_cast<std::ptrdiff_t>(w * size);
  set.counts.insert(set.counts.end(), first, first + static_cast<std::ptrdiff_t>(size));
  set.labels.push_back(label);
  set.recording.push_back(data.recordings[static_cast<size_t>(from.recordings[w])].info.name);
}

}  // namespace

DataWindows load_windows(const project::Project& project, const ProgressFunction& progress) {
  const project::ProjectData data = project::load_data(project, [&](size_t done, size_t total) {
    if (progress) progress("load", done, total);
  });
  const bool is_anomaly = project.train.task == "anomaly";
  DataWindows result;
  result.labels = data.labels;
  result.dataset_hash = data.hash;
  result.warnings = data.warnings;
  int32_t normal_class = -1;
  if (is_anomaly) {
    const auto found = std::ranges::find(data.labels, project.train.normal_label);
    if (found == data.labels.end()) {
      project.fail("train.normal_label", "'" + project.train.normal_label + "' is no class here");
    }
    normal_class = static_cast<int32_t>(found - data.labels.begin());
    result.labels = {project.train.normal_label, "anomaly"};
  }
  const std::pair<data::Split, WindowSet*> parts[] = {{data::Split::train, &result.train},
                                                      {data::Split::val, &result.val},
                                                      {data::Split::test, &result.test}};
  for (const auto& [split, set] : parts) {
    const project::ExampleSet examples = project::examples_of(project, data, split);
    for (size_t w = 0; w < examples.classes.size(); ++w) {
      const int32_t label = examples.classes[w];
      if (!is_anomaly) {
        append(*set, examples, w, label, data);
      } else if (label == normal_class) {
        append(*set, examples, w, normal, data);
      } else {
        // What an anomaly model does not learn from still helps to judge it.
        append(result.test, examples, w, anomaly, data);
      }
    }
    if (examples.size() == 0) continue;
    result.length = static_cast<int32_t>(examples.length);
    result.axes = examples.axes;
  }
  if (result.train.count() == 0) {
    project.fail("data.datasets", "gives no window to train on; check labels, splits and window");
  }
  return result;
}

}  // namespace mote::learn
