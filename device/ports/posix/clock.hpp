// The host's monotonic clock as a ClockIo.
#pragma once

#include "device/io/clock.hpp"

namespace mote::posix {

// Microseconds of CLOCK_MONOTONIC; no instruction counter.
ClockIo clock();

}  // namespace mote::posix
