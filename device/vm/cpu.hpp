// What the CPU of this machine can run beyond what it was compiled for. Only the host build asks.
#pragma once

#include "core/isa.hpp"

namespace mote {

// Whether the CPU, and the system on it, run this instruction set. reference and generic: always.
bool cpu_runs(Isa isa);

}  // namespace mote
