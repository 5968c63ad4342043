// Elements of any type behind one number, for kernels that move values between types.
#pragma once

#include <cstdint>

namespace mote {

// In the order of the compiler's tensor types.
enum class Element : int32_t { i8, i16, i32, f32, u8, u32, i64, u64, boolean };
constexpr int32_t element_kinds = 9;

// Bytes of one element; 0 when there is no such kind.
constexpr int32_t element_bytes(int32_t kind) {
  constexpr int32_t bytes[element_kinds] = {1, 2, 4, 4, 1, 4, 8, 8, 1};
  return kind >= 0 && kind < element_kinds ? bytes[kind] : 0;
}

// Element i as an integer; floats are truncated, and cut to the range of int64.
inline int64_t load_element(int32_t kind, const void* x, int32_t i) {
  switch (static_cast<Element>(kind)) {
    case Element::i8:
      return static_cast<const int8_t*>(x)[i];
    case Element::i16:
      return static_cast<const int16_t*>(x)[i];
    case Element::i32:
      return static_cast<const int32_t*>(x)[i];
    case Element::f32: {
      const float value = static_cast<const float*>(x)[i];
      if (!(value > -9.2e18f)) return value != value ? 0 : INT64_MIN;
      return value < 9.2e18f ? static_cast<int64_t>(value) : INT64_MAX;
    }
    case Element::u8:
    case Element::boolean:
      return static_cast<const uint8_t*>(x)[i];
    case Element::u32:
      return static_cast<const uint32_t*>(x)[i];
    case Element::i64:
      return static_cast<const int64_t*>(x)[i];
    case Element::u64:
      return static_cast<int64_t>(static_cast<const uint64_t*>(x)[i]);
  }
  return 0;
}

// Stores the low bits of value, or its nearest float, or whether it isn't 0.
inline void store_element(int32_t kind, void* y, int32_t i, int64_t value) {
  switch (static_cast<Element>(kind)) {
    case Element::i8:
    case Element::u8:
      static_cast<uint8_t*>(y)[i] = static_cast<uint8_t>(value);
      return;
    case Element::i16:
      static_cast<int16_t*>(y)[i] = static_cast<int16_t>(value);
      return;
    case Element::i32:
    case Element::u32:
      static_cast<uint32_t*>(y)[i] = static_cast<uint32_t>(value);
      return;
    case Element::f32:
      static_cast<float*>(y)[i] = static_cast<float>(value);
      return;
    case Element::i64:
    case Element::u64:
      static_cast<int64_t*>(y)[i] = value;
      return;
    case Element::boolean:
      static_cast<uint8_t*>(y)[i] = value != 0 ? 1 : 0;
      return;
  }
}

}  // namespace mote
