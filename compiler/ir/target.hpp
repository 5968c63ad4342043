// What the compiler has to know of the machine that will run its output.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "compiler/ir/kernel_cost.hpp"
#include "core/isa.hpp"

namespace mote::ir {

struct Target {
  std::string name;         // board name, "host" for this machine
  std::vector<Isa> isas;    // kernels of these instruction sets may be chosen
  int64_t ram_bytes = 0;    // budget for arena and buffers; 0: no limit
  int64_t flash_bytes = 0;  // budget for code and constants; 0: no limit
  // What kernels cost, for the choice among those that fit; where it lacks one, the kernel's own
  // estimate counts.
  std::vector<KernelCost> costs = {};

  bool runs(Isa isa) const { return std::ranges::count(isas, isa) > 0; }
};

}  // namespace mote::ir
