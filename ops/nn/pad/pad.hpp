// Padding of up to four axes, int8.
//
// y holds x in its middle, `value` everywhere else.
//
// Operands:
//   0  x: int8 [n, h, w, c]
//   1  y: int8 [before_n + n + after_n, ..., before_c + c + after_c]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_PAD_PARAMS(F)                                 \
  F(int32_t, n) /* extents of x, >= 1 */                   \
  F(int32_t, h)                                            \
  F(int32_t, w)                                            \
  F(int32_t, c)                                            \
  F(int32_t, before_n) /* values added, >= 0 */            \
  F(int32_t, before_h)                                     \
  F(int32_t, before_w)                                     \
  F(int32_t, before_c)                                     \
  F(int32_t, out_n) /* extents of y, >= before + extent */ \
  F(int32_t, out_h)                                        \
  F(int32_t, out_w)                                        \
  F(int32_t, out_c)                                        \
  F(int32_t, value) /* stored, [-128, 127] */
MOTE_PARAMS(PadParams, MOTE_PAD_PARAMS)
#undef MOTE_PAD_PARAMS

inline Status pad_check(const PadParams& p, const uint32_t* bytes) {
  const auto inside = [](int32_t x, int32_t before, int32_t out) {
    return x >= 1 && before >= 0 && int64_t{before} + x <= out;
  };
  if (!inside(p.n, p.before_n, p.out_n) || !inside(p.h, p.before_h, p.out_h) ||
      !inside(p.w, p.before_w, p.out_w) || !inside(p.c, p.before_c, p.out_c)) {
    return Status::bad_params;
  }
  const uint32_t in = extent(p.h, p.w, p.c);
  const uint32_t out = extent(p.out_h, p.out_w, p.out_c);
  if (in > INT32_MAX || out > INT32_MAX) return Status::out_of_bounds;
  const bool fits = extent(static_cast<int32_t>(in), p.n) <= bytes[0] &&
                    extent(static_cast<int32_t>(out), p.out_n) <= bytes[1];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote
