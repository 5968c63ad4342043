// Square root of a positive normal or subnormal float for cores without the instruction.
#pragma once

#include "core/float_bits.hpp"

namespace mote {
namespace math {

// Correctly rounded. x: finite, > 0. One result bit per round, restoring (the schoolbook method in
// base 2), plus one more bit and the remainder to round by.
constexpr float sqrt_integer(float x) {
  const FloatParts parts = float_parts(x);
  const bool odd = (parts.exponent & 1) != 0;
  // x = radicand * 2^even with radicand in [2^23, 2^25).
  uint32_t radicand = odd ? parts.mantissa << 1 : parts.mantissa;
  const int32_t even = odd ? parts.exponent - 1 : parts.exponent;
  // root = floor(sqrt(radicand * 2^26)): at least 25 bits, so one or more to round by. Two radicand
  // bits enter the remainder per round.
  uint32_t root = 0, remainder = 0;
  radicand <<= 6;
  for (int round = 0; round < 26; ++round) {
    remainder = (remainder << 2) | (radicand >> 30);
    radicand <<= 2;
    const uint32_t trial = (root << 2) | 1;
    root <<= 1;
    if (remainder >= trial) {
      remainder -= trial;
      root |= 1;
    }
  }
  // A root can't lie halfway between two floats, so the bits below its last decide.
  return round_to_float(false, (static_cast<uint64_t>(root) << 1) | (remainder != 0 ? 1 : 0),
                        (even - 26) / 2 - 1);
}

}  // namespace math
}  // namespace mote
