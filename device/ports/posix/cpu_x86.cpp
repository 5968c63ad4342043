// The CPU's instruction sets, as CPUID and the operating system report them.
#include "device/vm/cpu.hpp"

namespace mote {

bool cpu_runs(Isa isa) {
  switch (isa) {
    case Isa::reference:
    case Isa::generic:
      return true;
    case Isa::avx2:
      return __builtin_cpu_supports("avx2") != 0;
    case Isa::avx512vnni:
      return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
             __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512vnni") != 0;
    case Isa::armv7em:
    case Isa::mve:
    case Isa::neon:
    case Isa::dotprod:
      return false;
  }
  return false;
}

}  // namespace mote
