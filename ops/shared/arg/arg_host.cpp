#include "ops/shared/arg/arg_host.hpp"

#include "ops/shared/arg/arg_f32_reference.hpp"
#include "ops/shared/arg/arg_s8_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote::shared {
namespace {

using namespace ir;

size_t axis_of(const Graph& graph, const Node& node) {
  const auto axes = constant_ints(graph, node, 1);
  require(axes.size() == 1, node, "needs one axis");
  return axis_index(node, axes[0], input(graph, node, 0).shape.size());
}

template <DType type>
bool fits(const Graph& graph, const Node& node) {
  return input(graph, node, 0).dtype == type;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 6 * input(graph, node, 0).elements();
}

constexpr KernelVariant s8_variant{fits<DType::i8>, nullptr, instructions};
constexpr KernelVariant f32_variant{fits<DType::f32>, nullptr, instructions};
#define MOTE_OP_FOLDER "ops/shared/arg"
#define MOTE_KERNEL MOTE_KERNEL_INFO
constexpr KernelInfo kernels[] = {
#include "ops/shared/arg/kernels.inc"
};

}  // namespace

void infer_arg(Graph& graph, const Node& node) {
  Shape shape = input(graph, node, 0).shape;
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis_of(graph, node)));
  if (shape.empty()) shape.push_back(1);
  set_output(graph, node, 0, DType::i32, shape);
}

KernelInfo arg_kernel(size_t index) {
  return kernels[index];
}

LoweredOp lower_arg(const Graph& graph, const Node& node, bool largest) {
  const Shape& shape = input(graph, node, 0).shape;
  const size_t axis = axis_of(graph, node);
  ArgParams params{1, shape[axis], 1, largest ? 1 : 0};
  for (size_t k = 0; k < shape.size(); ++k) {
    if (k < axis) params.outer *= shape[k];
    if (k > axis) params.inner *= shape[k];
  }
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  return lowered;
}

}  // namespace mote::shared
