// Vectors of sixteen out of shorter ones: core/lanes.hpp's functions of numbers for twice as many
// as Half has.
#pragma once

#include <cstdint>

#include "core/kernel.hpp"

namespace mote {

template <class Half>
struct LanesTwice {
  struct I32 {
    typename Half::I32 low, high;
  };
  struct F32 {
    typename Half::F32 low, high;
  };
  struct Taps {
    typename Half::Taps low, high;
  };
  static constexpr int32_t half = Half::count;
  static constexpr int32_t count = 2 * half;

  MOTE_INLINE static I32 load(const int32_t* from) {
    return {Half::load(from), Half::load(from + half)};
  }
  MOTE_INLINE static I32 all(int32_t value) { return {Half::all(value), Half::all(value)}; }
  MOTE_INLINE static I32 load_wide(const int8_t* from) {
    return {Half::load_wide(from), Half::load_wide(from + half)};
  }
  MOTE_INLINE static Taps repeat(const int8_t* from) {
    return {Half::repeat(from), Half::repeat(from)};
  }
  MOTE_INLINE static Taps taps(const int8_t* from) {
    return {Half::taps(from), Half::taps(from + 4 * half)};
  }
  MOTE_INLINE static I32 dot(const I32& sum, const Taps& x, const int8_t* w) {
    return {Half::dot(sum.low, x.low, w), Half::dot(sum.high, x.high, w + 4 * half)};
  }
  MOTE_INLINE static I32 add(const I32& a, const I32& b) {
    return {Half::add(a.low, b.low), Half::add(a.high, b.high)};
  }
  MOTE_INLINE static I32 shift_left(const I32& x, int32_t bits) {
    return {Half::shift_left(x.low, bits), Half::shift_left(x.high, bits)};
  }
  MOTE_INLINE static I32 high_product(const I32& x, const I32& multiplier) {
    return {Half::high_product(x.low, multiplier.low), Half::high_product(x.high, multiplier.high)};
  }
  MOTE_INLINE static I32 sign(const I32& x) { return {Half::sign(x.low), Half::sign(x.high)}; }
  MOTE_INLINE static I32 shift_right(const I32& x, const I32& bits) {
    return {Half::shift_right(x.low, bits.low), Half::shift_right(x.high, bits.high)};
  }
  MOTE_INLINE static I32 clamp(const I32& x, int32_t low, int32_t high) {
    return {Half::clamp(x.low, low, high), Half::clamp(x.high, low, high)};
  }

  MOTE_INLINE static F32 load(const float* from) {
    return {Half::load(from), Half::load(from + half)};
  }
  MOTE_INLINE static F32 all(float value) { return {Half::all(value), Half::all(value)}; }
  MOTE_INLINE static F32 add_product(const F32& sum, const F32& x, const F32& w) {
    return {Half::add_product(sum.low, x.low, w.low), Half::add_product(sum.high, x.high, w.high)};
  }
  MOTE_INLINE static F32 add(const F32& a, const F32& b) {
    return {Half::add(a.low, b.low), Half::add(a.high, b.high)};
  }
  MOTE_INLINE static F32 clamp(const F32& x, float low, float high) {
    return {Half::clamp(x.low, low, high), Half::clamp(x.high, low, high)};
  }

  template <class T, class X>
  MOTE_INLINE static void store(T* to, const X& x) {
    Half::store(to, x.low);
    Half::store(to + half, x.high);
  }
  // The first `some` values.
  template <class T, class X>
  MOTE_INLINE static void store(T* to, const X& x, int32_t some) {
    if (some >= count) return store(to, x);
    T every[count];
    store(every, x);
    for (int32_t i = 0; i < some; ++i) to[i] = every[i];
  }
};

}  // namespace mote
