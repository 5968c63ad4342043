// Host half of the sums of products with weights of 8 or 4 bits. An op of this family adds the four
// kernels of MixedKernels<shape> to its own; they fit what its other kernels don't take, and cost
// more where both fit. Attributes that an importer sets: uint8 and weight_bits, as in
// ops/shared/conv/conv_s8_host.hpp.
#pragma once

#include "ops/shared/conv/conv_host.hpp"

namespace mote::shared {

enum class MixedTypes : uint8_t { s8_w8, s8_w4, f32_w8, f32_w4 };  // as the lines of kernels.inc

bool fits_mixed(const ir::Graph& graph, const ir::Node& node, MixedTypes types);
ir::LoweredOp lower_mixed(const ir::Graph& graph, const ir::Node& node, const ConvF32Params& shape);
ir::KernelInfo mixed_kernel(MixedTypes types);
int64_t mixed_instructions(const ir::Graph& graph, const ir::Node& node);

template <ConvShape shape, MixedTypes types>
ir::KernelInfo conv_mixed_kernel() {
  ir::KernelInfo info = mixed_kernel(types);
  info.fits = [](const ir::Graph& graph, const ir::Node& node) {
    return fits_mixed(graph, node, types);
  };
  info.lower = [](const ir::Graph& graph, const ir::Node& node) {
    return lower_mixed(graph, node, shape(graph, node));
  };
  info.instructions = mixed_instructions;
  return info;
}

}  // namespace mote::shared
