// Host half of move: any tensor as it is. The planner moves rows with its kernel.

#include "ops/nn/move/move_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  set_output(graph, node, 0, x.dtype, Shape(x.shape));
}

bool fits(const Graph&, const Node&) {
  return true;
}

LoweredOp lower(const Graph& graph, const Node& node) {
  LoweredOp lowered;
  lowered.params =
      make_params(MoveParams{static_cast<int32_t>(shared::input(graph, node, 0).byte_size())});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  lowered.overlap_output = 1;
  lowered.overlap_input = 0;
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return shared::input(graph, node, 0).byte_size() * 7 / 8 + 20;
}

constexpr KernelVariant variant{fits, lower, instructions};
#define MOTE_OP_FOLDER "ops/nn/move"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/move/kernels.inc"
};

}  // namespace

extern const OpDef move_op;
const OpDef move_op{"move", infer, shared::no_macs, kernels, {}, {.role = Role::move}};

}  // namespace mote
