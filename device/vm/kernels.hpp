// Every kernel that this build can run; generated from the op folders' kernels.inc.
#pragma once

#include "core/kernel.hpp"

namespace mote {

extern const KernelTable board_kernels;

}  // namespace mote
