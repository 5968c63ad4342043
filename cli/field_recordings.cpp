#include "cli/field_recordings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/command.hpp"
#include "data/dataset.hpp"
#include "data/split.hpp"
#include "project/recordings.hpp"

namespace mote::cli {
namespace {

using Short = data::WindowSpec::Short;

lab::FieldRecording field_recording(const data::Recording& heard) {
  lab::FieldRecording field;
  field.name = heard.info.name;
  field.samples = std::get<std::vector<int16_t>>(heard.values);
  for (const data::Segment& segment : heard.info.segments) {
    field.labels.push_back({segment.begin, segment.end, segment.label});
  }
  if (heard.info.segments.empty() && !heard.info.label.empty()) {
    field.labels.push_back({0, heard.info.frames, heard.info.label});
  }
  return field;
}

// Takes a recording in, if it is long enough or may be padded.
void take(FieldData& data, lab::FieldRecording recording, int64_t length, int64_t axes,
          Short rule) {
  const bool is_short = std::ssize(recording.samples) < length * axes;
  if (!pad_short(recording, length, axes, rule)) {
    ++data.skipped;
    return;
  }
  if (is_short) ++data.padded;
  data.recordings.push_back(std::move(recording));
}

// The chosen split; by default test, or val where nothing is in test.
data::Split chosen_split(const FieldChoice& choice, const std::vector<data::Split>& splits) {
  if (!choice.split.empty()) return data::split_from(choice.split);
  const bool has_test = std::count(splits.begin(), splits.end(), data::Split::test) > 0;
  return has_test ? data::Split::test : data::Split::val;
}

// Which of `count` recordings to take when at most `limit` are wanted: evenly spread, so that a few
// still show every label.
std::vector<size_t> spread(size_t count, size_t limit) {
  const size_t taken = limit == 0 ? count : std::min(limit, count);
  std::vector<size_t> chosen;
  for (size_t i = 0; i < taken; ++i) chosen.push_back((2 * i + 1) * count / (2 * taken));
  return chosen;
}

[[noreturn]] void nothing_in(const std::string& split, const std::vector<std::string>& datasets) {
  throw UsageError(
      fmt::format("no recording of {} is in the split '{}' and long enough; choose"
                  " another with --split, see `mote data show`",
                  fmt::join(datasets, ", "), split));
}

}  // namespace

bool pad_short(lab::FieldRecording& recording, int64_t length, int64_t axes, Short rule) {
  const int64_t frames = std::ssize(recording.samples) / axes;
  if (frames >= length) return true;
  if (rule == Short::skip) return false;
  const int64_t before = rule == Short::zero_pad_centre ? (length - frames) / 2 : 0;
  std::vector<int16_t> padded(static_cast<size_t>(length * axes), 0);
  std::copy(recording.samples.begin(), recording.samples.end(), padded.begin() + before * axes);
  recording.samples = std::move(padded);
  // The label of a short recording is its window's, as in training, however much of it is zeros.
  if (recording.labels.size() == 1 && recording.labels[0].begin == 0 &&
      recording.labels[0].end == frames) {
    recording.labels[0].end = length;
    return true;
  }
  for (lab::LabelSpan& span : recording.labels) {
    span.begin += before;
    span.end += before;
  }
  return true;
}

FieldData project_recordings(const project::Project& project, const learn::TrainedRun& run,
                             const FieldChoice& choice, const FieldProgress& progress) {
  project::ProjectData loaded = project::load_data(project, progress);
  const data::Split wanted = chosen_split(choice, loaded.splits);
  const bool is_anomaly = run.pipeline.decision == plan::Decision::anomaly;
  FieldData data;
  data.split = data::name_of(wanted);
  data.changed_since_training = run.report.value("dataset_hash", std::string()) != loaded.hash;
  std::vector<size_t> inside;
  for (size_t i = 0; i < loaded.recordings.size(); ++i) {
    if (loaded.splits[i] == wanted) inside.push_back(i);
  }
  for (const size_t at : spread(inside.size(), choice.limit)) {
    lab::FieldRecording field = field_recording(loaded.recordings[inside[at]]);
    for (lab::LabelSpan& span : field.labels) {
      if (is_anomaly && span.label != project.train.normal_label) {
        span.label = run.pipeline.labels.at(1);
      }
    }
    take(data, std::move(field), project.window.length, std::ssize(project.sensor.axes),
         project::window_spec(project).when_short);
  }
  if (data.recordings.empty()) nothing_in(data.split, project.data.datasets);
  return data;
}

FieldData dataset_recordings(const std::vector<std::string>& datasets,
                             const std::vector<std::string>& axes, const lab::Model& model,
                             const FieldChoice& choice, const FieldProgress& progress) {
  const package::Pipeline& pipeline = *model.reader().pipeline();
  const data::SensorSpec sensor{axes, pipeline.rate_millihertz / 1000.0,
                                static_cast<double>(pipeline.units_per_count)};
  std::vector<data::Dataset> opened;
  std::vector<std::pair<size_t, data::RecordingInfo>> infos;  // which dataset, what
  std::vector<data::Split> splits;
  for (const std::string& name : datasets) {
    opened.push_back(data::Dataset::open(data::dataset_folder(name)));
    const auto& recordings = opened.back().recordings();
    for (const data::RecordingInfo& info : recordings) infos.emplace_back(opened.size() - 1, info);
    for (const data::Split split : data::assign_splits(recordings, {})) splits.push_back(split);
  }
  const data::Split wanted = chosen_split(choice, splits);
  std::vector<size_t> inside;
  for (size_t i = 0; i < splits.size(); ++i) {
    if (splits[i] == wanted) inside.push_back(i);
  }
  FieldData data;
  data.split = data::name_of(wanted);
  const std::vector<size_t> chosen = spread(inside.size(), choice.limit);
  for (size_t i = 0; i < chosen.size(); ++i) {
    const auto& [dataset, info] = infos[inside[chosen[i]]];
    take(data, field_recording(data::as_sensor(opened[dataset].load(info), sensor)),
         pipeline.window_length, pipeline.axes, Short::zero_pad_end);
    if (progress) progress(i + 1, chosen.size());
  }
  if (data.recordings.empty()) nothing_in(data.split, datasets);
  return data;
}

}  // namespace mote::cli
