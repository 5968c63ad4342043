// Sixteen numbers at a time on 64-bit CPUs: one struct per instruction set, all with the same
// functions and the same results, and portable code where the compiler doesn't target that set. A
// kernel body is a template over such a struct.
//
//   I32     sixteen int32                           F32   sixteen float
//   Taps    four int8 of x for each of sixteen sums, stored as x + input_offset (mod 256)
//
//   input_offset   what stored taps are larger by: the host takes input_offset * sum(w) off the
//                  bias, so that dot() may multiply unsigned with signed bytes
//   pixels, groups how many input vectors, and sixteens of channels, one tile of sums holds
//
//   dot(s, x, w)        s[i] + sum_k x[i][k] * w[i][k], k < 4; w: int8 [16][4] in memory
//   repeat(p)           the four taps at p for every sum
//   taps(p)             taps at p: [16][4]
//   interleave(rows, to)  x from four rows: to[i][k] = rows[k][i] + input_offset, i < 16
//   shift_input(to, from, n)  copies n bytes of x, adding input_offset
//   high_product(s, m)  (s * m + 2^30) >> 31; m: in [0, 2^31)
//   sign(s)             s < 0 ? -1 : 0
//   store(y, s, n)      the first n values, at most sixteen, which lie in [-128, 127], as int8
//
// AVX2 and AVX-512 have no dot product that neither saturates nor wants one unsigned factor: AVX2
// multiplies even and odd taps as int16, VPDPBUSD takes x + 128. Sources: Intel Intrinsics Guide;
// Arm C Language Extensions (IHI 0073).
#pragma once

#include <cstdint>

#include "core/kernel.hpp"
#include "core/lanes_portable.hpp"

#if defined(__AVX512VNNI__) && defined(__AVX512BW__) && defined(__AVX512VL__)
#include "core/lanes_avx512vnni.hpp"
#else
namespace mote {
using LanesAvx512vnni = LanesPortable<128>;
}
#endif
#if defined(__AVX2__)
#include "core/lanes_avx2.hpp"
#else
namespace mote {
using LanesAvx2 = LanesPortable<0>;
}
#endif
#if defined(__aarch64__)
#include "core/lanes_neon.hpp"
#else
namespace mote {
using LanesNeon = LanesPortable<0>;
using LanesDotprod = LanesPortable<0>;
}  // namespace mote
#endif

namespace mote {

// The requantised sums, not yet clamped: (addend + sign + high product) >> shift.
// core/dot_block.hpp tells why.
template <class L>
MOTE_INLINE typename L::I32 lanes_requantise(const typename L::I32& sums,
                                             const typename L::I32& multiplier,
                                             const typename L::I32& addend,
                                             const typename L::I32& shift) {
  const auto high = L::add(L::high_product(sums, multiplier), addend);
  return L::shift_right(L::add(high, L::sign(sums)), shift);
}

}  // namespace mote
