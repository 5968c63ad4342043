// A recording: samples of one sensor over time, what they mean, and where they came from.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mote::data {

// What was wrong with data, where, and what to do. Everything in this room throws this one.
class DataError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The part of an experiment that a recording may be used in.
//   unassigned: nobody said so; the split rule (split.hpp) decides
//   excluded:   never used (for instance a speaker that another set's test holds)
enum class Split : uint8_t { unassigned, train, val, test, excluded };

// "unassigned", "train", "val", "test", "excluded".
std::string_view name_of(Split split);

// The reverse of name_of; also takes the words in use elsewhere ("training", "validation",
// "testing"; the empty string is unassigned). Throws DataError for any other word.
Split split_from(std::string_view name);

// A label that covers frames [begin, end) of a recording.
struct Segment {
  int64_t begin = 0;
  int64_t end = 0;
  std::string label;

  bool operator==(const Segment&) const = default;
};

// Sample values, row-major [frames, axes]: raw int16 counts or float32 physical units.
using Values = std::variant<std::vector<int16_t>, std::vector<float>>;

// Everything about a recording but its samples.
struct RecordingInfo {
  // Unique within a dataset: the path inside what was imported, '/' between folders.
  std::string name;
  std::vector<std::string> axes;  // one name per axis, in the order of the values
  std::string units;              // physical units of the values: "g", "m/s2", "fs" (full scale)
  double rate_hz = 0;             // frames per second, > 0
  double scale = 1;               // physical units per count; 1 for float values
  std::string label;              // of the whole recording; empty when `segments` say it
  std::vector<Segment> segments;  // ascending, not overlapping; empty: `label` covers all
  std::string group;              // what may not straddle a split: speaker, subject, machine
  Split split = Split::unassigned;
  int64_t frames = 0;
  std::string hash;  // SHA-256 (hex) of the content, see content_hash()

  double duration_s() const { return rate_hz > 0 ? static_cast<double>(frames) / rate_hz : 0; }
};

struct Recording {
  RecordingInfo info;
  Values values;

  // The value of one axis of one frame in physical units.
  float at(int64_t frame, int32_t axis) const;
};

// Throws DataError naming the recording when sizes, rate, scale or segments do not fit together,
// or a value is not finite.
void check(const Recording& recording);

// SHA-256 over type, shape, rate, scale, units and axes, and the values as little-endian bytes.
// Labels, groups and splits are not in it: they may be corrected without the samples changing.
std::string content_hash(const Recording& recording);

// A recording with only the named axes, in that order. Throws DataError listing the axes there are.
Recording select_axes(const Recording& recording, const std::vector<std::string>& axes);

// Frames [begin, end) of a recording with the segments cut to fit; name, group and split stay.
Recording cut(const Recording& recording, int64_t begin, int64_t end);

}  // namespace mote::data
