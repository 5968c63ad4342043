// Logistic function and tanh of int16 by interpolation in one table, bit for bit TensorFlow Lite's
// (reference_integer_ops::Logistic and Tanh), which its 16-bit LSTM gates are defined by.
#pragma once

#include <cstdint>

namespace mote {

// Entries of the table: the logistic function of i / 24 in Q0.16, each raised by half of what the
// chord to the next entry lacks in its middle; the last is 1. Host code makes it.
constexpr int32_t sigmoid_entries = 256;

// x scaled so that one unit is 1 / (3 * 4096): |x| <= 2^30. Result: Q0.15.
inline int16_t logistic_by_table(int32_t x, const uint16_t* table) {
  const uint32_t size = static_cast<uint32_t>(x < 0 ? -x : x);
  const uint32_t piece = size >> 9;
  uint32_t value = 0x7fffu << 10;  // Q0.25
  if (piece < sigmoid_entries - 1) {
    const uint32_t low = table[piece], high = table[piece + 1];
    value = (low << 9) + (size & 0x1ffu) * (high - low);
  }
  value = x >= 0 ? value + (1u << 9) : (1u << 25) - value + (1u << 9) - 1;
  return static_cast<int16_t>(value >> 10);
}

// tanh(x) = 2 * logistic(2 x) - 1.
inline int16_t tanh_by_table(int32_t x, const uint16_t* table) {
  const uint32_t size = static_cast<uint32_t>(x < 0 ? -x : x);
  const uint32_t piece = size >> 8;
  int32_t value = 0xffff << 8;  // Q0.24
  if (piece < sigmoid_entries - 1) {
    const uint32_t low = table[piece], high = table[piece + 1];
    value = static_cast<int32_t>((low << 8) + (size & 0xffu) * (high - low));
  }
  value = x >= 0 ? value - (1 << 23) + (1 << 7) : -value + (1 << 23) + (1 << 7) - 1;
  return static_cast<int16_t>(value >> 8);
}

}  // namespace mote
