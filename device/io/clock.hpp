// Time, as a board provides it.
#pragma once

#include <cstdint>

namespace mote {

// context must outlive every user of the struct; the functions never block.
struct ClockIo {
  void* context;
  // Monotonic time in microseconds since an arbitrary start. Never goes back.
  uint64_t (*micros)(void* context);
  // Exact count of executed instructions since the same start, or 0 where the board has no such
  // counter.
  uint64_t (*instructions)(void* context);
};

inline uint64_t micros(const ClockIo& clock) {
  return clock.micros(clock.context);
}

// Milliseconds, wrapping after 49.7 days: compare with time_reached(), never with <.
inline uint32_t millis(const ClockIo& clock) {
  return static_cast<uint32_t>(micros(clock) / 1000);
}

// Whether `now` is at or after `due`, for instants less than 24.8 days apart.
inline bool time_reached(uint32_t now, uint32_t due) {
  return static_cast<int32_t>(now - due) >= 0;
}

}  // namespace mote
