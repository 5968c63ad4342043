// Host half of the shared sums of products. An op of this family adds conv_kernels(shape) to its
// kernels, where shape(graph, node) says how its weights lie.
#pragma once

#include <algorithm>

#include "compiler/ir/op.hpp"
#include "ops/shared/conv/conv.hpp"

namespace mote::shared {

// Everything but the activation range. The node's inputs are x, weights and a bias (optional).
using ConvShape = ConvF32Params (*)(const ir::Graph&, const ir::Node&);

// Float x with weights in float.
template <ConvShape shape>
ir::KernelInfo conv_f32_kernel();
// The same on 64-bit CPUs: 0 AVX-512, 1 AVX2, 2 NEON. Constant weights.
template <ConvShape shape, size_t which>
ir::KernelInfo conv_f32_lanes_kernel();
// int16 x with int8 weights.
template <ConvShape shape>
ir::KernelInfo conv_s16_kernel();

// The three ops' shapes from attributes as conv2d has them; see their folders.
ConvF32Params conv2d_shape(const ir::Graph& graph, const ir::Node& node);
ConvF32Params depthwise_shape(const ir::Graph& graph, const ir::Node& node);
ConvF32Params dense_shape(const ir::Graph& graph, const ir::Node& node);

// How far y must start before x for every input byte to be read before an output is written there
// by kernels that make all channels of one output pixel after the other, of one image: when pixel q
// is next to be read, pixels before it are written.
template <class P>
uint32_t pixels_overlap_lead(const P& p) {
  int64_t lead = 0;
  for (int64_t q = 1; q < int64_t{p.out_h} * p.out_w; ++q) {
    const int64_t iy = std::max<int64_t>(0, q / p.out_w * p.stride_h - p.pad_top);
    // A later pixel of the next row may start further left than this one, in a lower row.
    const int64_t ix = p.kernel_h == 1 && p.kernel_w == 1 ? q % p.out_w * p.stride_w : 0;
    lead = std::max(lead, q * p.out_c - (std::min<int64_t>(iy, p.in_h) * p.in_w + ix) * p.in_c);
  }
  return static_cast<uint32_t>(lead);
}

// An op's `expand`: padding "explicit" as "same" where it is that, else as a node of its own, since
// file formats know only "same" and "valid".
std::vector<ir::TensorId> expand_padding(ir::Graph& graph, const ir::Node& node);

bool fits_f32(const ir::Graph& graph, const ir::Node& node);
bool fits_f32_lanes(const ir::Graph& graph, const ir::Node& node, const ConvF32Params& shape);
bool fits_s16(const ir::Graph& graph, const ir::Node& node);
ir::LoweredOp lower_f32(const ir::Graph& graph, const ir::Node& node, const ConvF32Params& shape);
ir::LoweredOp lower_f32_lanes(const ir::Graph& graph, const ir::Node& node,
                              const ConvF32Params& shape);
ir::LoweredOp lower_s16(const ir::Graph& graph, const ir::Node& node, const ConvF32Params& shape);
ir::KernelInfo conv_kernel(size_t index, const ir::KernelVariant& variant);
int64_t conv_instructions(const ir::Graph& graph, const ir::Node& node);
int64_t conv_lanes_instructions(const ir::Graph& graph, const ir::Node& node);

template <ConvShape shape>
ir::KernelInfo conv_f32_kernel() {
  return conv_kernel(0, {fits_f32,
                         [](const ir::Graph& graph, const ir::Node& node) {
                           return lower_f32(graph, node, shape(graph, node));
                         },
                         conv_instructions});
}

template <ConvShape shape, size_t which>
ir::KernelInfo conv_f32_lanes_kernel() {
  return conv_kernel(2 + which, {[](const ir::Graph& graph, const ir::Node& node) {
                                   return fits_f32_lanes(graph, node, shape(graph, node));
                                 },
                                 [](const ir::Graph& graph, const ir::Node& node) {
                                   return lower_f32_lanes(graph, node, shape(graph, node));
                                 },
                                 conv_lanes_instructions});
}

template <ConvShape shape>
ir::KernelInfo conv_s16_kernel() {
  return conv_kernel(1, {fits_s16,
                         [](const ir::Graph& graph, const ir::Node& node) {
                           return lower_s16(graph, node, shape(graph, node));
                         },
                         conv_instructions});
}

}  // namespace mote::shared
