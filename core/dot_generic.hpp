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

// What int8 outputs are clamped to.
struct ClampRange {
  int32_t min;
  int32_t max;
  bool narrow;  // less than all of int8

  constexpr ClampRange(int32_t low, int32_t high)
      : min(low), max(high), narrow(low != -128 || high != 127) {}
};

inline int32_t clamp_output(int32_t value, ClampRange range) {
#if defined(__ARM_FEATURE_SAT) && defined(__thumb2__)
  asm("ssat %0, #8, %1" : "=r"(value) : "r"(value));
  if (!range.narrow) return value;
#endif
  return clamp(value, range.min, range.max);
}

// (sum * m + 2^30) >> 31 for |sum| < 2^30, as the host proves of every sum here.
inline int32_t bounded_high_mul(int32_t sum, int32_t m) {
#ifdef __ARM_ARCH_6M__
  return high_mul_of_halves(sum, m);
#else
  const auto doubled = static_cast<int32_t>(static_cast<uint32_t>(sum) << 1);
  const auto product = static_cast<uint64_t>(int64_t{doubled} * m);
  return static_cast<int32_t>(static_cast<uint32_t>(product >> 32) +
                              (static_cast<uint32_t>(product) >> 31));
#endif
}

// Result: the output's value.
inline int32_t requantise_right(int32_t sum, const GenericChannel& channel, ClampRange range) {
  const int32_t high = bounded_high_mul(sum, channel.multiplier);
  const int32_t scaled = (channel.addend + (sum >> 31) + high) >> (channel.shift & 31);
  return clamp_output(scaled, range);
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
    y0[o] = static_cast<int8_t>(requantise_right(sum00, channels[o], range));
    y1[o] = static_cast<int8_t>(requantise_right(sum10, channels[o], range));
    y0[second] = static_cast<int8_t>(requantise_right(sum01, channels[second], range));
    y1[second] = static_cast<int8_t>(requantise_right(sum11, channels[second], range));
  }
}

// Taps between two tests for the end. Armv7-M's loads step their pointers for nothing, others do
// with few steps.
#if defined(__thumb2__)
constexpr int32_t single_taps = 1;
#else
constexpr int32_t single_taps = 4;
#endif

// All channels of one vector, four at a time.
__attribute__((noinline)) inline void dot_generic_single(const int8_t* x, const int8_t* weights,
                                                         int32_t taps,
                                                         const GenericChannel* channels,
                                                         int32_t out_c, ClampRange range,
                                                         int8_t* y) {
  for (int32_t o = 0; o < out_c; o += 4) {
    // Channels that aren't there are the last once more; their sums are dropped.
    const int32_t left = out_c - o;
    const int8_t* w0 = weights + o * taps;
    const int8_t* w1 = left > 1 ? w0 + taps : w0;
    const int8_t* w2 = left > 2 ? w1 + taps : w1;
    const int8_t* w3 = left > 3 ? w2 + taps : w2;
    int32_t sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
    const int8_t* a = x;
#pragma GCC unroll single_taps
    for (const int8_t* const end = x + taps; a != end;) {
      const int32_t tap = *a++;
      sum0 += tap * *w0++;
      sum1 += tap * *w1++;
      sum2 += tap * *w2++;
      sum3 += tap * *w3++;
    }
    const int32_t sums[] = {sum0, sum1, sum2, sum3};
    for (int32_t i = 0; i < 4 && i < left; ++i) {
      const GenericChannel& channel = channels[o + i];
      y[o + i] = static_cast<int8_t>(requantise_right(sums[i] + channel.bias, channel, range));
    }
  }
}

}  // namespace mote
