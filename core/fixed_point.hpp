// Requantisation arithmetic of TensorFlow Lite's int8 reference ("double rounding"; gemmlowp's
// fixedpoint.h), written so that every core gives the same bits.
#pragma once

#include <cstdint>

#include "core/high_mul.hpp"

namespace mote {

// (a * b + 2^30) >> 31, which is SaturatingRoundingDoublingHighMul for every pair but
// (INT32_MIN, INT32_MIN): rounding half away from zero on the 64-bit product followed by the
// truncating division equals rounding half up with an arithmetic shift.
// b: a multiplier in [0, 2^31), so the one saturating pair can't occur.
inline int32_t rounding_doubling_high_mul(int32_t a, int32_t b) {
#ifdef __ARM_ARCH_6M__
  return high_mul_of_halves(a, b);
#else
  return static_cast<int32_t>((static_cast<int64_t>(a) * b + (int64_t{1} << 30)) >> 31);
#endif
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

// The same of a 48-bit sum, with the multiplier rounded to 16 bits: TensorFlow Lite's
// MultiplyByQuantizedMultiplier for int64 accumulators (int16 activations).
// x: [-2^47, 2^47); multiplier: Q31 in [0, 2^31); shift: [-31, 14].
inline int32_t multiply_wide(int64_t x, int32_t multiplier, int32_t shift) {
  const int64_t reduced = multiplier < 0x7fff0000 ? (multiplier + 0x8000) >> 16 : 0x7fff;
  const int32_t right = (15 - shift) & 63;
  const int64_t half = static_cast<int64_t>(uint64_t{1} << ((right - 1) & 63));
  return static_cast<int32_t>((x * reduced + half) >> right);
}

inline int32_t clamp(int32_t x, int32_t low, int32_t high) {
  return x < low ? low : (x > high ? high : x);
}

}  // namespace mote
