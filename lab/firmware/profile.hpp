// Marks between operators, for images that measure each operator. Included before the model's
// source by the build of such an image.
#pragma once

#include <cstdint>

extern "C" void mote_profile_mark(uint32_t index);

#define MOTE_PROFILE_OP(index) mote_profile_mark(index)
