// Natural logarithm.
#pragma once

#include "core/float_bits.hpp"

namespace mote {
namespace math {

namespace log_table {
// x = 2^k * z, z in [0.6992, 1.3984) cut into 32 pieces. In each, inverse / 4096 is close to 1 / z
// and exactly 1 around z = 1, so that small logarithms keep their relative precision.
constexpr int32_t pieces_log2 = 5;
constexpr uint32_t z_min_bits = 0x3f330000u;
constexpr uint32_t one_piece = 19;
MOTE_SHARED_CONSTANT constexpr int16_t inverse[32] = {
    5793, 5668, 5548, 5433, 5323, 5217, 5115, 5017, 4923, 4832, 4745, 4660, 4579, 4500, 4424, 4351,
    4280, 4211, 4145, 4096, 3942, 3827, 3718, 3616, 3519, 3427, 3339, 3256, 3178, 3102, 3031, 2962,
};
// -ln(inverse / 4096), Q56.
MOTE_SHARED_CONSTANT constexpr int64_t offset[32] = {
    -0x58bd5c294e2aac, -0x5327c27854b0f1, -0x4dad5ddaf0445a, -0x4850a5b422634a, -0x431425979d1916,
    -0x3dedebc6718568, -0x38dfe78ddf9ee1, -0x33ec180d08abcb, -0x2f148b098019e4, -0x2a4dcbc743686f,
    -0x25a7120fc09d2f, -0x2106715ff45053, -0x1c8948014bcb6a, -0x1814be23f8c036, -0x13b87598b1b6ee,
    -0x0f7608df92dc84, -0x0b3fca784a5ecc, -0x0716a4b858a69d, -0x030b58fd3cfdb7, 0x00000000000000,
    0x09cf83dd075eb1,  0x1163d6ef957a03,  0x18c985e9b9ec84,  0x1fe89139dbd566,  0x26de984eaeeb26,
    0x2da6bfdca57077,  0x344f9860c81d95,  0x3ac142ff206a29,  0x40f6568759da18,  0x4728a3192eb94f,
    0x4d16169652e2b2,  0x52fb3e5765e44d,
};
constexpr int64_t ln2_q56 = 0xb17217f7d1cf7a;
}  // namespace log_table

// ln(1 + r) in Q67. r_q36: r in Q36, |r| <= 0.0235. Relative error < 2^-30.
constexpr int64_t log1p_q67(int32_t r_q36) {
  // ln(1 + r) = r * (1 - r * (1/2 - r/3 + r^2/4 - r^3/5 + r^4/6)); the next term is below 2^-35.
  const int64_t r = r_q36;
  int64_t tail = 0x15555555;               // 1/6, Q31
  tail = 0x1999999a - ((r * tail) >> 36);  // 1/5
  tail = 0x20000000 - ((r * tail) >> 36);  // 1/4
  tail = 0x2aaaaaab - ((r * tail) >> 36);  // 1/3
  tail = 0x40000000 - ((r * tail) >> 36);  // 1/2
  const int64_t factor = (int64_t{1} << 31) - ((r * tail + (int64_t{1} << 35)) >> 36);
  return r * factor;
}

// ln(x), within 0.52 ulp. x: any float; ln(0) = -inf, ln(inf) = inf, NaN for x < 0 and NaN.
// Table and polynomial in fixed point after P. T. P. Tang, "Table-driven implementation of the
// logarithm function in IEEE floating-point arithmetic", ACM TOMS 16 (1990).
constexpr float log(float x) {
  const uint32_t bits = float_bits(x);
  if ((bits & 0x7fffffffu) == 0) return -float_infinity;
  if (bits == 0x7f800000u) return x;
  if (bits > 0x7f800000u) return float_nan;

  const FloatParts parts = float_parts(x);
  const uint32_t unit = (parts.mantissa & 0x007fffffu) | 0x3f800000u;  // in [1, 2)
  const bool upper = unit >= log_table::z_min_bits + 0x00800000u;      // z = unit / 2
  const int32_t k = parts.exponent + 23 + (upper ? 1 : 0);
  const uint32_t z_bits = upper ? unit - 0x00800000u : unit;
  const uint32_t piece = ((z_bits - log_table::z_min_bits) >> (23 - log_table::pieces_log2)) & 31u;
  const int64_t z_q24 = static_cast<int64_t>(parts.mantissa) << (upper ? 0 : 1);
  const auto r_q36 =
      static_cast<int32_t>(z_q24 * log_table::inverse[piece] - (int64_t{1} << 36));  // exact
  const int64_t fine = log1p_q67(r_q36);

  int64_t value = fine;
  int32_t exponent = -67;
  if (k != 0 || piece != log_table::one_piece) {
    value = k * log_table::ln2_q56 + log_table::offset[piece] + (fine >> 11);
    exponent = -56;
  }
  return round_to_float(value < 0, static_cast<uint64_t>(value < 0 ? -value : value), exponent);
}

}  // namespace math
}  // namespace mote
