// (a * b + 2^30) >> 31 by multiplications of 16-bit halves: for cores whose multiplier gives the
// low 32 bits only (Armv6-M), where a 64-bit product is a call.
#pragma once

#include <cstdint>

namespace mote {

// b: [0, 2^31).
//
// With a = ah * 2^16 + al and b = bh * 2^16 + bl, al and bl unsigned, the product is
//   ah*bh * 2^32 + (ah*bl + al*bh) * 2^16 + al*bl,
// and none of the four products overflows its 32 bits. What lies below bit 32 is summed in `low`,
// in units of 2^16, with the 2^30 that rounds.
inline int32_t high_mul_of_halves(int32_t a, int32_t b) {
  const int32_t a_high = a >> 16, b_high = b >> 16;
  const uint32_t a_low = static_cast<uint32_t>(a) & 0xffffu;
  const uint32_t b_low = static_cast<uint32_t>(b) & 0xffffu;
  const auto outer = static_cast<int32_t>(static_cast<uint32_t>(a_high) * b_low);
  const auto inner = static_cast<int32_t>(a_low * static_cast<uint32_t>(b_high));
  const uint32_t low = (static_cast<uint32_t>(outer) & 0xffffu) +
                       (static_cast<uint32_t>(inner) & 0xffffu) + (a_low * b_low >> 16) +
                       (1u << 14);
  const int32_t high = a_high * b_high + (outer >> 16) + (inner >> 16);
  return static_cast<int32_t>(2 * static_cast<uint32_t>(high) + (low >> 15));
}

}  // namespace mote
