#include "project/recordings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>

#include <algorithm>
#include <set>

#include "data/dataset.hpp"
#include "data/sha256.hpp"
#include "data/split.hpp"
#include "data/summary.hpp"

namespace mote::project {
namespace {

struct Source {
  size_t dataset;
  data::RecordingInfo info;
};

bool matches_any(const std::vector<std::string>& globs, const std::string& name) {
  return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) {
    return fnmatch(glob.c_str(), name.c_str(), 0) == 0;
  });
}

std::vector<data::Dataset> open_datasets(const Project& project) {
  std::vector<data::Dataset> datasets;
  for (size_t i = 0; i < project.data.datasets.size(); ++i) {
    const std::string& name = project.data.datasets[i];
    const std::string folder = data::dataset_folder(name, project.directory);
    if (!data::Dataset::exists(folder)) {
      project.fail(fmt::format("data.datasets.{}", i),
                   fmt::format("'{}' is not here (looked for {}); run `mote data get {}` or"
                               " `mote data import ... --into {}`",
                               name, folder, name, name));
    }
    datasets.push_back(data::Dataset::open(folder));
  }
  return datasets;
}

std::vector<Source> chosen_recordings(const Project& project,
                                      const std::vector<data::Dataset>& datasets) {
  std::vector<Source> chosen;
  for (size_t i = 0; i < datasets.size(); ++i) {
    for (const data::RecordingInfo& info : datasets[i].recordings()) {
      const bool included =
          project.data.include.empty() || matches_any(project.data.include, info.name);
      if (included && !matches_any(project.data.exclude, info.name)) chosen.push_back({i, info});
    }
  }
  if (chosen.empty()) project.fail("data.include", "no recording of the datasets matches");
  return chosen;
}

// The class of a dataset's label; empty when it is none.
std::string class_of(const DataSection& rules, const std::string& label) {
  const auto renamed = rules.relabel.find(label);
  const std::string& name = renamed == rules.relabel.end() ? label : renamed->second;
  if (rules.labels.empty()) return name;
  const bool known =
      std::find(rules.labels.begin(), rules.labels.end(), name) != rules.labels.end();
  return known ? name : rules.other_label;
}

// Labels become classes; neighbouring segments of one class become one. False when nothing of the
// recording has a class.
bool classify(const DataSection& rules, data::RecordingInfo& info) {
  if (info.segments.empty()) {
    info.label = class_of(rules, info.label);
    return !info.label.empty();
  }
  std::vector<data::Segment> segments;
  for (const data::Segment& segment : info.segments) {
    const std::string name = class_of(rules, segment.label);
    if (name.empty()) continue;
    if (!segments.empty() && segments.back().label == name &&
        segments.back().end == segment.begin) {
      segments.back().end = segment.end;
    } else {
      segments.push_back({segment.begin, segment.end, name});
    }
  }
  info.segments = std::move(segments);
  info.label.clear();
  return !info.segments.empty();
}

std::set<std::string> classes_in(const std::vector<Source>& sources) {
  std::set<std::string> classes;
  for (const Source& source : sources) {
    if (!source.info.label.empty()) classes.insert(source.info.label);
    for (const data::Segment& segment : source.info.segments) classes.insert(segment.label);
  }
  return classes;
}

data::SensorSpec sensor_spec(const Project& project) {
  const SensorSection& sensor = project.sensor;
  return {sensor.axes, sensor.rate_hz, sensor.scale()};
}

data::Recording load_one(const Project& project, const data::Dataset& dataset,
                         const data::RecordingInfo& info, int64_t& clipped) {
  if (info.units != project.sensor.units) {
    project.fail("sensor.units",
                 fmt::format("is '{}', but {} of {} is in '{}'", project.sensor.units, info.name,
                             dataset.name(), info.units));
  }
  try {
    return data::as_sensor(dataset.load(info), sensor_spec(project), &clipped);
  } catch (const data::DataError& error) {
    project.fail("sensor.axes", error.what());
  }
}

std::string hash_of(const Project& project, const std::vector<data::Dataset>& datasets) {
  data::Sha256 sha;
  for (const data::Dataset& dataset : datasets) sha.add_field(dataset.hash());
  const DataSection& d = project.data;
  for (const auto* list : {&d.include, &d.exclude, &d.labels, &project.sensor.axes}) {
    sha.add_field(fmt::format("{}", list->size()));
    for (const std::string& word : *list) sha.add_field(word);
  }
  for (const auto& [from, to] : d.relabel) sha.add_field(from).add_field(to);
  sha.add_field(d.other_label).add_field(d.split_by).add_field(project.sensor.units);
  sha.add_field(fmt::format("{} {} {} {} {} {} {} {} {}", d.val_fraction, d.test_fraction,
                            d.split_seed, d.official_split, project.sensor.rate_hz,
                            project.sensor.range, project.window.length, project.window.stride,
                            project.window.label_cover));
  return sha.add_field(project.window.when_short).hex();
}

data::SplitRule split_rule(const DataSection& data) {
  data::SplitRule rule;
  rule.val_fraction = data.val_fraction;
  rule.test_fraction = data.test_fraction;
  rule.seed = static_cast<uint64_t>(data.split_seed);
  rule.keep_official = data.official_split;
  rule.unit =
      data.split_by == "group" ? data::SplitRule::Unit::group : data::SplitRule::Unit::recording;
  return rule;
}

}  // namespace

ProjectData load_data(const Project& project, const std::function<void(size_t, size_t)>& progress) {
  const std::vector<data::Dataset> datasets = open_datasets(project);
  std::vector<Source> sources;
  for (Source& source : chosen_recordings(project, datasets)) {
    if (classify(project.data, source.info)) sources.push_back(std::move(source));
  }
  const std::set<std::string> found = classes_in(sources);
  ProjectData data;
  data.labels = project.data.labels;
  if (data.labels.empty()) data.labels.assign(found.begin(), found.end());
  for (const std::string& label : data.labels) {
    if (found.count(label) == 0) {
      project.fail("data.labels", fmt::format("nothing in the data is '{}' (there is: {})", label,
                                              fmt::join(found, ", ")));
    }
  }
  if (data.labels.empty()) project.fail("data.labels", "no recording has a label");

  std::vector<data::RecordingInfo> infos;
  for (const Source& source : sources) infos.push_back(source.info);
  data.splits = data::assign_splits(infos, split_rule(project.data));
  data.warnings = data::summarise(infos, data.splits).problems;
  for (size_t i = 0; i < sources.size(); ++i) {
    const data::Dataset& dataset = datasets[sources[i].dataset];
    data.recordings.push_back(load_one(project, dataset, sources[i].info, data.clipped));
    if (progress) progress(i + 1, sources.size());
  }
  data.hash = hash_of(project, datasets);
  return data;
}

data::WindowSpec window_spec(const Project& project) {
  using Short = data::WindowSpec::Short;
  const WindowSection& window = project.window;
  return {window.length, window.stride, window.label_cover,
          window.when_short == "skip"      ? Short::skip
          : window.when_short == "pad_end" ? Short::zero_pad_end
                                           : Short::zero_pad_centre};
}

ExampleSet examples_of(const Project& project, const ProjectData& data, data::Split split) {
  ExampleSet set;
  set.length = project.window.length;
  set.axes = static_cast<int32_t>(project.sensor.axes.size());
  const data::WindowSpec spec = window_spec(project);
  for (size_t i = 0; i < data.recordings.size(); ++i) {
    if (data.splits[i] != split) continue;
    const data::Windows windows = data::cut_windows(data.recordings[i], spec);
    set.counts.insert(set.counts.end(), windows.counts.begin(), windows.counts.end());
    for (size_t w = 0; w < windows.labels.size(); ++w) {
      const auto label = std::find(data.labels.begin(), data.labels.end(), windows.labels[w]);
      set.classes.push_back(static_cast<int32_t>(label - data.labels.begin()));
      set.recordings.push_back(static_cast<int32_t>(i));
      set.starts.push_back(windows.starts[w]);
    }
  }
  return set;
}

}  // namespace mote::project
