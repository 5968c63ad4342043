// Replays recordings to a device as its sensor would deliver them: the far end of the sensor link
// (formats/sensor_link/SPEC.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "formats/sensor_link/frame.hpp"

namespace mote::lab {

// A label that covers frames [begin, end) of a recording.
struct LabelSpan {
  int64_t begin = 0;
  int64_t end = 0;
  std::string label;
};

// What the device is going to sense.
struct FieldRecording {
  std::string name;
  std::vector<int16_t> samples;   // [frames, axes], raw counts
  std::vector<LabelSpan> labels;  // ascending; what the device should find out
};

class SensorFeed {
 public:
  // descriptor: a connected, non-blocking socket to the device; not owned. speed: times real time
  // that samples are sent at; 0: as fast as the device takes them. recordings must outlive this.
  SensorFeed(int descriptor, const std::vector<FieldRecording>& recordings, double speed);

  // Sends what may be sent and takes what has come, waiting at most `wait_ms` for either. Throws
  // LabError when the device hangs up early or breaks the protocol.
  void serve(int wait_ms);

  // The device's greeting, once it came.
  const std::optional<sensor_link::Ready>& ready() const { return ready_; }
  // Its last word, once it came.
  const std::optional<sensor_link::Summary>& summary() const { return summary_; }
  // Inferences that the device has told of, in order. `recording` is an index into the recordings.
  const std::vector<sensor_link::Window>& windows() const { return windows_; }
  // Samples sent so far, and of all recordings.
  uint64_t sent() const { return sent_; }
  uint64_t total() const { return total_; }
  // Time that the samples sent so far last in the world, in seconds.
  double sensor_seconds() const;

 private:
  void take();
  void take_frame();
  void fill();
  bool paced() const;
  void put(sensor_link::FrameType type, ConstBytes head, ConstBytes body);

  int descriptor_;
  const std::vector<FieldRecording>& recordings_;
  double speed_;
  sensor_link::Parser parser_;
  std::optional<sensor_link::Ready> ready_;
  std::optional<sensor_link::Summary> summary_;
  std::vector<sensor_link::Window> windows_;
  std::vector<uint8_t> out_;
  size_t out_done_ = 0;
  size_t recording_ = 0;   // the one being sent
  size_t sample_ = 0;      // next of its samples
  uint32_t position_ = 0;  // of that sample on the link
  uint32_t credit_ = 0;    // position up to which the device grants
  bool power_off_sent_ = false;
  uint64_t sent_ = 0, total_ = 0;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace mote::lab
