// core/dsp.hpp in plain C++.
#pragma once

#include <cstdint>

namespace mote {

inline int32_t bottom_half(uint32_t x) {
  return static_cast<int16_t>(x & 0xffffu);
}

inline int32_t top_half(uint32_t x) {
  return static_cast<int16_t>(x >> 16);
}

inline uint32_t halves(int32_t bottom, int32_t top) {
  return (static_cast<uint32_t>(bottom) & 0xffffu) | static_cast<uint32_t>(top) << 16;
}

// (byte 0, byte 2), sign-extended to int16.
inline uint32_t sxtb16(uint32_t x) {
  return halves(static_cast<int8_t>(x & 0xffu), static_cast<int8_t>(x >> 16 & 0xffu));
}

// (byte 1, byte 3), sign-extended to int16.
inline uint32_t sxtb16_odd(uint32_t x) {
  return halves(static_cast<int8_t>(x >> 8 & 0xffu), static_cast<int8_t>(x >> 24));
}

// (bottom of a, top of b).
inline uint32_t pack_bottom_top(uint32_t a, uint32_t b) {
  return (a & 0xffffu) | (b & 0xffff0000u);
}

// Both halves times two, wrapping.
inline uint32_t double_halves(uint32_t x) {
  return halves(2 * bottom_half(x), 2 * top_half(x));
}

// (bottom of a, bottom of b).
inline uint32_t pack_bottoms(uint32_t a, uint32_t b) {
  return (a & 0xffffu) | b << 16;
}

// (top of a, top of b).
inline uint32_t pack_tops(uint32_t a, uint32_t b) {
  return a >> 16 | (b & 0xffff0000u);
}

// sum + bottom(a) * bottom(b) + top(a) * top(b), wrapping.
inline uint32_t smlad(uint32_t a, uint32_t b, uint32_t sum) {
  const int32_t low = bottom_half(a) * bottom_half(b);
  const int32_t high = top_half(a) * top_half(b);
  return sum + static_cast<uint32_t>(low) + static_cast<uint32_t>(high);
}

// sum + round(a * b / 2^32), wrapping: SMMLAR.
inline int32_t smmlar(int32_t a, int32_t b, int32_t sum) {
  const uint64_t product = static_cast<uint64_t>(int64_t{a} * b) + (uint64_t{1} << 31);
  return static_cast<int32_t>(static_cast<uint32_t>(sum) + static_cast<uint32_t>(product >> 32));
}

// x >> s as the core does it with a shift in a register: its lowest byte counts.
inline int32_t asr(int32_t x, int32_t s) {
  const int32_t places = s & 0xff;
  return x >> (places > 31 ? 31 : places);
}

}  // namespace mote
