// core/lanes.hpp in plain C++.
#pragma once

#include <cstring>

#include "core/fixed_point.hpp"

namespace mote {

template <int32_t offset>
struct LanesPortable {
  struct I32 {
    int32_t lane[16];
  };
  struct F32 {
    float lane[16];
  };
  struct Taps {
    uint8_t byte[16][4];
  };
  static constexpr int32_t input_offset = offset;
  static constexpr int32_t pixels = 1;
  static constexpr int32_t groups = 1;

  static int32_t tap(uint8_t stored) {
    return offset == 0 ? static_cast<int8_t>(stored) : static_cast<int32_t>(stored);
  }
  static uint8_t stored(int8_t x) { return static_cast<uint8_t>(x + offset); }

  static I32 load(const int32_t* from) {
    I32 x;
    std::memcpy(x.lane, from, sizeof x);
    return x;
  }
  static void store(int32_t* to, const I32& x) { std::memcpy(to, x.lane, sizeof x); }
  static I32 all(int32_t value) {
    I32 x;
    for (int32_t& lane : x.lane) lane = value;
    return x;
  }
  static I32 load_wide(const int8_t* from) {
    I32 x;
    for (int i = 0; i < 16; ++i) x.lane[i] = from[i];
    return x;
  }
  static Taps repeat(const int8_t* from) {
    Taps x;
    for (auto& four : x.byte) std::memcpy(four, from, 4);
    return x;
  }
  static Taps taps(const int8_t* from) {
    Taps x;
    std::memcpy(x.byte, from, sizeof x);
    return x;
  }
  static I32 dot(I32 sum, const Taps& x, const int8_t* w) {
    for (int i = 0; i < 16; ++i) {
      for (int k = 0; k < 4; ++k) sum.lane[i] += tap(x.byte[i][k]) * w[4 * i + k];
    }
    return sum;
  }
  static void interleave(const int8_t* const* rows, int8_t* to) {
    for (int i = 0; i < 16; ++i) {
      for (int k = 0; k < 4; ++k) *to++ = static_cast<int8_t>(stored(rows[k][i]));
    }
  }
  static void shift_input(int8_t* to, const int8_t* from, int32_t count) {
    for (int32_t i = 0; i < count; ++i) to[i] = static_cast<int8_t>(stored(from[i]));
  }

  static I32 add(I32 a, const I32& b) {
    for (int i = 0; i < 16; ++i) a.lane[i] += b.lane[i];
    return a;
  }
  static I32 shift_left(I32 x, int32_t bits) {
    for (int32_t& lane : x.lane) lane = static_cast<int32_t>(static_cast<uint32_t>(lane) << bits);
    return x;
  }
  static I32 high_product(I32 x, const I32& multiplier) {
    for (int i = 0; i < 16; ++i) {
      x.lane[i] = rounding_doubling_high_mul(x.lane[i], multiplier.lane[i]);
    }
    return x;
  }
  static I32 sign(I32 x) {
    for (int32_t& lane : x.lane) lane >>= 31;
    return x;
  }
  static I32 shift_right(I32 x, const I32& bits) {
    for (int i = 0; i < 16; ++i) x.lane[i] >>= bits.lane[i] & 31;
    return x;
  }
  static I32 clamp(I32 x, int32_t low, int32_t high) {
    for (int32_t& lane : x.lane) lane = mote::clamp(lane, low, high);
    return x;
  }
  static void store(int8_t* to, const I32& x, int32_t count) {
    for (int32_t i = 0; i < 16 && i < count; ++i) to[i] = static_cast<int8_t>(x.lane[i]);
  }

  static F32 load(const float* from) {
    F32 x;
    std::memcpy(x.lane, from, sizeof x);
    return x;
  }
  static F32 all(float value) {
    F32 x;
    for (float& lane : x.lane) lane = value;
    return x;
  }
  // sum + x * w, rounded twice.
  static F32 add_product(F32 sum, const F32& x, const F32& w) {
    for (int i = 0; i < 16; ++i) sum.lane[i] += x.lane[i] * w.lane[i];
    return sum;
  }
  static F32 add(F32 a, const F32& b) {
    for (int i = 0; i < 16; ++i) a.lane[i] += b.lane[i];
    return a;
  }
  // x < low ? low : x > high ? high : x; NaN stays.
  static F32 clamp(F32 x, float low, float high) {
    for (float& lane : x.lane) lane = lane < low ? low : lane > high ? high : lane;
    return x;
  }
  static void store(float* to, const F32& x, int32_t count) {
    for (int32_t i = 0; i < 16 && i < count; ++i) to[i] = x.lane[i];
  }
};

}  // namespace mote
