// Squared magnitude of complex int16 values, as tflite-micro's SignalEnergy.
//
//   y[k] = re[k]^2 + im[k]^2 for k in [first, last), 0 elsewhere
//
// Operands:
//   0  x: int16 [count, 2]
//   1  y: uint32 [count]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_SIGNAL_ENERGY_PARAMS(F) \
  F(int32_t, count) /* >= 1 */       \
  F(int32_t, first) /* [0, last] */  \
  F(int32_t, last)  /* [first, count] */
MOTE_PARAMS(SignalEnergyParams, MOTE_SIGNAL_ENERGY_PARAMS)
#undef MOTE_SIGNAL_ENERGY_PARAMS

inline Status signal_energy_check(const SignalEnergyParams& p, const uint32_t* bytes) {
  if (p.count < 1 || p.first < 0 || p.last < p.first || p.last > p.count) return Status::bad_params;
  const uint32_t size = extent(p.count, 4);
  return size <= bytes[0] && size <= bytes[1] ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote
