// To a quantised type, from float or from a quantised type, as TensorFlow Lite defines it.
//
//   from float:  y[i] = clamp(round(x[i] / scale) + zero_point)        (AffineQuantize)
//   from int8:   y[i] = clamp(requantise(x[i] - x_zero) + zero_point)  (Requantize)
//
// round takes halves away from zero; requantise is core/fixed_point.hpp's double rounding. A float
// that is not a number gives the zero point.
//
// Operands:
//   0  x: float or int8 [count]
//   1  y: int8 [count]
#pragma once

#include "core/element.hpp"
#include "core/kernel.hpp"

namespace mote {

#define MOTE_QUANTIZE_PARAMS(F)          \
  F(int32_t, count)      /* >= 1 */      \
  F(float, scale)        /* of y, > 0 */ \
  F(int32_t, zero_point) /* of y, [-128, 127] */
MOTE_PARAMS(QuantizeParams, MOTE_QUANTIZE_PARAMS)
#undef MOTE_QUANTIZE_PARAMS

#define MOTE_REQUANTIZE_PARAMS(F)                              \
  F(int32_t, count)      /* >= 1 */                            \
  F(int32_t, x_zero)     /* zero point of x, [-128, 127] */    \
  F(int32_t, multiplier) /* Q31: scale of x over scale of y */ \
  F(int32_t, shift)      /* [-31, 30], positive is left */     \
  F(int32_t, zero_point) /* of y, [-128, 127] */
MOTE_PARAMS(RequantizeParams, MOTE_REQUANTIZE_PARAMS)
#undef MOTE_REQUANTIZE_PARAMS

// The same between any two integer types, and from float to any of them: slower, and rarely wanted.
#define MOTE_CONVERT_PARAMS(F)                                       \
  F(int32_t, count)      /* >= 1 */                                  \
  F(int32_t, x_kind)     /* an integer Element */                    \
  F(int32_t, y_kind)     /* an integer Element of at most 32 bits */ \
  F(int32_t, x_zero)     /* zero point of x */                       \
  F(int32_t, multiplier) /* Q31: scale of x over scale of y */       \
  F(int32_t, shift)      /* [-31, 30], positive is left */           \
  F(int32_t, zero_point) /* of y */                                  \
  F(int32_t, low)        /* clamp */                                 \
  F(int32_t, high)
MOTE_PARAMS(RequantizeAnyParams, MOTE_CONVERT_PARAMS)
#undef MOTE_CONVERT_PARAMS

#define MOTE_QUANTIZE_ANY_PARAMS(F)                              \
  F(int32_t, count)  /* >= 1 */                                  \
  F(int32_t, y_kind) /* an integer Element of at most 32 bits */ \
  F(float, scale)    /* of y, > 0 */                             \
  F(int32_t, zero_point)                                         \
  F(int32_t, low) /* clamp, within 2^23 */                       \
  F(int32_t, high)
MOTE_PARAMS(QuantizeAnyParams, MOTE_QUANTIZE_ANY_PARAMS)
#undef MOTE_QUANTIZE_ANY_PARAMS

inline Status requantize_any_check(const RequantizeAnyParams& p, const uint32_t* bytes) {
  const int32_t from = element_bytes(p.x_kind), to = element_bytes(p.y_kind);
  if (p.count < 1 || from == 0 || to == 0) return Status::bad_params;
  const bool fits = extent(p.count, from) <= bytes[0] && extent(p.count, to) <= bytes[1];
  return fits ? Status::ok : Status::out_of_bounds;
}

inline Status quantize_any_check(const QuantizeAnyParams& p, const uint32_t* bytes) {
  const int32_t to = element_bytes(p.y_kind);
  if (p.count < 1 || to == 0 || !(p.scale > 0)) return Status::bad_params;
  const bool fits = extent(p.count, 4) <= bytes[0] && extent(p.count, to) <= bytes[1];
  return fits ? Status::ok : Status::out_of_bounds;
}

inline Status quantize_check(const QuantizeParams& p, const uint32_t* bytes) {
  if (p.count < 1 || !(p.scale > 0)) return Status::bad_params;
  const bool fits = extent(p.count, 4) <= bytes[0] && extent(p.count, 1) <= bytes[1];
  return fits ? Status::ok : Status::out_of_bounds;
}

inline Status requantize_check(const RequantizeParams& p, const uint32_t* bytes) {
  if (p.count < 1) return Status::bad_params;
  const uint32_t size = extent(p.count, 1);
  return size <= bytes[0] && size <= bytes[1] ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote
