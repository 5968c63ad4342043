// Two feature vectors become one: y = first, second.
//
// Operands:
//   0  first: float32 [first]
//   1  second: float32 [second]
//   2  y: float32 [first + second]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_CONCAT_FEATURES_PARAMS(F) \
  F(int32_t, first)  /* >= 1 */        \
  F(int32_t, second) /* >= 1 */
MOTE_PARAMS(ConcatFeaturesParams, MOTE_CONCAT_FEATURES_PARAMS)
#undef MOTE_CONCAT_FEATURES_PARAMS

inline Status concat_features_check(const ConcatFeaturesParams& p, const uint32_t* bytes) {
  if (p.first < 1 || p.second < 1) return Status::bad_params;
  const uint32_t first = extent(p.first, 4), second = extent(p.second, 4);
  const bool fits =
      first <= bytes[0] && second <= bytes[1] && first <= bytes[2] && second <= bytes[2] - first;
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote
