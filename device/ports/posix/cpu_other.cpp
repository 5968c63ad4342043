// Any other CPU: what portable code runs on.
#include "device/vm/cpu.hpp"

namespace mote {

bool cpu_runs(Isa isa) {
  return isa == Isa::reference || isa == Isa::generic;
}

}  // namespace mote
