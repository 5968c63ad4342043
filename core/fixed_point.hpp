// Requantisation arithmetic of TensorFlow Lite's int8 reference ("double rounding"; gemmlowp's
// fixedpoint.h), written so that every core gives the same bits.
#pragma once

#include <cstdint>

namespace mote {

// (a * b + 2^30) >> 31, which is SaturatingRoundingDoublingHighMul for every pair but
// (INT32_MIN, INT32_MIN): rounding half away from zero on the 64-bit product followed by the
// truncating division equals rounding half up with an arithmetic shift.
// b: a multiplier in [0, 2^31), so the one saturating pair can't occur.
inline int32_t rounding_doubling_high_mul(int32_t a, int32_t b) {
  return static_cast<int32_t>((static_cast<int64_t>(a) * b + (int64_t{1} << 30)) >> 31);
}

// x / 2^exponent, to nearest, halves away from zero. exponent: [0, 31].
inline int32_t rounding_divide_by_pot(int32_t x, int32_t exponent) {
  const int32_t mask = static_cast<int32_t>((uint32_t{1} << exponent) - 1);
  const int32_t remainder = x & mask;
  const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

// x * multiplier * 2^(shift - 31). multiplier: Q31 in [0, 2^31); shift: [-31, 30], positive is
// left.
inline int32_t multiply_by_quantized_multiplier(int32_t x, int32_t multiplier, int32_t shift) {
  const uint32_t left = shift > 0 ? static_cast<uint32_t>(shift) & 31u : 0u;
  const uint32_t right = shift > 0 ? 0u : (0u - static_cast<uint32_t>(shift)) & 31u;
  const int32_t shifted = static_cast<int32_t>(static_cast<uint32_t>(x) << left);
  return rounding_divide_by_pot(rounding_doubling_high_mul(shifted, multiplier),
                                static_cast<int32_t>(right));
}

inline int32_t clamp(int32_t x, int32_t low, int32_t high) {
  return x < low ? low : (x > high ? high : x);
}

}  // namespace mote
