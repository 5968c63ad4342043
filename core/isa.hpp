// Instruction sets that kernels are written for. A board lists the ones it can run.
#pragma once

#include <cstdint>

namespace mote {

// One list gives the enum and the names.
//   reference: portable C++, written to be read; runs anywhere.
//   generic:   portable C++ tuned for a 32-bit core without SIMD.
//   armv7em:   Armv7E-M and Armv8-M DSP extension (SMLAD, SXTB16, SSAT, SMMULR).
//   mve:       Armv8.1-M vector extension for integers (Helium).
//   avx2, avx512vnni: x86-64; the latter with AVX-512 F, BW, VL and VNNI.
//   neon, dotprod: 64-bit Arm; the latter with the dot product extension (SDOT).
#define MOTE_ISA_LIST(X) \
  X(reference) X(generic) X(armv7em) X(mve) X(avx2) X(avx512vnni) X(neon) X(dotprod)

enum class Isa : uint8_t {
#define MOTE_ISA_ENUM(name) name,
  MOTE_ISA_LIST(MOTE_ISA_ENUM)
#undef MOTE_ISA_ENUM
};

}  // namespace mote
