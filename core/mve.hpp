// Vectors of Armv8.1-M's extension, one function per instruction or two, and portable code with the
// same results where the compiler doesn't target it. Source: Armv8-M Architecture Reference Manual
// (DDI 0553), C2.4.
#pragma once

#include <cstdint>

#if defined(__ARM_FEATURE_MVE)
#include "core/mve_armv81m.hpp"
#else
#include "core/mve_portable.hpp"
#endif

namespace mote {

// Requantisation constants of four channels; core/mve_dot.hpp's form.
struct MveScale {
  MveI32 multiplier;
  MveI32 addend;
  MveI32 shift;  // to the left: below 0
};

// The requantised sums, not yet clamped. sign: see core/mve_dot.hpp.
template <bool sign>
inline MveI32 mve_requantise(MveI32 sums, const MveScale& scale) {
  MveI32 high = mve_add(mve_high_product(sums, scale.multiplier), scale.addend);
  if (sign) high = mve_add(high, mve_sign(sums));
  return mve_shift(high, scale.shift);
}

}  // namespace mote
