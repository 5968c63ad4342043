#include "data/window.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "data/resample.hpp"

namespace mote::data {
namespace {

constexpr double count_min = -32768;
constexpr double count_max = 32767;

// The label that covers enough of frames [begin, end); false when none does.
bool label_of(const RecordingInfo& info, int64_t begin, int64_t end, double cover,
              std::string& label) {
  if (info.segments.empty()) {
    label = info.label;
    return true;
  }
  std::map<std::string_view, int64_t> frames;
  auto segment = std::lower_bound(info.segments.begin(), info.segments.end(), begin,
                                  [](const Segment& s, int64_t frame) { return s.end <= frame; });
  for (; segment != info.segments.end() && segment->begin < end; ++segment) {
    frames[segment->label] += std::min(segment->end, end) - std::max(segment->begin, begin);
  }
  const auto most =
      std::max_element(frames.begin(), frames.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == frames.end()) return false;
  if (static_cast<double>(most->second) < cover * static_cast<double>(end - begin)) return false;
  label = most->first;
  return true;
}

}  // namespace

Recording as_sensor(const Recording& recording, const SensorSpec& sensor, int64_t* clipped) {
  Recording out = sensor.axes.empty() ? recording : select_axes(recording, sensor.axes);
  if (sensor.rate_hz > 0) out = resample(out, sensor.rate_hz);
  const bool is_counts = std::holds_alternative<std::vector<int16_t>>(out.values);
  if (sensor.scale <= 0 && !is_counts) {
    if (!std::holds_alternative<std::vector<int16_t>>(recording.values)) {
      throw DataError(
          fmt::format("{}: values are in {}, so the sensor needs a scale ({} per count)",
                      out.info.name, out.info.units, out.info.units));
    }
  }
  // Resampled counts go back to the recording's own scale when the sensor names none.
  const double scale = sensor.scale > 0 ? sensor.scale : recording.info.scale;
  if (is_counts && scale == out.info.scale) return out;
  std::vector<int16_t> counts;
  const auto axes = static_cast<int32_t>(out.info.axes.size());
  counts.reserve(static_cast<size_t>(out.info.frames) * out.info.axes.size());
  for (int64_t frame = 0; frame < out.info.frames; ++frame) {
    for (int32_t axis = 0; axis < axes; ++axis) {
      const double count = std::round(out.at(frame, axis) / scale);
      const double inside = std::clamp(count, count_min, count_max);
      if (clipped != nullptr && inside != count) ++*clipped;
      counts.push_back(static_cast<int16_t>(inside));
    }
  }
  out.values = std::move(counts);
  out.info.scale = scale;
  out.info.hash.clear();
  return out;
}

Windows cut_windows(const Recording& recording, const WindowSpec& spec) {
  const auto* counts = std::get_if<std::vector<int16_t>>(&recording.values);
  if (counts == nullptr) {
    throw DataError(recording.info.name + ": windows are cut from int16 counts, not from floats");
  }
  if (spec.length <= 0 || spec.stride <= 0 || !(spec.label_cover > 0) || spec.label_cover > 1) {
    throw DataError(
        fmt::format("window length {} and stride {} must be above 0, the label's cover {}"
                    " in (0, 1]",
                    spec.length, spec.stride, spec.label_cover));
  }
  const auto axes = static_cast<int64_t>(recording.info.axes.size());
  Windows windows;
  windows.length = spec.length;
  windows.axes = static_cast<int32_t>(axes);
  const int64_t frames = recording.info.frames;
  std::string label;
  if (frames < spec.length) {
    if (spec.when_short == WindowSpec::Short::skip) return windows;
    if (!label_of(recording.info, 0, frames, spec.label_cover, label)) return windows;
    const bool centre = spec.when_short == WindowSpec::Short::zero_pad_centre;
    const int64_t before = centre ? (spec.length - frames) / 2 : 0;
    windows.counts.assign(static_cast<size_t>(spec.length * axes), 0);
    std::copy(counts->begin(), counts->end(), windows.counts.begin() + before * axes);
    windows.labels.push_back(label);
    windows.starts.push_back(-before);
    return windows;
  }
  for (int64_t start = 0; start + spec.length <= frames; start += spec.stride) {
    if (!label_of(recording.info, start, start + spec.length, spec.label_cover, label)) continue;
    windows.counts.insert(windows.counts.end(), counts->begin() + start * axes,
                          counts->begin() + (start + spec.length) * axes);
    windows.labels.push_back(label);
    windows.starts.push_back(start);
  }
  return windows;
}

}  // namespace mote::data
