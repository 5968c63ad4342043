#include "data/recording.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "data/sha256.hpp"

namespace mote::data {
namespace {

static_assert(std::endian::native == std::endian::little, "values are hashed in memory order");

struct SplitName {
  Split split;
  std::string_view name;
  std::string_view alias;
};

constexpr std::array<SplitName, 5> split_names = {{
    {Split::unassigned, "unassigned", ""},
    {Split::train, "train", "training"},
    {Split::val, "val", "validation"},
    {Split::test, "test", "testing"},
    {Split::excluded, "excluded", "excluded"},
}};

[[noreturn]] void fail(const RecordingInfo& info, const std::string& what) {
  throw DataError(fmt::format("{}: {}", info.name, what));
}

void check_segments(const RecordingInfo& info) {
  int64_t previous_end = 0;
  for (const Segment& segment : info.segments) {
    if (segment.begin < previous_end || segment.end <= segment.begin || segment.end > info.frames) {
      fail(info, fmt::format("segment '{}' [{}, {}) is out of order or outside 0..{}",
                             segment.label, segment.begin, segment.end, info.frames));
    }
    previous_end = segment.end;
  }
}

}  // namespace

std::string_view name_of(Split split) {
  return split_names[static_cast<size_t>(split)].name;
}

Split split_from(std::string_view name) {
  for (const SplitName& entry : split_names) {
    if (name == entry.name || name == entry.alias) return entry.split;
  }
  throw DataError(
      fmt::format("'{}' is not a split (allowed: train, val, test, excluded, unassigned)", name));
}

float Recording::at(int64_t frame, int32_t axis) const {
  const auto index = static_cast<size_t>(frame) * info.axes.size() + static_cast<size_t>(axis);
  if (const auto* counts = std::get_if<std::vector<int16_t>>(&values)) {
    return static_cast<float>((*counts)[index] * info.scale);
  }
  return std::get<std::vector<float>>(values)[index];
}

void check(const Recording& recording) {
  const RecordingInfo& info = recording.info;
  if (info.axes.empty()) fail(info, "has no axes");
  if (!(info.rate_hz > 0) || !std::isfinite(info.rate_hz)) {
    fail(info, "has no sample rate; give one with --rate");
  }
  if (!(info.scale > 0) || !std::isfinite(info.scale)) fail(info, "scale must be above 0");
  if (info.frames <= 0) fail(info, "holds no samples");
  const size_t size = std::visit([](const auto& v) { return v.size(); }, recording.values);
  if (size != static_cast<size_t>(info.frames) * info.axes.size()) {
    fail(info, fmt::format("holds {} values, not {} frames of {} axes", size, info.frames,
                           info.axes.size()));
  }
  if (const auto* values = std::get_if<std::vector<float>>(&recording.values)) {
    for (size_t i = 0; i < values->size(); ++i) {
      if (!std::isfinite((*values)[i])) {
        fail(info, fmt::format("frame {} is not a finite number", i / info.axes.size()));
      }
    }
  }
  check_segments(info);
}

std::string content_hash(const Recording& recording) {
  const RecordingInfo& info = recording.info;
  const bool is_counts = std::holds_alternative<std::vector<int16_t>>(recording.values);
  Sha256 sha;
  sha.add_field(fmt::format("{} {} {} {:.17g} {:.17g}", is_counts ? "int16" : "float32",
                            info.frames, info.axes.size(), info.rate_hz, info.scale));
  sha.add_field(info.units);
  for (const std::string& axis : info.axes) sha.add_field(axis);
  std::visit([&](const auto& v) { sha.add(v.data(), v.size() * sizeof(v[0])); }, recording.values);
  return sha.hex();
}

Recording select_axes(const Recording& recording, const std::vector<std::string>& axes) {
  const RecordingInfo& info = recording.info;
  if (axes == info.axes) return recording;
  std::vector<size_t> columns;
  for (const std::string& axis : axes) {
    const auto found = std::find(info.axes.begin(), info.axes.end(), axis);
    if (found == info.axes.end()) {
      fail(info, fmt::format("has no axis '{}' (it has: {})", axis, fmt::join(info.axes, ", ")));
    }
    columns.push_back(static_cast<size_t>(found - info.axes.begin()));
  }
  Recording selected{info, {}};
  selected.info.axes = axes;
  std::visit(
      [&](const auto& from) {
        std::decay_t<decltype(from)> to;
        to.reserve(static_cast<size_t>(info.frames) * columns.size());
        for (size_t row = 0; row < static_cast<size_t>(info.frames); ++row) {
          for (const size_t column : columns) to.push_back(from[row * info.axes.size() + column]);
        }
        selected.values = std::move(to);
      },
      recording.values);
  return selected;
}

Recording cut(const Recording& recording, int64_t begin, int64_t end) {
  if (begin < 0 || end > recording.info.frames || begin >= end) {
    fail(recording.info, fmt::format("can't be cut to [{}, {})", begin, end));
  }
  Recording part{recording.info, {}};
  part.info.frames = end - begin;
  part.info.hash.clear();
  part.info.segments.clear();
  for (const Segment& segment : recording.info.segments) {
    const Segment moved{std::max(segment.begin, begin) - begin, std::min(segment.end, end) - begin,
                        segment.label};
    if (moved.begin < moved.end) part.info.segments.push_back(moved);
  }
  const auto axes = static_cast<int64_t>(recording.info.axes.size());
  std::visit(
      [&](const auto& from) {
        part.values =
            std::decay_t<decltype(from)>(from.begin() + begin * axes, from.begin() + end * axes);
      },
      recording.values);
  return part;
}

}  // namespace mote::data
