// Host half of the logistic function and tanh of int16.
#pragma once

#include <vector>

#include "compiler/ir/op.hpp"

namespace mote::shared {

// The table of core/fixed_sigmoid.hpp.
std::vector<uint16_t> sigmoid_table();

// The kernel, for x with zero point 0 and y with scale 1/32768 and zero point 0.
ir::KernelInfo sigmoid_s16_kernel(ir::LoweredOp (*lower)(const ir::Graph&, const ir::Node&));
ir::LoweredOp lower_logistic_s16(const ir::Graph& graph, const ir::Node& node);
ir::LoweredOp lower_tanh_s16(const ir::Graph& graph, const ir::Node& node);

}  // namespace mote::shared
