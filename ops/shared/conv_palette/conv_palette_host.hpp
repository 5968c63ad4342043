// Host half of the sums of products with weights from a palette. An op of this family adds the two
// kernels to its own, each twice:
//   conv_palette_kernel  for weights of 8 bits: compact, chosen where size is asked for
//   conv_int4_kernel     for the attribute weight_bits = 4 (ops/shared/conv/conv_s8_host.hpp): the
//                        weights stay as small, and what decodes them once a call is faster than
//                        ops/shared/conv_mixed, which does for every product
#pragma once

#include "ops/shared/conv/conv_host.hpp"

namespace mote::shared {

enum class PaletteForm : uint8_t { reference, armv7em };  // as the lines of kernels.inc

// weight_bits: the attribute that the node must have, 8 if missing.
bool fits_palette(const ir::Graph& graph, const ir::Node& node, int64_t weight_bits);
// Besides: in one group, and exact in the arithmetic of core/dot_block.hpp.
bool fits_palette_armv7em(const ir::Graph& graph, const ir::Node& node, const ConvF32Params& shape);
ir::LoweredOp lower_palette(const ir::Graph& graph, const ir::Node& node,
                            const ConvF32Params& shape);
ir::LoweredOp lower_palette_armv7em(const ir::Graph& graph, const ir::Node& node,
                                    const ConvF32Params& shape);
int64_t palette_instructions(const ir::Graph& graph, const ir::Node& node);
int64_t palette_armv7em_instructions(const ir::Graph& graph, const ir::Node& node,
                                     const ConvF32Params& shape);
ir::KernelInfo palette_kernel(PaletteForm form);

template <ConvShape shape, PaletteForm form, int64_t weight_bits>
ir::KernelInfo palette_kernel_for() {
  ir::KernelInfo info = palette_kernel(form);
  info.compact = weight_bits == 8;
  info.fits = [](const ir::Graph& graph, const ir::Node& node) {
    return fits_palette(graph, node, weight_bits) &&
           (form == PaletteForm::reference ||
            fits_palette_armv7em(graph, node, shape(graph, node)));
  };
  info.lower = [](const ir::Graph& graph, const ir::Node& node) {
    return form == PaletteForm::reference ? lower_palette(graph, node, shape(graph, node))
                                          : lower_palette_armv7em(graph, node, shape(graph, node));
  };
  info.instructions = [](const ir::Graph& graph, const ir::Node& node) {
    return form == PaletteForm::reference
               ? palette_instructions(graph, node)
               : palette_armv7em_instructions(graph, node, shape(graph, node));
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
