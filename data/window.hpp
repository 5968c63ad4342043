// From recordings to what the device pipeline takes: windows of int16 counts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/recording.hpp"

namespace mote::data {

// The sensor that the windows pretend to come from. A real driver delivers int16 counts; physical
// value = count * scale.
struct SensorSpec {
  std::vector<std::string> axes;  // columns to take, in order; empty: as they are
  double rate_hz = 0;             // recordings at another rate are resampled; 0: as they are
  double scale = 0;               // physical units per count, > 0; 0: the recording's own (counts)
};

struct WindowSpec {
  int64_t length = 0;  // frames per window, > 0
  int64_t stride = 0;  // frames from one window's start to the next's, > 0

  // A window of a recording with segments is taken if one label covers at least this part of it,
  // in (0, 1].
  double label_cover = 0.75;

  // What happens to a recording shorter than one window.
  //   zero_pad_end:    zeros after the recording
  //   zero_pad_centre: half of the zeros before, half after
  //   skip:            no window
  enum class Short : uint8_t { zero_pad_end, zero_pad_centre, skip };
  Short when_short = Short::zero_pad_end;
};

// Windows of one recording. The last window ends at or before the last frame: frames that do not
// fill a stride are not used.
struct Windows {
  int64_t length = 0;
  int32_t axes = 0;
  std::vector<int16_t> counts;      // [windows, length, axes]
  std::vector<std::string> labels;  // [windows]; empty string: unlabelled data
  std::vector<int64_t> starts;      // [windows], frame at the sensor's rate; below 0 when padded
};

// The recording as this sensor would have delivered it: axes chosen, resampled (resample.hpp),
// scaled to counts with rounding half away from zero, saturated to [-32768, 32767].
// `clipped`, when given, counts the saturated values.
Recording as_sensor(const Recording& recording, const SensorSpec& sensor,
                    int64_t* clipped = nullptr);

// Cuts a recording (already `as_sensor`, so int16) into windows. Throws DataError for float
// values or a spec out of range.
Windows cut_windows(const Recording& recording, const WindowSpec& spec);

}  // namespace mote::data
