// The device's end of the sensor link (formats/sensor_link/SPEC.md): a sensor driver over a byte
// stream, and the way back for results.
#pragma once

#include "device/io/sensor.hpp"
#include "device/io/stream.hpp"
#include "formats/sensor_link/frame.hpp"

namespace mote {

class SensorLink {
 public:
  // stream: copied; its context must outlive the link. axes: values in a frame, 1 to 256.
  SensorLink(const StreamIo& stream, uint32_t axes) : stream_(stream), axes_(axes) {}

  // Valid as long as this object. read() returns whole frames only.
  SensorIo io();

  // Moves bytes both ways and grants credit for the room that there is. Errors: those of the
  // stream.
  Status poll();

  // Whether the other side asked the device to stop.
  bool power_off() const { return power_off_; }

  // Sends one frame. busy: the output buffer is full, poll() and try again.
  Status send(sensor_link::FrameType type, ConstBytes payload);
  // Whether all that was sent has left.
  bool sent() const { return out_size_ == 0; }

  uint32_t dropped() const { return parser_.dropped() + refused_; }

 private:
  Result<SensorBlock> read(Span<int16_t> samples);
  Status write_out();
  void take_frame();
  void grant();

  // Samples that the other side may send ahead: two full frames keep the line busy while one is
  // worked on.
  static constexpr uint32_t credit_ahead = 2 * static_cast<uint32_t>(sensor_link::samples_max);

  StreamIo stream_;
  uint32_t axes_;
  sensor_link::Parser parser_;
  uint8_t in_[64];
  size_t in_size_ = 0, in_taken_ = 0;
  uint8_t out_[512];
  size_t out_size_ = 0;
  uint32_t position_ = 0;  // of the first sample not read yet
  uint32_t granted_ = 0;
  bool granted_any_ = false;
  size_t block_at_ = 0;  // samples of the parser's frame that were read
  bool block_ = false;   // the parser holds a samples frame
  bool end_ = false;     // ... or an end frame
  bool power_off_ = false;
  uint32_t refused_ = 0;  // whole frames that made no sense
};

}  // namespace mote
