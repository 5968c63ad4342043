#include "ops/shared/unary/unary_host.hpp"

#include <algorithm>
#include <cmath>

#include "ops/shared/op_host.hpp"
#include "ops/shared/unary/lookup_s8_reference.hpp"
#include "ops/shared/unary/unary_f32_reference.hpp"

namespace mote::shared {
namespace {

using namespace ir;

template <DType type>
bool fits(const Graph& graph, const Node& node) {
  return input(graph, node, 0).dtype == type && output(graph, node).dtype == type;
}

int64_t instructions_s8(const Graph& graph, const Node& node) {
  return 6 * output(graph, node).elements();
}
int64_t instructions_f32(const Graph& graph, const Node& node) {
  return 100 * output(graph, node).elements();
}

constexpr KernelVariant s8_variant{fits<DType::i8>, nullptr, instructions_s8};
constexpr KernelVariant f32_variant{fits<DType::f32>, nullptr, instructions_f32};
#define MOTE_OP_FOLDER "ops/shared/unary"
#define MOTE_KERNEL MOTE_KERNEL_INFO
constexpr KernelInfo kernels[] = {
#include "ops/shared/unary/kernels.inc"
};

}  // namespace

void infer_unary(Graph& graph, const Node& node) {
  const Tensor& x = input(graph, node, 0);
  set_output(graph, node, 0, x.dtype, x.shape.empty() ? Shape{1} : x.shape);
}

KernelInfo unary_kernel(size_t index) {
  return kernels[index];
}

float real_value(const Graph& graph, const Node& node, int32_t x) {
  const Tensor& tensor = input(graph, node, 0);
  return tensor.scale() * static_cast<float>(x - tensor.zero_point());
}

int32_t requantize_result(const Graph& graph, const Node& node, float real) {
  const Tensor& y = output(graph, node);
  const float stored = std::round(real * (1.0f / y.scale()));
  if (std::isnan(stored)) return y.zero_point();
  return static_cast<int32_t>(std::clamp(stored, -1e6f, 1e6f)) + y.zero_point();
}

float evaluate_unary(UnaryFunction f, const Node& node, float x) {
  const auto alpha = static_cast<float>(node.real("alpha", 0));
  return unary_float(static_cast<int32_t>(f), x, alpha);
}

LoweredOp lower_lookup(const Graph& graph, const Node& node, StoredFunction stored) {
  std::vector<int8_t> table;
  for (int32_t bits = 0; bits < 256; ++bits) {
    const int32_t y = stored(graph, node, static_cast<int8_t>(bits));
    table.push_back(static_cast<int8_t>(std::clamp(y, -128, 127)));
  }
  LoweredOp lowered;
  lowered.params = make_params(LookupParams{static_cast<int32_t>(output(graph, node).elements())});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_constant("table", table),
                      Operand::of_tensor(node.outputs[0])};
  lowered.overlap_output = 2;
  lowered.overlap_input = 0;
  return lowered;
}

LoweredOp lower_unary_f32(const Graph& graph, const Node& node, UnaryFunction f) {
  LoweredOp lowered;
  lowered.params = make_params(
      UnaryFloatParams{static_cast<int32_t>(output(graph, node).elements()),
                       static_cast<int32_t>(f), static_cast<float>(node.real("alpha", 0))});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  lowered.overlap_output = 1;
  lowered.overlap_input = 0;
  return lowered;
}

}  // namespace mote::shared
