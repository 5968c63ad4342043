#include "ops/shared/pool/pool_host.hpp"

#include "compiler/ir/window.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/pool/pool_f32_reference.hpp"

namespace mote::shared {
namespace {

using namespace ir;

bool fits(const Graph& graph, const Node& node) {
  return input(graph, node, 0).dtype == DType::f32 && output(graph, node).dtype == DType::f32;
}

LoweredOp lower(const Graph& graph, const Node& node, bool largest) {
  const Shape& x = input(graph, node, 0).shape;
  const Shape& y = output(graph, node).shape;
  const auto value = [&](const char* name) { return static_cast<int32_t>(node.integer(name)); };
  const int32_t filter_h = value("filter_h"), filter_w = value("filter_w");
  const int32_t stride_h = value("stride_h"), stride_w = value("stride_w");
  const WindowAxis rows = window_axis(node, x[1], filter_h, stride_h);
  const WindowAxis columns = window_axis(node, x[2], filter_w, stride_w);
  const FloatRange range = float_activation(node);
  const PoolF32Params params{x[0],
                             x[1],
                             x[2],
                             x[3],
                             y[1],
                             y[2],
                             filter_h,
                             filter_w,
                             stride_h,
                             stride_w,
                             rows.pad_before,
                             columns.pad_before,
                             largest ? 1 : 0,
                             range.min,
                             range.max};
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  return lowered;
}

LoweredOp lower_mean(const Graph& graph, const Node& node) {
  return lower(graph, node, false);
}
LoweredOp lower_max(const Graph& graph, const Node& node) {
  return lower(graph, node, true);
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 6 * output(graph, node).elements() * node.integer("filter_h") * node.integer("filter_w");
}

constexpr KernelVariant none{fits, nullptr, instructions};
#define MOTE_OP_FOLDER "ops/shared/pool"
#define MOTE_KERNEL MOTE_KERNEL_INFO
constexpr KernelInfo kernels[] = {
#include "ops/shared/pool/kernels.inc"
};

}  // namespace

KernelInfo mean_pool_f32_kernel() {
  KernelInfo info = kernels[0];
  info.lower = lower_mean;
  return info;
}

KernelInfo max_pool_f32_kernel() {
  KernelInfo info = kernels[0];
  info.lower = lower_max;
  return info;
}

}  // namespace mote::shared
