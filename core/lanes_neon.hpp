// core/lanes.hpp with NEON, and with its dot product (SDOT) where the compiler targets it.
#pragma once

#include <arm_neon.h>

#include <cstdint>
#include <cstring>

#include "core/lanes_twice.hpp"

namespace mote {

// Four numbers. Products: s[i] + sum_k x[4 i + k] * w[4 i + k], k < 4.
template <int32x4_t (*products)(int32x4_t s, int8x16_t x, int8x16_t w)>
struct LanesQuarterNeon {
  using I32 = int32x4_t;
  using F32 = float32x4_t;
  using Taps = int8x16_t;
  static constexpr int32_t count = 4;

  MOTE_INLINE static I32 load(const int32_t* from) { return vld1q_s32(from); }
  MOTE_INLINE static I32 all(int32_t value) { return vdupq_n_s32(value); }
  MOTE_INLINE static I32 load_wide(const int8_t* from) {
    int32_t four;
    std::memcpy(&four, from, sizeof four);
    return vmovl_s16(vget_low_s16(vmovl_s8(vcreate_s8(static_cast<uint32_t>(four)))));
  }
  MOTE_INLINE static Taps repeat(const int8_t* from) {
    int32_t four;
    std::memcpy(&four, from, sizeof four);
    return vreinterpretq_s8_s32(vdupq_n_s32(four));
  }
  MOTE_INLINE static Taps taps(const int8_t* from) { return vld1q_s8(from); }
  MOTE_INLINE static I32 dot(I32 sum, Taps x, const int8_t* w) {
    return products(sum, x, vld1q_s8(w));
  }
  MOTE_INLINE static I32 add(I32 a, I32 b) { return vaddq_s32(a, b); }
  MOTE_INLINE static I32 shift_left(I32 x, int32_t bits) { return vshlq_s32(x, vdupq_n_s32(bits)); }
  MOTE_INLINE static I32 high_product(I32 x, I32 multiplier) {
    return vqrdmulhq_s32(x, multiplier);
  }
  MOTE_INLINE static I32 sign(I32 x) { return vshrq_n_s32(x, 31); }
  MOTE_INLINE static I32 shift_right(I32 x, I32 bits) { return vshlq_s32(x, vnegq_s32(bits)); }
  MOTE_INLINE static I32 clamp(I32 x, int32_t low, int32_t high) {
    return vminq_s32(vmaxq_s32(x, all(low)), all(high));
  }
  MOTE_INLINE static void store(int32_t* to, I32 x) { vst1q_s32(to, x); }
  MOTE_INLINE static void store(int8_t* to, I32 x) {
    const int16x4_t words = vmovn_s32(x);
    const int8x8_t bytes = vmovn_s16(vcombine_s16(words, words));
    const auto four = static_cast<int32_t>(vget_lane_s32(vreinterpret_s32_s8(bytes), 0));
    std::memcpy(to, &four, sizeof four);
  }

  MOTE_INLINE static F32 load(const float* from) { return vld1q_f32(from); }
  MOTE_INLINE static F32 all(float value) { return vdupq_n_f32(value); }
  MOTE_INLINE static F32 add_product(F32 sum, F32 x, F32 w) {
    return vaddq_f32(sum, vmulq_f32(x, w));
  }
  MOTE_INLINE static F32 add(F32 a, F32 b) { return vaddq_f32(a, b); }
  // Comparisons with NaN fail, so that it stays.
  MOTE_INLINE static F32 clamp(F32 x, float low, float high) {
    const F32 raised = vbslq_f32(vcltq_f32(x, all(low)), all(low), x);
    return vbslq_f32(vcgtq_f32(raised, all(high)), all(high), raised);
  }
  MOTE_INLINE static void store(float* to, F32 x) { vst1q_f32(to, x); }
};

template <int32x4_t (*products)(int32x4_t, int8x16_t, int8x16_t)>
struct LanesOfNeon : LanesTwice<LanesTwice<LanesQuarterNeon<products>>> {
  static constexpr int32_t input_offset = 0;
  static constexpr int32_t pixels = 4;
  static constexpr int32_t groups = 1;

  MOTE_INLINE static void interleave(const int8_t* const* rows, int8_t* to) {
    vst4q_s8(to, {{vld1q_s8(rows[0]), vld1q_s8(rows[1]), vld1q_s8(rows[2]), vld1q_s8(rows[3])}});
  }
  static void shift_input(int8_t* to, const int8_t* from, int32_t bytes) {
    std::memcpy(to, from, static_cast<size_t>(bytes));
  }
};

MOTE_INLINE int32x4_t neon_products(int32x4_t s, int8x16_t x, int8x16_t w) {
  const int32x4_t low = vpaddlq_s16(vmull_s8(vget_low_s8(x), vget_low_s8(w)));
  const int32x4_t high = vpaddlq_s16(vmull_high_s8(x, w));
  return vaddq_s32(s, vpaddq_s32(low, high));
}
using LanesNeon = LanesOfNeon<neon_products>;

#if defined(__ARM_FEATURE_DOTPROD)
MOTE_INLINE int32x4_t dotprod_products(int32x4_t s, int8x16_t x, int8x16_t w) {
  return vdotq_s32(s, x, w);
}
using LanesDotprod = LanesOfNeon<dotprod_products>;
#else
using LanesDotprod = LanesNeon;
#endif

}  // namespace mote
