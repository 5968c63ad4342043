// core/dsp.hpp for a compiler that targets the DSP extension.
#pragma once

#include <cstdint>

namespace mote {

// (byte 0, byte 2), sign-extended to int16.
inline uint32_t sxtb16(uint32_t x) {
  uint32_t result;
  asm("sxtb16 %0, %1" : "=r"(result) : "r"(x));
  return result;
}

// (byte 1, byte 3), sign-extended to int16.
inline uint32_t sxtb16_odd(uint32_t x) {
  uint32_t result;
  asm("sxtb16 %0, %1, ror #8" : "=r"(result) : "r"(x));
  return result;
}

// (bottom of a, top of b).
inline uint32_t pack_bottom_top(uint32_t a, uint32_t b) {
  uint32_t result;
  asm("pkhbt %0, %1, %2" : "=r"(result) : "r"(a), "r"(b));
  return result;
}

// Both halves times two, wrapping.
inline uint32_t double_halves(uint32_t x) {
  uint32_t result;
  asm("sadd16 %0, %1, %1" : "=r"(result) : "r"(x));
  return result;
}

// (bottom of a, bottom of b).
inline uint32_t pack_bottoms(uint32_t a, uint32_t b) {
  uint32_t result;
  asm("pkhbt %0, %1, %2, lsl #16" : "=r"(result) : "r"(a), "r"(b));
  return result;
}

// (top of a, top of b).
inline uint32_t pack_tops(uint32_t a, uint32_t b) {
  uint32_t result;
  asm("pkhtb %0, %1, %2, asr #16" : "=r"(result) : "r"(b), "r"(a));
  return result;
}

// sum + bottom(a) * bottom(b) + top(a) * top(b), wrapping.
inline uint32_t smlad(uint32_t a, uint32_t b, uint32_t sum) {
  uint32_t result;
  asm("smlad %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
  return result;
}

// sum + round(a * b / 2^32), wrapping: SMMLAR.
inline int32_t smmlar(int32_t a, int32_t b, int32_t sum) {
  int32_t result;
  asm("smmlar %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
  return result;
}

}  // namespace mote
