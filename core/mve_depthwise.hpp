// The inner loop of 3 x 3 depthwise convolution on cores with the vector extension of Armv8.1-M:
// sixteen channels of one output after the other.
//
// Products of int8 fit into int16, and so does the sum of two: taps are multiplied in pairs before
// they are widened. VMULLB and VMULLT take even and odd lanes, VMOVLB and VMOVLT again, so the four
// vectors of sums hold channels 0 4 8 12, 2 6 10 14, 1 5 9 13 and 3 7 11 15 of the sixteen; the
// narrowing moves put them back.
//
// Packed weights, per sixteen channels, in words: 4 x bias' of each of the four vectors, weights
// int8 [taps, 16], then for each vector 4 x m, 4 x addend, 4 x -s of core/mve_dot.hpp. Channels
// that aren't there are 0.
#pragma once

#include <cstdint>

#include "core/mve.hpp"

namespace mote {

constexpr int32_t depthwise_mve_lanes = 16;

// Words of packed weights for sixteen channels.
constexpr int32_t depthwise_mve_words(int32_t taps) {
  return 16 + taps * 4 + 48;
}

// Some outputs of one row. The order of the fields is the assembly's.
struct MveDepthwise {
  const int8_t* rows[3];  // the first window's rows; sixteen bytes of each tap may be read
  int32_t column;         // bytes from a column to the next
  int32_t advance;        // bytes from a window's last column to the next window's first one
  const int8_t* packed;
  int8_t* y;
  int32_t y_step;   // bytes from an output to the next
  int32_t outputs;  // >= 1
  int32_t lanes;    // that are written, [1, 16]
  int32_t min;      // clamp
  int32_t max;
};

}  // namespace mote

// mve_depthwise_3x3<sign>(row); sign: see core/mve_dot.hpp.
#if defined(__ARM_FEATURE_MVE)
#include "core/mve_depthwise_armv81m.hpp"
#else
#include "core/mve_depthwise_portable.hpp"
#endif
