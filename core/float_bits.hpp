// The bits of an IEEE 754 binary32, and correctly rounded conversion from wide integers. Everything
// is integer arithmetic, so every core gives the same bits.
#pragma once

#include <cstdint>

// A constant at namespace scope that every source file shares. C++14, which Arduino toolchains may
// be told to read, has none: there each file gets its own.
#if __cplusplus >= 201703L
#define MOTE_SHARED_CONSTANT inline
#else
#define MOTE_SHARED_CONSTANT
#endif

namespace mote {

static_assert(sizeof(float) == 4, "float must be IEEE 754 binary32");

constexpr uint32_t float_bits(float x) {
  return __builtin_bit_cast(uint32_t, x);
}
constexpr float float_from_bits(uint32_t bits) {
  return __builtin_bit_cast(float, bits);
}

// Cores differ in the sign and payload of the NaN they make, so functions here return this one.
constexpr float float_nan = float_from_bits(0x7fc00000u);
constexpr float float_infinity = float_from_bits(0x7f800000u);
constexpr float float_max = float_from_bits(0x7f7fffffu);

constexpr bool is_nan(float x) {
  return (float_bits(x) & 0x7fffffffu) > 0x7f800000u;
}

// |x| = mantissa * 2^exponent, normalised: mantissa in [2^23, 2^24), subnormals included.
// x: finite and not 0.
struct FloatParts {
  uint32_t mantissa;
  int32_t exponent;
};
constexpr FloatParts float_parts(float x) {
  const uint32_t bits = float_bits(x) & 0x7fffffffu;
  if (bits >= 0x00800000u) {
    return {(bits & 0x007fffffu) | 0x00800000u, static_cast<int32_t>(bits >> 23) - 150};
  }
  const int32_t shift = __builtin_clz(bits) - 8;
  return {bits << shift, -149 - shift};
}

// mantissa * 2^exponent to the nearest float, ties to even; subnormal, zero or infinite as IEEE 754
// says. exponent: [-1000, 1000].
constexpr float round_to_float(bool negative, uint64_t mantissa, int32_t exponent) {
  const uint32_t sign = negative ? 0x80000000u : 0u;
  if (mantissa == 0) return float_from_bits(sign);
  const int32_t leading = 63 - __builtin_clzll(mantissa) + exponent;
  if (leading > 127) return float_from_bits(sign | 0x7f800000u);
  const bool subnormal = leading < -126;
  const int32_t shift = (subnormal ? -149 : leading - 23) - exponent;
  if (shift > 64) return float_from_bits(sign);
  uint32_t kept = 0;
  if (shift <= 0) {
    // The leading bit ends at most at bit 23. NOLINTNEXTLINE(clang-analyzer-core*)
    kept = static_cast<uint32_t>(mantissa << -shift);
  } else {
    const uint64_t half = uint64_t{1} << (shift - 1);
    const uint64_t rest = mantissa & (half | (half - 1));
    kept = shift == 64 ? 0 : static_cast<uint32_t>(mantissa >> shift);
    if (rest > half || (rest == half && (kept & 1) != 0)) ++kept;
  }
  // A carry out of the mantissa moves into the exponent, which is the right float.
  const uint32_t biased = subnormal ? 0u : static_cast<uint32_t>(leading + 126) << 23;
  return float_from_bits(sign | (biased + kept));
}

}  // namespace mote
