// Host half of pooling in float, for the pooling ops' kernels. Attributes as average_pool's.
#pragma once

#include "compiler/ir/op.hpp"

namespace mote::shared {

ir::KernelInfo mean_pool_f32_kernel();
ir::KernelInfo max_pool_f32_kernel();

}  // namespace mote::shared
