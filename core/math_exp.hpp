// Exponential function.
#pragma once

#include "core/float_bits.hpp"

namespace mote {
namespace math {

namespace exp_table {
// 2^(i / 32), Q30.
MOTE_SHARED_CONSTANT constexpr uint32_t power[32] = {
    0x40000000, 0x4166c34c, 0x42d561b4, 0x444c0740, 0x45cae0f2, 0x47521cc6, 0x48e1e9ba, 0x4a7a77d4,
    0x4c1bf829, 0x4dc69cdd, 0x4f7a9930, 0x51382182, 0x52ff6b55, 0x54d0ad5a, 0x56ac1f75, 0x5891fac1,
    0x5a82799a, 0x5c7dd7a4, 0x5e8451d0, 0x60962665, 0x62b39509, 0x64dcdec3, 0x6712460b, 0x69540ec9,
    0x6ba27e65, 0x6dfddbcc, 0x70666f76, 0x72dc8374, 0x75606374, 0x77f25cce, 0x7a92be8b, 0x7d41d96e,
};
constexpr int64_t step_q56 = 0x00058b90bfbe8e7c;  // ln(2) / 32
constexpr int64_t steps_per_unit_q16 = 3025551;   // 32 / ln(2)
}  // namespace exp_table

// e^x, within 0.52 ulp. x: any float; overflows to inf above 88.72, is subnormal below -87.33 and 0
// below -103.97; e^inf = inf, e^-inf = 0, NaN for NaN.
// Table and polynomial in fixed point after P. T. P. Tang, "Table-driven implementation of the
// exponential function in IEEE floating-point arithmetic", ACM TOMS 15 (1989).
constexpr float exp(float x) {
  const uint32_t magnitude = float_bits(x) & 0x7fffffffu;
  const bool negative = float_bits(x) >> 31 != 0;
  if (magnitude > 0x7f800000u) return float_nan;
  if (magnitude >= 0x42d00000u) return negative ? 0.0f : float_infinity;  // |x| >= 104
  if (magnitude < 0x2f000000u) return 1.0f;                               // |x| < 2^-33

  const FloatParts parts = float_parts(x);
  const int32_t shift = parts.exponent + 56;  // in [-1, 39]
  const int64_t size = shift >= 0 ? static_cast<int64_t>(parts.mantissa) << shift
                                  : static_cast<int64_t>(parts.mantissa) >> -shift;
  const int64_t x_q56 = negative ? -size : size;
  // x = n * ln(2) / 32 + r, |r| <= ln(2) / 64 and a little.
  const int64_t steps_q32 = (x_q56 >> 40) * exp_table::steps_per_unit_q16;
  const auto n = static_cast<int32_t>((steps_q32 + (int64_t{1} << 31)) >> 32);
  const int64_t r = (x_q56 - n * exp_table::step_q56) >> 20;  // Q36
  // e^r - 1 = r * (1 + r/2 + r^2/6 + r^3/24); the next term is below 2^-39.
  int64_t tail = 0x05555555;                       // 1/24, Q31
  tail = 0x15555555 + ((r * tail) >> 36);          // 1/6
  tail = 0x40000000 + ((r * tail) >> 36);          // 1/2
  tail = (int64_t{1} << 31) + ((r * tail) >> 36);  // 1
  const int64_t minus_one_q32 = (r * tail) >> 35;
  const int64_t power = exp_table::power[n & 31];
  const int64_t value = (power << 32) + power * minus_one_q32;  // Q62
  return round_to_float(false, static_cast<uint64_t>(value), (n >> 5) - 62);
}

}  // namespace math
}  // namespace mote
