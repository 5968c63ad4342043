// core/mve.hpp in plain C++.
#pragma once

#include <cstring>

#include "core/fixed_point.hpp"

namespace mote {

template <class T, int n>
struct MveLanes {
  static constexpr int lanes = n;
  T lane[n];
};
using MveI8 = MveLanes<int8_t, 16>;
using MveI16 = MveLanes<int16_t, 8>;
using MveI32 = MveLanes<int32_t, 4>;

template <class V, class Lane>
inline V mve_each(Lane&& lane) {
  V y;
  for (int i = 0; i < V::lanes; ++i) {
    y.lane[i] = static_cast<decltype(y.lane[0] + 0)>(lane(i));
  }
  return y;
}

inline MveI8 mve_load_part(const int8_t* from, int32_t count) {
  MveI8 x{};
  std::memcpy(x.lane, from, static_cast<size_t>(count > 16 ? 16 : count));
  return x;
}
inline MveI8 mve_load(const int8_t* from) {
  return mve_load_part(from, 16);
}
inline void mve_store_part(int8_t* to, MveI8 x, int32_t count) {
  std::memcpy(to, x.lane, static_cast<size_t>(count > 16 ? 16 : count));
}
inline void mve_store(int8_t* to, MveI8 x) {
  mve_store_part(to, x, 16);
}
inline MveI8 mve_pick(const int8_t* values, const uint16_t* planes, int32_t bits, int32_t count) {
  return mve_each<MveI8>([&](int i) {
    if (i >= count) return int8_t{0};
    int32_t index = 0;
    for (int32_t b = 0; b < bits; ++b) index |= (planes[b] >> i & 1) << b;
    return values[index];
  });
}
inline MveI32 mve_load_wide(const int8_t* from) {
  return mve_each<MveI32>([&](int i) { return from[i]; });
}
inline void mve_store_narrow(int8_t* to, MveI32 x) {
  for (int i = 0; i < 4; ++i) to[i] = static_cast<int8_t>(x.lane[i]);
}
inline MveI32 mve_load(const int32_t* from) {
  return mve_each<MveI32>([&](int i) { return from[i]; });
}
inline void mve_store(int32_t* to, MveI32 x) {
  std::memcpy(to, x.lane, sizeof(x.lane));
}
inline MveI8 mve_all_i8(int32_t value) {
  return mve_each<MveI8>([&](int) { return value; });
}
inline MveI32 mve_all_i32(int32_t value) {
  return mve_each<MveI32>([&](int) { return value; });
}
inline MveI16 mve_multiply_even(MveI8 a, MveI8 b) {
  return mve_each<MveI16>([&](int i) { return a.lane[2 * i] * b.lane[2 * i]; });
}
inline MveI16 mve_multiply_odd(MveI8 a, MveI8 b) {
  return mve_each<MveI16>([&](int i) { return a.lane[2 * i + 1] * b.lane[2 * i + 1]; });
}
inline MveI16 mve_widen_even(MveI8 x) {
  return mve_each<MveI16>([&](int i) { return x.lane[2 * i]; });
}
inline MveI16 mve_widen_odd(MveI8 x) {
  return mve_each<MveI16>([&](int i) { return x.lane[2 * i + 1]; });
}
inline MveI32 mve_widen_even(MveI16 x) {
  return mve_each<MveI32>([&](int i) { return x.lane[2 * i]; });
}
inline MveI32 mve_widen_odd(MveI16 x) {
  return mve_each<MveI32>([&](int i) { return x.lane[2 * i + 1]; });
}
inline MveI16 mve_add(MveI16 a, MveI16 b) {
  return mve_each<MveI16>([&](int i) { return a.lane[i] + b.lane[i]; });
}
inline int32_t mve_wrapping_sum(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}
inline MveI32 mve_add(MveI32 a, MveI32 b) {
  return mve_each<MveI32>([&](int i) { return mve_wrapping_sum(a.lane[i], b.lane[i]); });
}
inline MveI32 mve_add(MveI32 a, int32_t b) {
  return mve_add(a, mve_all_i32(b));
}
inline MveI32 mve_multiply(MveI32 a, int32_t b) {
  return mve_each<MveI32>([&](int i) {
    return static_cast<int32_t>(static_cast<uint32_t>(a.lane[i]) * static_cast<uint32_t>(b));
  });
}
inline MveI32 mve_multiply_add(MveI32 a, MveI32 b, int32_t c) {
  return mve_each<MveI32>([&](int i) {
    const auto product = static_cast<uint32_t>(a.lane[i]) * static_cast<uint32_t>(b.lane[i]);
    return static_cast<int32_t>(product + static_cast<uint32_t>(c));
  });
}
inline MveI32 mve_high_product(MveI32 a, MveI32 b) {
  return mve_each<MveI32>([&](int i) {
    const bool saturates = a.lane[i] == INT32_MIN && b.lane[i] == INT32_MIN;
    return saturates ? INT32_MAX : rounding_doubling_high_mul(a.lane[i], b.lane[i]);
  });
}
inline MveI32 mve_high_product(MveI32 a, int32_t b) {
  return mve_high_product(a, mve_all_i32(b));
}
inline MveI32 mve_sign(MveI32 x) {
  return mve_each<MveI32>([&](int i) { return x.lane[i] < 0 ? -1 : 0; });
}
// The lowest byte of s counts, as in the instruction.
inline MveI32 mve_shift(MveI32 x, MveI32 s) {
  return mve_each<MveI32>([&](int i) -> int32_t {
    const int32_t places = static_cast<int8_t>(s.lane[i] & 0xff);
    if (places < 0) return x.lane[i] >> (places < -31 ? 31 : -places);
    return places > 31 ? 0 : static_cast<int32_t>(static_cast<uint32_t>(x.lane[i]) << places);
  });
}
inline MveI32 mve_shift(MveI32 x, int32_t s) {
  return mve_shift(x, mve_all_i32(s));
}
// Here too: a forged package may ask for any s.
inline MveI32 mve_rounding_shift_right(MveI32 x, int32_t s) {
  const int32_t places = static_cast<int8_t>(s & 0xff);
  if (places < 1 || places > 31) return mve_shift(x, -places);
  const int64_t half = int64_t{1} << (places - 1);
  return mve_each<MveI32>(
      [&](int i) { return static_cast<int32_t>((x.lane[i] + half) >> places); });
}
inline MveI16 mve_narrow(MveI32 even, MveI32 odd) {
  return mve_each<MveI16>(
      [&](int i) { return clamp((i % 2 == 0 ? even : odd).lane[i / 2], INT16_MIN, INT16_MAX); });
}
inline MveI8 mve_narrow(MveI16 even, MveI16 odd) {
  return mve_each<MveI8>(
      [&](int i) { return clamp((i % 2 == 0 ? even : odd).lane[i / 2], INT8_MIN, INT8_MAX); });
}
inline MveI8 mve_clamp(MveI8 x, MveI8 low, MveI8 high) {
  return mve_each<MveI8>([&](int i) { return clamp(x.lane[i], low.lane[i], high.lane[i]); });
}
inline MveI32 mve_clamp(MveI32 x, MveI32 low, MveI32 high) {
  return mve_each<MveI32>([&](int i) { return clamp(x.lane[i], low.lane[i], high.lane[i]); });
}
inline void mve_copy(int8_t* to, const int8_t* from, int32_t count) {
  if (count > 0) std::memcpy(to, from, static_cast<size_t>(count));
}
inline void mve_copy_rows(int8_t* to, int32_t to_step, const int8_t* from, int32_t from_step,
                          int32_t bytes, int32_t rows) {
  for (int32_t i = 0; i < rows; ++i) mve_copy(to + i * to_step, from + i * from_step, bytes);
}
inline void mve_copy_vectors(int8_t* to, int32_t to_step, const int8_t* from, int32_t from_step,
                             int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    for (int32_t lane = 0; lane < 16; ++lane) to[i * to_step + lane] = from[i * from_step + lane];
  }
}

inline void mve_fill(int8_t* to, int32_t value, int32_t count) {
  if (count > 0) std::memset(to, value, static_cast<size_t>(count));
}

}  // namespace mote
