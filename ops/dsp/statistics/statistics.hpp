// Figures of each axis over a window; core/signal/statistics.hpp has their formulas.
//
//   y[a, s] = s-th chosen statistic of x[:, a]
//
// Operands:
//   0  x: float32 [length, axes]
//   1  y: float32 [axes, chosen]
#pragma once

#include "core/kernel.hpp"
#include "core/signal/statistics.hpp"

namespace mote {

#define MOTE_STATISTICS_PARAMS(F)                        \
  F(int32_t, length) /* samples per axis, >= 1 */        \
  F(int32_t, axes)   /* >= 1 */                          \
  F(int32_t, chosen) /* how many bits of mask are set */ \
  F(int32_t, mask)   /* bit i: the i-th of MOTE_STATISTIC_LIST; not 0 */
MOTE_PARAMS(StatisticsParams, MOTE_STATISTICS_PARAMS)
#undef MOTE_STATISTICS_PARAMS

inline Status statistics_check(const StatisticsParams& p, const uint32_t* bytes) {
  if (p.length < 1 || p.axes < 1 || p.mask <= 0 || p.mask >= 1 << signal::statistic::count ||
      p.chosen != __builtin_popcount(static_cast<uint32_t>(p.mask))) {
    return Status::bad_params;
  }
  const bool fits =
      extent(p.length, p.axes, 4) <= bytes[0] && extent(p.axes, p.chosen, 4) <= bytes[1];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote
