// Host half of element-wise functions of two tensors: everything but the op's name, formula and
// place in a foreign file.
#pragma once

#include "compiler/ir/op.hpp"
#include "ops/shared/binary/binary.hpp"

namespace mote::shared {

// The shape rules: inputs of one type and shapes that broadcast; y has a's type, or is boolean.
void infer_binary(ir::Graph& graph, const ir::Node& node);
void infer_comparison(ir::Graph& graph, const ir::Node& node);

constexpr size_t binary_kernel_count = 7;  // lines of kernels.inc: f32, s32, s16, s8, comparisons
constexpr size_t binary_f32 = 0, binary_s16 = 2, binary_s8 = 3;
// Kernel `index` for f.
ir::KernelInfo binary_kernel(size_t index);
ir::LoweredOp lower_binary(const ir::Graph& graph, const ir::Node& node, BinaryFunction f);

template <BinaryFunction f>
ir::LoweredOp lower_binary_as(const ir::Graph& graph, const ir::Node& node) {
  return lower_binary(graph, node, f);
}

// An op's `kernels`: those of all types.
template <BinaryFunction f>
struct BinaryKernels {
  ir::KernelInfo entries[binary_kernel_count];
  BinaryKernels() {
    for (size_t i = 0; i < binary_kernel_count; ++i) {
      entries[i] = binary_kernel(i);
      entries[i].lower = lower_binary_as<f>;
    }
  }
};

}  // namespace mote::shared
