// A sampled sensor, as a board provides it: a driver that empties a FIFO.
#pragma once

#include "core/span.hpp"
#include "core/status.hpp"

namespace mote {

// What one read() brought.
struct SensorBlock {
  size_t frames = 0;         // frames written; a frame is one int16 per axis
  uint32_t recording = 0;    // which uninterrupted stretch of samples they belong to
  uint32_t first_frame = 0;  // position of the first of them in that stretch
  bool ended = false;        // no sample of this stretch follows
};

// No function blocks. context must outlive every user of the struct.
struct SensorIo {
  void* context;
  // Reads at most samples.size / axes frames into `samples` (int16 [frames, axes], raw units of the
  // sensor). All of them belong to one stretch: after a gap (a FIFO overrun, a new recording) the
  // next call returns a new `recording`. frames == 0 without `ended`: nothing there now.
  // io_error: the sensor broke its protocol.
  Result<SensorBlock> (*read)(void* context, Span<int16_t> samples);
  // Axes of a frame, 0 while not known yet.
  uint32_t (*axes)(void* context);
};

}  // namespace mote
