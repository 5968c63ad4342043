// The counter that the runner measures with, and the other few things that a board must do for it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mote::machine {

// Free-running up-counter; differences are exact in uint32_t as long as it wraps at most once.
uint32_t ticks();
uint32_t ticks_hz();

// See device/ports/qemu/board.hpp; a machine that can't tell reports no high water (0).
void stack_paint(size_t bytes);
size_t stack_high_water();

// Where a package is, and how many bytes may be read there.
const uint8_t* package();
size_t package_bytes();

void say(const char* text);

}  // namespace mote::machine
