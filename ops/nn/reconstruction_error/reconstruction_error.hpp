// How badly an autoencoder restores its input: the score of an anomaly model.
//
//   y = 1/n * sum_i (x_scale * (x[i] - x_zero) - r_scale * (r[i] - r_zero))^2
//
// summed in the order of i, in binary32, so that every core gives the same bits.
//
// In float32, y = 1/n * sum_i (x[i] - r[i])^2, in the same order.
//
// Operands:
//   0  x: int8 or float32 [n], the network's input
//   1  r: of x's type [n], its restoration
//   2  y: float32 [1]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_RECONSTRUCTION_ERROR_PARAMS(F)        \
  F(int32_t, count)  /* n, >= 1 */                 \
  F(int32_t, x_zero) /* zero point, [-128, 127] */ \
  F(int32_t, r_zero) /* zero point, [-128, 127] */ \
  F(float, x_scale)  /* > 0 */                     \
  F(float, r_scale)  /* > 0 */
MOTE_PARAMS(ReconstructionErrorParams, MOTE_RECONSTRUCTION_ERROR_PARAMS)
#undef MOTE_RECONSTRUCTION_ERROR_PARAMS

inline Status reconstruction_error_check(const ReconstructionErrorParams& p,
                                         const uint32_t* bytes) {
  if (p.count < 1) return Status::bad_params;
  const uint32_t needed = extent(p.count, 1);
  return needed <= bytes[0] && needed <= bytes[1] && bytes[2] >= sizeof(float)
             ? Status::ok
             : Status::out_of_bounds;
}

#define MOTE_RECONSTRUCTION_ERROR_F32_PARAMS(F) F(int32_t, count) /* n, >= 1 */
MOTE_PARAMS(ReconstructionErrorF32Params, MOTE_RECONSTRUCTION_ERROR_F32_PARAMS)
#undef MOTE_RECONSTRUCTION_ERROR_F32_PARAMS

inline Status reconstruction_error_f32_check(const ReconstructionErrorF32Params& p,
                                             const uint32_t* bytes) {
  if (p.count < 1) return Status::bad_params;
  const uint32_t needed = extent(p.count, sizeof(float));
  return needed <= bytes[0] && needed <= bytes[1] && bytes[2] >= sizeof(float)
             ? Status::ok
             : Status::out_of_bounds;
}

}  // namespace mote
