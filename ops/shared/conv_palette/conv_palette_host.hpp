// Host half of the sums of products with weights from a palette. An op of this family adds the
// kernels to its own, each twice:
//   conv_palette_kernel  for weights of 8 bits: compact, chosen where size is asked for
//   conv_int4_kernel     for the attribute weight_bits = 4 (ops/shared/conv/conv_s8_host.hpp): the
//                        weights stay as small, and what decodes them once a call is faster than
//                        ops/shared/conv_mixed, which does for every product
#pragma once

#include "ops/shared/conv/conv_host.hpp"

namespace mote::shared {

enum class PaletteForm : uint8_t {
  reference,
  armv7em,
  generic,
  mve
};  // as the lines of kernels.inc

// weight_bits: the attribute that the node must have, 8 if missing. Those for an instruction set
// want one group besides, and arithmetic that is exact for the weights.
bool fits_palette(const ir::Graph& graph, const ir::Node& node, const ConvF32Params& shape,
                  PaletteForm form, int64_t weight_bits);
ir::LoweredOp lower_palette(const ir::Graph& graph, const ir::Node& node,
                            const ConvF32Params& shape, PaletteForm form);
int64_t palette_instructions(const ir::Graph& graph, const ir::Node& node,
                             const ConvF32Params& shape, PaletteForm form);
ir::KernelInfo palette_kernel(PaletteForm form);

template <ConvShape shape, PaletteForm form, int64_t weight_bits>
ir::KernelInfo palette_kernel_for() {
  ir::KernelInfo info = palette_kernel(form);
  info.compact = weight_bits == 8;
  info.fits = [](const ir::Graph& graph, const ir::Node& node) {
    return fits_palette(graph, node, shape(graph, node), form, weight_bits);
  };
  info.lower = [](const ir::Graph& graph, const ir::Node& node) {
    return lower_palette(graph, node, shape(graph, node), form);
  };
  info.instructions = [](const ir::Graph& graph, const ir::Node& node) {
    return palette_instructions(graph, node, shape(graph, node), form);
  };
  return info;
}

template <ConvShape shape, PaletteForm form>
ir::KernelInfo conv_palette_kernel() {
  return palette_kernel_for<shape, form, 8>();
}
template <ConvShape shape, PaletteForm form>
ir::KernelInfo conv_int4_kernel() {
  return palette_kernel_for<shape, form, 4>();
}

}  // namespace mote::shared
