// Instructions of the Armv7E-M (and Armv8-M) DSP extension, one function each, and portable code
// with the same results where the compiler doesn't target it. Source: Armv7-M Architecture
// Reference Manual (DDI 0403), A7.7.
//
// A word holds two int16 halves (bottom, top) or four int8 bytes (0 to 3, from the bottom).
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__)
#include "core/dsp_armv7em.hpp"
#else
#include "core/dsp_portable.hpp"
#endif

namespace mote {

// Four bytes from any address.
inline uint32_t load_word(const void* from) {
  uint32_t word;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

}  // namespace mote
