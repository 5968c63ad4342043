// Fully connected layer with a memory, its weights factored (SVDF: singular value decomposition
// filter), int8 with a state of int8 or int16, and float, as tflite-micro defines it.
//
//   state[f, m] <- state[f, m + 1];  state[f, memory - 1] <- sum_i feature[f, i] * (x[i] - x_zero)
//   y[u] = finish(bias[u] + sum_{r, m} time[u * rank + r, m] * state[u * rank + r, m])
//
// In integers the newest state and y are requantised (core/fixed_point.hpp's double rounding) and
// cut to their types. P. Nakkiran, R. Alvarez, R. Prabhavalkar, C. Parada, "Compressing deep neural
// networks using a rank-constrained topology", Interspeech 2015.
//
// Operands:
//   0  x: [batches, inputs]
//   1  feature: [filters, inputs], int8 or float
//   2  time: [filters, memory], of the state's type
//   3  bias: [filters / rank], int32 or float
//   4  state: [batches, filters, memory], kept from call to call
//   5  y: [batches, filters / rank]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_SVDF_SHAPE(F)                      \
  F(int32_t, batches) /* >= 1 as all extents */ \
  F(int32_t, inputs)                            \
  F(int32_t, filters) /* a multiple of rank */  \
  F(int32_t, memory)                            \
  F(int32_t, rank)

#define MOTE_SVDF_PARAMS(F)                      \
  MOTE_SVDF_SHAPE(F)                             \
  F(int32_t, x_zero)                             \
  F(int32_t, state_zero)                         \
  F(int32_t, output_zero)                        \
  F(int32_t, feature_multiplier) /* Q31 */       \
  F(int32_t, feature_shift)      /* [-31, 30] */ \
  F(int32_t, time_multiplier)                    \
  F(int32_t, time_shift)
MOTE_PARAMS(SvdfParams, MOTE_SVDF_PARAMS)
#undef MOTE_SVDF_PARAMS

#define MOTE_SVDF_FLOAT_PARAMS(F) \
  MOTE_SVDF_SHAPE(F)              \
  F(float, activation_min)        \
  F(float, activation_max)
MOTE_PARAMS(SvdfFloatParams, MOTE_SVDF_FLOAT_PARAMS)
#undef MOTE_SVDF_FLOAT_PARAMS
#undef MOTE_SVDF_SHAPE

// Bytes of one element of x, of the state, and of the bias.
template <class P>
Status svdf_check(const P& p, int32_t x_bytes, int32_t state_bytes, const uint32_t* bytes) {
  if (p.batches < 1 || p.inputs < 1 || p.filters < 1 || p.memory < 1 || p.rank < 1 ||
      p.filters % p.rank != 0) {
    return Status::bad_params;
  }
  const int32_t units = p.filters / p.rank;
  const bool fits = extent(p.batches, p.inputs, x_bytes) <= bytes[0] &&
                    extent(p.filters, p.inputs, x_bytes) <= bytes[1] &&
                    extent(p.filters, p.memory, state_bytes) <= bytes[2] &&
                    extent(units, 4) <= bytes[3] &&
                    extent(p.batches, p.filters, p.memory, state_bytes) <= bytes[4] &&
                    extent(p.batches, units, x_bytes) <= bytes[5];
  return fits ? Status::ok : Status::out_of_bounds;
}
inline Status svdf_s8_check(const SvdfParams& p, const uint32_t* bytes) {
  return svdf_check(p, 1, 1, bytes);
}
inline Status svdf_s16_check(const SvdfParams& p, const uint32_t* bytes) {
  return svdf_check(p, 1, 2, bytes);
}
inline Status svdf_f32_check(const SvdfFloatParams& p, const uint32_t* bytes) {
  return svdf_check(p, 4, 4, bytes);
}

// remember(sum): the newest state of a feature's sum; finish(sum): y of a unit's sum.
template <class Sum, class X, class State, class P, class Remember, class Finish>
MOTE_INLINE void svdf_walk(const P& p, void* const* operands, Sum x_zero, Sum state_zero,
                           Remember&& remember, Finish&& finish) {
  const auto* x = static_cast<const X*>(operands[0]);
  const auto* feature = static_cast<const X*>(operands[1]);
  const auto* bias = static_cast<const Sum*>(operands[3]);
  auto* state = static_cast<State*>(operands[4]);
  auto* y = static_cast<X*>(operands[5]);
  for (int32_t b = 0; b < p.batches; ++b, x += p.inputs) {
    const auto* time = static_cast<const State*>(operands[2]);
    for (int32_t unit = 0; unit < p.filters / p.rank; ++unit) {
      Sum sum = bias[unit];
      for (int32_t r = 0; r < p.rank; ++r) {
        const X* weights = feature + (unit * p.rank + r) * p.inputs;
        Sum newest = 0;
        for (int32_t i = 0; i < p.inputs; ++i) {
          newest += static_cast<Sum>(weights[i]) * (static_cast<Sum>(x[i]) - x_zero);
        }
        for (int32_t m = 0; m + 1 < p.memory; ++m) state[m] = state[m + 1];
        state[p.memory - 1] = remember(newest);
        for (int32_t m = 0; m < p.memory; ++m) {
          sum += static_cast<Sum>(*time++) * (static_cast<Sum>(*state++) - state_zero);
        }
      }
      *y++ = finish(sum);
    }
  }
}

}  // namespace mote
