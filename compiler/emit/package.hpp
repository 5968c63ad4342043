// Binding one: the plan as a .mote package.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/plan/plan.hpp"

namespace mote::emit {

// The bytes of formats/package/SPEC.md. golden_seed: 0 for none; golden_checksum: CRC-32 of the
// outputs for that seed.
std::vector<uint8_t> write_package(const plan::Plan& plan, uint32_t golden_seed = 0,
                                   uint32_t golden_checksum = 0);

}  // namespace mote::emit
