// The CPU's instruction sets, as Linux reports them to a process.
#include <asm/hwcap.h>
#include <sys/auxv.h>

#include "device/vm/cpu.hpp"

namespace mote {

bool cpu_runs(Isa isa) {
  switch (isa) {
    case Isa::reference:
    case Isa::generic:
    case Isa::neon:
      return true;
    case Isa::dotprod:
      return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
    case Isa::armv7em:
    case Isa::mve:
    case Isa::avx2:
    case Isa::avx512vnni:
      return false;
  }
  return false;
}

}  // namespace mote
