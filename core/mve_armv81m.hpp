// core/mve.hpp in the instructions of the vector extension.
#pragma once

#include <arm_mve.h>

namespace mote {

using MveI8 = int8x16_t;
using MveI16 = int16x8_t;
using MveI32 = int32x4_t;

inline MveI8 mve_load(const int8_t* from) {
  return vldrbq_s8(from);
}
// The first `count` lanes, in [0, 16]; the others are 0.
inline MveI8 mve_load_part(const int8_t* from, int32_t count) {
  return vldrbq_z_s8(from, vctp8q(static_cast<uint32_t>(count)));
}
inline void mve_store(int8_t* to, MveI8 x) {
  vstrbq_s8(to, x);
}
inline void mve_store_part(int8_t* to, MveI8 x, int32_t count) {
  vstrbq_p_s8(to, x, vctp8q(static_cast<uint32_t>(count)));
}
// The first `count` of sixteen lanes, in [0, 16], of values[index], the others 0. Bit b of a lane's
// index is the lane's bit of planes[b].
inline MveI8 mve_pick(const int8_t* values, const uint16_t* planes, int32_t bits, int32_t count) {
  uint8x16_t index = vdupq_n_u8(0);
  for (int32_t b = 0; b < bits; ++b) {
    index = vaddq_m_n_u8(index, index, static_cast<uint8_t>(1 << b), planes[b]);
  }
  return vldrbq_gather_offset_z_s8(values, index, vctp8q(static_cast<uint32_t>(count)));
}
// Four int8 as int32, and back.
inline MveI32 mve_load_wide(const int8_t* from) {
  return vldrbq_s32(from);
}
inline void mve_store_narrow(int8_t* to, MveI32 x) {
  vstrbq_s32(to, x);
}
inline MveI32 mve_load(const int32_t* from) {
  return vldrwq_s32(from);
}
inline void mve_store(int32_t* to, MveI32 x) {
  vstrwq_s32(to, x);
}
inline MveI8 mve_all_i8(int32_t value) {
  return vdupq_n_s8(static_cast<int8_t>(value));
}
inline MveI32 mve_all_i32(int32_t value) {
  return vdupq_n_s32(value);
}
// Products of the even lanes, of the odd lanes.
inline MveI16 mve_multiply_even(MveI8 a, MveI8 b) {
  return vmullbq_int_s8(a, b);
}
inline MveI16 mve_multiply_odd(MveI8 a, MveI8 b) {
  return vmulltq_int_s8(a, b);
}
inline MveI16 mve_widen_even(MveI8 x) {
  return vmovlbq_s8(x);
}
inline MveI16 mve_widen_odd(MveI8 x) {
  return vmovltq_s8(x);
}
inline MveI32 mve_widen_even(MveI16 x) {
  return vmovlbq_s16(x);
}
inline MveI32 mve_widen_odd(MveI16 x) {
  return vmovltq_s16(x);
}
inline MveI16 mve_add(MveI16 a, MveI16 b) {
  return vaddq_s16(a, b);
}
inline MveI32 mve_add(MveI32 a, MveI32 b) {
  return vaddq_s32(a, b);
}
inline MveI32 mve_add(MveI32 a, int32_t b) {
  return vaddq_n_s32(a, b);
}
// a * b, wrapping.
inline MveI32 mve_multiply(MveI32 a, int32_t b) {
  return vmulq_n_s32(a, b);
}
// a * b + c, wrapping.
inline MveI32 mve_multiply_add(MveI32 a, MveI32 b, int32_t c) {
  return vmlasq_n_s32(a, b, c);
}
// (a * b + 2^30) >> 31, saturating.
inline MveI32 mve_high_product(MveI32 a, MveI32 b) {
  return vqrdmulhq_s32(a, b);
}
inline MveI32 mve_high_product(MveI32 a, int32_t b) {
  return vqrdmulhq_n_s32(a, b);
}
// -1 for lanes below 0, else 0.
inline MveI32 mve_sign(MveI32 x) {
  return vshrq_n_s32(x, 31);
}
// x * 2^s for s in [-31, 31], rounded down, wrapping.
inline MveI32 mve_shift(MveI32 x, MveI32 s) {
  return vshlq_s32(x, s);
}
inline MveI32 mve_shift(MveI32 x, int32_t s) {
  return vshlq_r_s32(x, s);
}
// x / 2^s for s in [1, 31], to nearest, halves up.
__attribute__((always_inline)) inline MveI32 mve_rounding_shift_right(MveI32 x, int32_t s) {
  if (__builtin_constant_p(s)) {  // spares a register that GCC would fill anew in a loop
    MveI32 y;
    asm("vrshr.s32 %q0, %q1, %2" : "=w"(y) : "w"(x), "n"(s));
    return y;
  }
  return vrshlq_n_s32(x, -s);
}
// Saturated `even` into the even lanes, `odd` into the odd ones.
inline MveI16 mve_narrow(MveI32 even, MveI32 odd) {
  return vqmovntq_s32(vqmovnbq_s32(vuninitializedq_s16(), even), odd);
}
inline MveI8 mve_narrow(MveI16 even, MveI16 odd) {
  return vqmovntq_s16(vqmovnbq_s16(vuninitializedq_s8(), even), odd);
}
inline MveI8 mve_clamp(MveI8 x, MveI8 low, MveI8 high) {
  return vminq_s8(vmaxq_s8(x, low), high);
}
inline MveI32 mve_clamp(MveI32 x, MveI32 low, MveI32 high) {
  return vminq_s32(vmaxq_s32(x, low), high);
}

// Copies `count` >= 0 bytes between places that don't overlap.
inline void mve_copy(int8_t* to, const int8_t* from, int32_t count) {
  asm volatile(
      "wlstp.8 lr, %[count], 2f\n"
      "1: vldrb.8 q0, [%[from]], #16\n"
      "vstrb.8 q0, [%[to]], #16\n"
      "letp lr, 1b\n"
      "2:\n"
      : [to] "+r"(to), [from] "+r"(from)
      : [count] "r"(count)
      : "q0", "lr", "memory");
}

// Copies `rows` >= 1 runs of `bytes` >= 0.
inline void mve_copy_rows(int8_t* to, int32_t to_step, const int8_t* from, int32_t from_step,
                          int32_t bytes, int32_t rows) {
  if (bytes <= 16) {
    asm volatile(
        "vctp.8 %[bytes]\n"
        "dls lr, %[rows]\n"
        "1: vpstt\n"
        "vldrbt.8 q0, [%[from]]\n"
        "vstrbt.8 q0, [%[to]]\n"
        "add %[from], %[from], %[from_step]\n"
        "add %[to], %[to], %[to_step]\n"
        "le lr, 1b\n"
        : [to] "+r"(to), [from] "+r"(from)
        : [bytes] "r"(bytes), [rows] "r"(rows), [to_step] "r"(to_step), [from_step] "r"(from_step)
        : "q0", "lr", "memory");
    return;
  }
  int8_t* into;
  const int8_t* at;
  asm volatile(
      "1: mov %[into], %[to]\n"
      "mov %[at], %[from]\n"
      "wlstp.8 lr, %[bytes], 3f\n"
      "2: vldrb.8 q0, [%[at]], #16\n"
      "vstrb.8 q0, [%[into]], #16\n"
      "letp lr, 2b\n"
      "3: add %[to], %[to], %[to_step]\n"
      "add %[from], %[from], %[from_step]\n"
      "subs %[rows], %[rows], #1\n"
      "bne 1b\n"
      : [to] "+r"(to), [from] "+r"(from), [rows] "+r"(rows), [into] "=&r"(into), [at] "=&r"(at)
      : [bytes] "r"(bytes), [to_step] "r"(to_step), [from_step] "r"(from_step)
      : "q0", "lr", "cc", "memory");
}

// Copies `count` >= 1 runs of sixteen bytes, one after the other.
inline void mve_copy_vectors(int8_t* to, int32_t to_step, const int8_t* from, int32_t from_step,
                             int32_t count) {
  asm volatile(
      "dls lr, %[count]\n"
      "1: vldrb.8 q0, [%[from]]\n"
      "add %[from], %[from], %[from_step]\n"
      "vstrb.8 q0, [%[to]]\n"
      "add %[to], %[to], %[to_step]\n"
      "le lr, 1b\n"
      : [to] "+r"(to), [from] "+r"(from)
      : [count] "r"(count), [to_step] "r"(to_step), [from_step] "r"(from_step)
      : "q0", "lr", "memory");
}

inline void mve_fill(int8_t* to, int32_t value, int32_t count) {
  const MveI8 all = mve_all_i8(value);
  asm volatile(
      "wlstp.8 lr, %[count], 2f\n"
      "1: vstrb.8 %q[all], [%[to]], #16\n"
      "letp lr, 1b\n"
      "2:\n"
      : [to] "+r"(to)
      : [all] "w"(all), [count] "r"(count)
      : "lr", "memory");
}

}  // namespace mote
