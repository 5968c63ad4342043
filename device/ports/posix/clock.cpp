#include "device/ports/posix/clock.hpp"

#include <time.h>

namespace mote::posix {

ClockIo clock() {
  return {nullptr,
          [](void*) -> uint64_t {
            timespec now{};
            clock_gettime(CLOCK_MONOTONIC, &now);
            return static_cast<uint64_t>(now.tv_sec) * 1'000'000u +
                   static_cast<uint64_t>(now.tv_nsec) / 1000u;
          },
          [](void*) -> uint64_t { return 0; }};
}

}  // namespace mote::posix
