// core/lanes.hpp with AVX-512 F, BW, VL and VNNI.
#pragma once

// GCC 12 takes what an intrinsic leaves undefined on purpose for a mistake (gcc.gnu.org/PR105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#if !defined(__clang__)  // which does not know it
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#pragma GCC diagnostic pop

#include <cstdint>
#include <cstring>

#include "core/kernel.hpp"

namespace mote {

struct LanesAvx512vnni {
  // Of int32 throughout: GCC keeps a sum twice that is int64 to one instruction and int32 to
  // another.
  struct I32 {
    int32_t lane __attribute__((vector_size(64)));
    MOTE_INLINE operator __m512i() const { return reinterpret_cast<__m512i>(lane); }
    MOTE_INLINE static I32 of(__m512i x) { return {reinterpret_cast<decltype(lane)>(x)}; }
  };
  struct F32 {
    __m512 lane;
  };
  using Taps = __m512i;
  static constexpr int32_t input_offset = 128;
  static constexpr int32_t pixels = 6;
  static constexpr int32_t groups = 4;

  static __mmask16 first(int32_t count) {
    return static_cast<__mmask16>(count >= 16 ? 0xffffu : (1u << (count & 31)) - 1u);
  }

  MOTE_INLINE static I32 load(const int32_t* from) { return I32::of(_mm512_loadu_si512(from)); }
  MOTE_INLINE static void store(int32_t* to, I32 x) { _mm512_storeu_si512(to, x); }
  MOTE_INLINE static I32 all(int32_t value) { return I32::of(_mm512_set1_epi32(value)); }
  MOTE_INLINE static I32 load_wide(const int8_t* from) {
    return I32::of(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
  }
  MOTE_INLINE static Taps repeat(const int8_t* from) {
    int32_t four;
    std::memcpy(&four, from, sizeof four);
    return _mm512_set1_epi32(four);
  }
  MOTE_INLINE static Taps taps(const int8_t* from) { return _mm512_loadu_si512(from); }
  MOTE_INLINE static I32 dot(I32 sum, Taps x, const int8_t* w) {
    return I32::of(_mm512_dpbusd_epi32(sum, x, _mm512_loadu_si512(w)));
  }
  MOTE_INLINE static __m512i row_bytes(const int8_t* row) {
    return _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(row)));
  }
  MOTE_INLINE static void interleave(const int8_t* const* rows, int8_t* to) {
    const __m512i low =
        _mm512_or_si512(row_bytes(rows[0]), _mm512_slli_epi32(row_bytes(rows[1]), 8));
    const __m512i high =
        _mm512_or_si512(row_bytes(rows[2]), _mm512_slli_epi32(row_bytes(rows[3]), 8));
    const __m512i all_rows = _mm512_or_si512(low, _mm512_slli_epi32(high, 16));
    _mm512_storeu_si512(to, _mm512_xor_si512(all_rows, _mm512_set1_epi8(-128)));
  }
  static void shift_input(int8_t* to, const int8_t* from, int32_t count) {
    int32_t i = 0;
    for (; i + 64 <= count; i += 64) {
      _mm512_storeu_si512(to + i,
                          _mm512_xor_si512(_mm512_loadu_si512(from + i), _mm512_set1_epi8(-128)));
    }
    const __mmask64 rest = (uint64_t{1} << (count - i)) - 1;
    const __m512i last = _mm512_maskz_loadu_epi8(rest, from + i);
    _mm512_mask_storeu_epi8(to + i, rest, _mm512_xor_si512(last, _mm512_set1_epi8(-128)));
  }

  MOTE_INLINE static I32 add(I32 a, I32 b) { return I32::of(_mm512_add_epi32(a, b)); }
  MOTE_INLINE static I32 shift_left(I32 x, int32_t bits) {
    return I32::of(_mm512_sll_epi32(x, _mm_cvtsi32_si128(bits)));
  }
  MOTE_INLINE static I32 high_product(I32 x, I32 multiplier) {
    const __m512i half = _mm512_set1_epi64(int64_t{1} << 30);
    const __m512i even = _mm512_add_epi64(_mm512_mul_epi32(x, multiplier), half);
    const __m512i odd = _mm512_add_epi64(
        _mm512_mul_epi32(_mm512_srli_epi64(x, 32), _mm512_srli_epi64(multiplier, 32)), half);
    return I32::of(
        _mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 31), _mm512_slli_epi64(odd, 1)));
  }
  MOTE_INLINE static I32 sign(I32 x) { return I32::of(_mm512_srai_epi32(x, 31)); }
  MOTE_INLINE static I32 shift_right(I32 x, I32 bits) {
    return I32::of(_mm512_srav_epi32(x, bits));
  }
  MOTE_INLINE static I32 clamp(I32 x, int32_t low, int32_t high) {
    return I32::of(_mm512_min_epi32(_mm512_max_epi32(x, all(low)), all(high)));
  }
  MOTE_INLINE static void store(int8_t* to, I32 x, int32_t count) {
    if (count >= 16) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm512_cvtepi32_epi8(x));
    } else {
      _mm512_mask_cvtepi32_storeu_epi8(to, first(count), x);
    }
  }

  MOTE_INLINE static F32 load(const float* from) { return {_mm512_loadu_ps(from)}; }
  MOTE_INLINE static F32 all(float value) { return {_mm512_set1_ps(value)}; }
  MOTE_INLINE static F32 add_product(F32 sum, F32 x, F32 w) {
    return {_mm512_add_ps(sum.lane, _mm512_mul_ps(x.lane, w.lane))};
  }
  MOTE_INLINE static F32 add(F32 a, F32 b) { return {_mm512_add_ps(a.lane, b.lane)}; }
  // Both instructions give their second operand when one is NaN.
  MOTE_INLINE static F32 clamp(F32 x, float low, float high) {
    return {_mm512_min_ps(_mm512_set1_ps(high), _mm512_max_ps(_mm512_set1_ps(low), x.lane))};
  }
  MOTE_INLINE static void store(float* to, F32 x, int32_t count) {
    _mm512_mask_storeu_ps(to, first(count), x.lane);
  }
};

}  // namespace mote
