// Addition on 64-bit CPUs, sixteen values at a time; exact for every package that the host makes,
// as ops/nn/add/add_s8_armv7em.hpp says.
//
// Operands: those of add.hpp.
#pragma once

#include <cstring>

#include "core/lanes.hpp"
#include "ops/nn/add/add.hpp"

namespace mote {

// requantise(x); shift in [-30, 0].
template <class L>
MOTE_INLINE typename L::I32 add_lanes_requantise(const typename L::I32& x, int32_t multiplier,
                                                 int32_t shift) {
  if (shift == 0) return L::high_product(x, L::all(multiplier));
  const auto half = static_cast<int32_t>(1u << ((-shift - 1) & 31));
  return lanes_requantise<L>(x, L::all(multiplier), L::all(half), L::all(-shift));
}

// Sixteen outputs, of which `count` exist.
template <class L, class P>
MOTE_INLINE void add_lanes_some(const P& p, const int8_t* a, const int8_t* b, int8_t* y,
                                int32_t count) {
  const auto wide = [](const int8_t* x, int32_t zero) {
    return L::shift_left(L::add(L::load_wide(x), L::all(-zero)), add_extra_bits);
  };
  const auto left = add_lanes_requantise<L>(wide(a, p.a_zero), p.a_multiplier, p.a_shift);
  const auto right = add_lanes_requantise<L>(wide(b, p.b_zero), p.b_multiplier, p.b_shift);
  const auto sum =
      add_lanes_requantise<L>(L::add(left, right), p.output_multiplier, p.output_shift);
  L::store(y, L::clamp(L::add(sum, L::all(p.output_zero)), p.activation_min, p.activation_max),
           count);
}

template <class L, class P>
void add_lanes(const P& p, void* const* operands) {
  const auto* a = static_cast<const int8_t*>(operands[0]);
  const auto* const b = static_cast<const int8_t*>(operands[1]);
  auto* y = static_cast<int8_t*>(operands[2]);
  const int32_t whole = p.b_count & ~15;
  const int32_t left = p.b_count - whole;
  for (int32_t begin = 0; begin < p.count; begin += p.b_count) {
    for (int32_t i = 0; i < whole; i += 16) add_lanes_some<L>(p, a + i, b + i, y + i, 16);
    if (left > 0) {
      int8_t last_a[16] = {}, last_b[16] = {};
      std::memcpy(last_a, a + whole, static_cast<size_t>(left));
      std::memcpy(last_b, b + whole, static_cast<size_t>(left));
      add_lanes_some<L>(p, last_a, last_b, y + whole, left);
    }
    a += p.b_count;
    y += p.b_count;
  }
}

}  // namespace mote
