// Requantisation of a sum that a kernel holds times a power of two.
//
// core/dot_block.hpp's form wants 2 * S. Other multiples of S spare the kernel the shift that makes
// 2 * S, and are exact all the same when a small correction is added to the sum. With
// E = 2^scale * S + correction and sign = S < 0 ? -1 : 0,
//   (addend + sign * 2^(scale - 1) + SMMULR(E, multiplier)) >> shift
// steps from one int8 output to the next at the same sums as
//   (exact.addend + sign + SMMULR(2 * S, exact.multiplier)) >> exact.shift.
// Neither form falls while S rises, so they are equal everywhere if they agree on both sides of
// each of the 255 steps, which is what is proved here for every channel.
#pragma once

#include <optional>

#include "compiler/ir/dot_packing.hpp"

namespace mote::ir {

struct RequantizationForm {
  int32_t scale;  // [0, 8]
  // Whether the kernel adds `sign`; false where no negative sum is above the activation's minimum.
  // 2^(scale - 1) must be whole: scale >= 1.
  bool sign;
};

struct ScaledRequantization {
  int32_t correction;  // added to 2^scale * S; with sign in [0, 2^scale)
  int32_t multiplier;
  int32_t addend;
  int32_t shift;  // [0, 22]
};

// exact: what to equal. bound: the largest magnitude of S. No value when no correction does it or
// something overflows.
std::optional<ScaledRequantization> scaled_requantization(const ShiftedRequantization& exact,
                                                          int64_t bound,
                                                          const RequantizationForm& form);

}  // namespace mote::ir
