// Sum of several tensors of one shape.
//
// int8 as tflite-micro defines it (reference_ops::AddN), for inputs of one quantisation: values are
// counted in 1/2^19 of their step, and the sum starts at the stored value 0 rather than at the zero
// point:
//
//   y[i] = clamp(requantise((-x_zero + sum_k (x_k[i] - x_zero)) * 2^19) + output_zero)
//
// Operands:
//   0 to add_n_inputs_max - 1  x_k: int8 or float [count]; those from `inputs` on aren't read
//   add_n_inputs_max           y: of x's type [count]
#pragma once

#include "core/kernel.hpp"

namespace mote {

constexpr int32_t add_n_inputs_max = static_cast<int32_t>(kernel_operands_max) - 1;

#define MOTE_ADD_N_PARAMS(F)                           \
  F(int32_t, count)  /* >= 1 */                        \
  F(int32_t, inputs) /* [1, add_n_inputs_max] */       \
  F(int32_t, x_zero) /* of int8, as all that follow */ \
  F(int32_t, output_zero)                              \
  F(int32_t, multiplier) /* Q31 */                     \
  F(int32_t, shift)      /* [-31, 30] */
MOTE_PARAMS(AddNParams, MOTE_ADD_N_PARAMS)
#undef MOTE_ADD_N_PARAMS

template <int32_t element>
inline Status add_n_check(const AddNParams& p, const uint32_t* bytes) {
  if (p.count < 1 || p.inputs < 1 || p.inputs > add_n_inputs_max) return Status::bad_params;
  const uint32_t size = extent(p.count, element);
  for (int32_t k = 0; k < p.inputs; ++k) {
    if (size > bytes[k]) return Status::out_of_bounds;
  }
  return size <= bytes[add_n_inputs_max] ? Status::ok : Status::out_of_bounds;
}
inline Status add_n_s8_check(const AddNParams& p, const uint32_t* bytes) {
  return add_n_check<1>(p, bytes);
}
inline Status add_n_f32_check(const AddNParams& p, const uint32_t* bytes) {
  return add_n_check<4>(p, bytes);
}

}  // namespace mote
