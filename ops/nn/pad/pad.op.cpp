// Host half of pad: shape rule, import, lowering.
//
// Inputs: x of rank 1 to 4; paddings, constant int32 [rank, 2]: values before and after on each
// axis. Padding is real zero: the stored zero point.

#include <array>

#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/op.hpp"
#include "ops/nn/pad/pad_s8_reference.hpp"

namespace mote {
namespace {

using namespace ir;

struct Amounts {
  std::span<const int32_t> values;

  Amounts(const Graph& graph, const Node& node) {
    require(node.inputs.size() == 2 && node.inputs[0] != no_tensor && node.inputs[1] != no_tensor,
            node, "needs an input and paddings");
    const Tensor& x = graph.tensor(node.inputs[0]);
    const Tensor& paddings = graph.tensor(node.inputs[1]);
    const auto rank = static_cast<int32_t>(x.shape.size());
    require(rank >= 1 && rank <= 4, node, "input must have rank 1 to 4");
    require(paddings.constant && paddings.dtype == DType::i32 && paddings.shape == Shape{rank, 2},
            node, "paddings must be a constant int32 [" + std::to_string(rank) + ", 2]");
    values = paddings.values<int32_t>();
    for (int32_t amount : values) {
      require(amount >= 0 && amount <= 1 << 16, node, "padding of " + std::to_string(amount));
    }
  }
  int32_t before(size_t axis) const { return values[2 * axis]; }
  int32_t after(size_t axis) const { return values[2 * axis + 1]; }
};

void infer(Graph& graph, const Node& node) {
  const Amounts amounts(graph, node);
  const Tensor& x = graph.tensor(node.inputs[0]);
  Shape shape = x.shape;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    const int64_t size = int64_t{shape[axis]} + amounts.before(axis) + amounts.after(axis);
    require(size <= INT32_MAX, node, "output is too large");
    shape[axis] = static_cast<int32_t>(size);
  }
  set_output(graph, node, 0, x.dtype, shape);
}

int64_t macs(const Graph&, const Node&) {
  return 0;
}

bool fits_s8(const Graph& graph, const Node& node) {
  return graph.tensor(node.inputs[0]).dtype == DType::i8 &&
         graph.tensor(node.outputs[0]).dtype == DType::i8;
}

LoweredOp lower_reference(const Graph& graph, const Node& node) {
  const Amounts amounts(graph, node);
  const Tensor& x = graph.tensor(node.inputs[0]);
  const Tensor& y = graph.tensor(node.outputs[0]);
  require(x.scale() == y.scale() && x.zero_point() == y.zero_point(), node,
          "input and output must have the same quantisation");
  std::array<int32_t, 4> in{1, 1, 1, 1}, before{}, out{1, 1, 1, 1};
  const size_t missing = 4 - x.shape.size();
  for (size_t axis = 0; axis < x.shape.size(); ++axis) {
    in[missing + axis] = x.shape[axis];
    before[missing + axis] = amounts.before(axis);
    out[missing + axis] = y.shape[axis];
  }
  const PadParams params{in[0],     in[1],  in[2],  in[3],  before[0], before[1],     before[2],
                         before[3], out[0], out[1], out[2], out[3],    y.zero_point()};
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t instructions_reference(const Graph& graph, const Node& node) {
  return 8 * graph.tensor(node.outputs[0]).elements();
}

constexpr KernelVariant reference_variant{fits_s8, lower_reference, instructions_reference};

#define MOTE_OP_FOLDER "ops/nn/pad"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/pad/kernels.inc"
};

void import_tflite(const tflite::Operator&, Node&) {}

constexpr TfliteRule tflite_rules[] = {{34, import_tflite}};  // PAD

}  // namespace

extern const OpDef pad_op;
const OpDef pad_op{"pad", infer, macs, kernels, tflite_rules};

}  // namespace mote
