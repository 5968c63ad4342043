// The inner loop of convolution and fully connected layers on 32-bit cores without SIMD: two input
// vectors times two channels' weights, so that four loads feed four multiplications.
//
// Requantisation is core/fixed_point.hpp's double rounding for right shifts s >= 1,
//   (addend + sign + ((S * m + 2^30) >> 31)) >> s,  addend = 2^(s-1) + zero * 2^s,
// where sign = S < 0 ? -1 : 0; see core/dot_block.hpp. The host proves that nothing overflows.
#pragma once

#include <cstdint>

#include "core/fixed_point.hpp"

namespace mote {

// One output channel.
struct GenericChannel {
  int32_t bias;
  int32_t multiplier;
  int32_t addend;
  int32_t shift;  // [1, 30]
};

struct ClampRange {
  int32_t min;
  int32_t max;
};

inline int8_t requantise_right(int32_t sum, const GenericChannel& channel, ClampRange range) {
  const int32_t high = rounding_doubling_high_mul(sum, channel.multiplier);
  const int32_t scaled = (channel.addend + (sum >> 31) + high) >> (channel.shift & 31);
  return static_cast<int8_t>(clamp(scaled, range.min, range.max));
}

// All channels of two vectors (x0 may be x1). weights: int8 [out_c, taps]; y0, y1: int8 [out_c].
__attribute__((noinline)) inline void dot_generic(const int8_t* x0, const int8_t* x1,
                                                  const int8_t* weights, int32_t taps,
                                                  const GenericChannel* channels, int32_t out_c,
                                                  ClampRange range, int8_t* y0, int8_t* y1) {
  for (int32_t o = 0; o < out_c; o += 2) {
    // The last channel of an odd count goes with itself.
    const int32_t second = o + 1 < out_c ? o + 1 : o;
    const int8_t* w0 = weights + o * taps;
    const int8_t* w1 = weights + second * taps;
    int32_t sum00 = channels[o].bias, sum10 = sum00;
    int32_t sum01 = channels[second].bias, sum11 = sum01;
    const int8_t* a = x0;
    const int8_t* b = x1;
#pragma GCC unroll 4
    for (const int8_t* const end = x0 + taps; a != end;) {
      const int32_t a_tap = *a++, b_tap = *b++, w0_tap = *w0++, w1_tap = *w1++;
      sum00 += a_tap * w0_tap;
      sum01 += a_tap * w1_tap;
      sum10 += b_tap * w0_tap;
      sum11 += b_tap * w1_tap;
    }
    y0[o] = requantise_right(sum00, channels[o], range);
    y1[o] = requantise_right(sum10, channels[o], range);
    y0[second] = requantise_right(sum01, channels[second], range);
    y1[second] = requantise_right(sum11, channels[second], range);
  }
}

// All channels of one vector.
__attribute__((noinline)) inline void dot_generic_single(const int8_t* x, const int8_t* weights,
                                                         int32_t taps,
                                                         const GenericChannel* channels,
                                                         int32_t out_c, ClampRange range,
                                                         int8_t* y) {
  for (int32_t o = 0; o < out_c; o += 2) {
    const int32_t second = o + 1 < out_c ? o + 1 : o;
    const int8_t* w0 = weights + o * taps;
    const int8_t* w1 = weights + second * taps;
    int32_t sum0 = channels[o].bias, sum1 = channels[second].bias;
    const int8_t* a = x;
#pragma GCC unroll 4
    for (const int8_t* const end = x + taps; a != end;) {
      const int32_t tap = *a++;
      sum0 += tap * *w0++;
      sum1 += tap * *w1++;
    }
    y[o] = requantise_right(sum0, channels[o], range);
    y[second] = requantise_right(sum1, channels[second], range);
  }
}

}  // namespace mote
