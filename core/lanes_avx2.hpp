// core/lanes.hpp with AVX2. Taps are kept as int16, even and odd ones apart, since the dot product
// of bytes saturates.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "core/lanes_twice.hpp"

namespace mote {

// Eight numbers.
struct LanesHalfAvx2 {
  // Of int32 throughout: GCC keeps a sum twice that is int64 to one instruction and int32 to
  // another.
  struct I32 {
    int32_t lane __attribute__((vector_size(32)));
    MOTE_INLINE operator __m256i() const { return reinterpret_cast<__m256i>(lane); }
    MOTE_INLINE static I32 of(__m256i x) { return {reinterpret_cast<decltype(lane)>(x)}; }
  };
  struct F32 {
    __m256 lane;
  };
  struct Taps {
    __m256i even, odd;
  };
  static constexpr int32_t count = 8;

  MOTE_INLINE static __m256i bytes(const void* from) {
    return _mm256_loadu_si256(static_cast<const __m256i*>(from));
  }
  MOTE_INLINE static Taps split(__m256i x) {
    return {_mm256_srai_epi16(_mm256_slli_epi16(x, 8), 8), _mm256_srai_epi16(x, 8)};
  }

  MOTE_INLINE static I32 load(const int32_t* from) { return I32::of(bytes(from)); }
  MOTE_INLINE static I32 all(int32_t value) { return I32::of(_mm256_set1_epi32(value)); }
  MOTE_INLINE static I32 load_wide(const int8_t* from) {
    return I32::of(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
  }
  MOTE_INLINE static Taps repeat(const int8_t* from) {
    int32_t four;
    std::memcpy(&four, from, sizeof four);
    return split(_mm256_set1_epi32(four));
  }
  MOTE_INLINE static Taps taps(const int8_t* from) { return split(bytes(from)); }
  MOTE_INLINE static I32 dot(I32 sum, const Taps& x, const int8_t* w) {
    const Taps weights = split(bytes(w));
    const __m256i even = _mm256_madd_epi16(x.even, weights.even);
    const __m256i odd = _mm256_madd_epi16(x.odd, weights.odd);
    return I32::of(_mm256_add_epi32(sum, _mm256_add_epi32(even, odd)));
  }
  MOTE_INLINE static I32 add(I32 a, I32 b) { return I32::of(_mm256_add_epi32(a, b)); }
  MOTE_INLINE static I32 shift_left(I32 x, int32_t bits) {
    return I32::of(_mm256_sll_epi32(x, _mm_cvtsi32_si128(bits)));
  }
  MOTE_INLINE static I32 high_product(I32 x, I32 multiplier) {
    const __m256i half = _mm256_set1_epi64x(int64_t{1} << 30);
    const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(x, multiplier), half);
    const __m256i odd = _mm256_add_epi64(
        _mm256_mul_epi32(_mm256_srli_epi64(x, 32), _mm256_srli_epi64(multiplier, 32)), half);
    return I32::of(
        _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xaa));
  }
  MOTE_INLINE static I32 sign(I32 x) { return I32::of(_mm256_srai_epi32(x, 31)); }
  MOTE_INLINE static I32 shift_right(I32 x, I32 bits) {
    return I32::of(_mm256_srav_epi32(x, bits));
  }
  MOTE_INLINE static I32 clamp(I32 x, int32_t low, int32_t high) {
    return I32::of(_mm256_min_epi32(_mm256_max_epi32(x, all(low)), all(high)));
  }
  MOTE_INLINE static void store(int32_t* to, I32 x) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), x);
  }
  MOTE_INLINE static void store(int8_t* to, I32 x) {
    const __m128i words =
        _mm_packs_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(to), _mm_packs_epi16(words, words));
  }

  MOTE_INLINE static F32 load(const float* from) { return {_mm256_loadu_ps(from)}; }
  MOTE_INLINE static F32 all(float value) { return {_mm256_set1_ps(value)}; }
  MOTE_INLINE static F32 add_product(F32 sum, F32 x, F32 w) {
    return {_mm256_add_ps(sum.lane, _mm256_mul_ps(x.lane, w.lane))};
  }
  MOTE_INLINE static F32 add(F32 a, F32 b) { return {_mm256_add_ps(a.lane, b.lane)}; }
  // Both instructions give their second operand when one is NaN.
  MOTE_INLINE static F32 clamp(F32 x, float low, float high) {
    return {_mm256_min_ps(_mm256_set1_ps(high), _mm256_max_ps(_mm256_set1_ps(low), x.lane))};
  }
  MOTE_INLINE static void store(float* to, F32 x) { _mm256_storeu_ps(to, x.lane); }
};

struct LanesAvx2 : LanesTwice<LanesHalfAvx2> {
  static constexpr int32_t input_offset = 0;
  static constexpr int32_t pixels = 4;
  static constexpr int32_t groups = 1;

  MOTE_INLINE static __m128i row(const int8_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  }
  MOTE_INLINE static void interleave(const int8_t* const* rows, int8_t* to) {
    const __m128i x[] = {row(rows[0]), row(rows[1]), row(rows[2]), row(rows[3])};
    const __m128i low[] = {_mm_unpacklo_epi8(x[0], x[1]), _mm_unpacklo_epi8(x[2], x[3])};
    const __m128i high[] = {_mm_unpackhi_epi8(x[0], x[1]), _mm_unpackhi_epi8(x[2], x[3])};
    auto* const place = reinterpret_cast<__m128i*>(to);
    _mm_storeu_si128(place, _mm_unpacklo_epi16(low[0], low[1]));
    _mm_storeu_si128(place + 1, _mm_unpackhi_epi16(low[0], low[1]));
    _mm_storeu_si128(place + 2, _mm_unpacklo_epi16(high[0], high[1]));
    _mm_storeu_si128(place + 3, _mm_unpackhi_epi16(high[0], high[1]));
  }
  static void shift_input(int8_t* to, const int8_t* from, int32_t bytes) {
    std::memcpy(to, from, static_cast<size_t>(bytes));
  }
};

}  // namespace mote
