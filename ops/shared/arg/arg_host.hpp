// Host half of arg_max and arg_min. Inputs: x; axis, one constant integer. Output: int32, x's shape
// without the axis.
#pragma once

#include "compiler/ir/op.hpp"

namespace mote::shared {

void infer_arg(ir::Graph& graph, const ir::Node& node);
ir::LoweredOp lower_arg(const ir::Graph& graph, const ir::Node& node, bool largest);
ir::KernelInfo arg_kernel(size_t index);  // int8, float

// An op's `kernels`.
template <bool largest>
struct ArgKernels {
  ir::KernelInfo entries[2];
  ArgKernels() : entries{arg_kernel(0), arg_kernel(1)} {
    for (ir::KernelInfo& entry : entries) {
      entry.lower = [](const ir::Graph& graph, const ir::Node& node) {
        return lower_arg(graph, node, largest);
      };
    }
  }
};

}  // namespace mote::shared
