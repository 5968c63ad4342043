// Host half of broadcast_args: the shape that two shapes broadcast to.
//
// Inputs: a, b: int32 or int64 vectors, constant or not; constants must broadcast.

#include <algorithm>

#include "compiler/import/tflite_operator.hpp"
#include "ops/nn/broadcast_args/broadcast_args_s32_reference.hpp"
#include "ops/nn/broadcast_args/broadcast_args_s64_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& a = shared::input(graph, node, 0);
  const Tensor& b = shared::input(graph, node, 1);
  require((a.dtype == DType::i32 || a.dtype == DType::i64) && a.dtype == b.dtype, node,
          "shapes must both be int32 or int64");
  require(a.shape.size() == 1 && b.shape.size() == 1, node, "shapes must be vectors");
  const int32_t count = std::max(a.shape[0], b.shape[0]);
  require(count >= 1 && count <= 32, node, "shapes must have 1 to 32 axes");
  if (a.constant && b.constant) {
    const auto x = shared::constant_ints(graph, node, 0), y = shared::constant_ints(graph, node, 1);
    for (size_t k = 0; k < std::min(x.size(), y.size()); ++k) {
      const int32_t from_x = x[x.size() - 1 - k], from_y = y[y.size() - 1 - k];
      require(from_x == from_y || from_x == 1 || from_y == 1, node,
              "extents " + std::to_string(from_x) + " and " + std::to_string(from_y) +
                  " don't broadcast");
    }
  }
  set_output(graph, node, 0, a.dtype, {count});
}

template <DType type>
bool fits(const Graph& graph, const Node& node) {
  return shared::input(graph, node, 0).dtype == type;
}

LoweredOp lower(const Graph& graph, const Node& node) {
  LoweredOp lowered;
  lowered.params = make_params(BroadcastArgsParams{shared::input(graph, node, 0).shape[0],
                                                   shared::input(graph, node, 1).shape[0]});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.inputs[1]),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 12 * shared::output(graph, node).elements();
}

constexpr KernelVariant s32_variant{fits<DType::i32>, lower, instructions};
constexpr KernelVariant s64_variant{fits<DType::i64>, lower, instructions};
#define MOTE_OP_FOLDER "ops/nn/broadcast_args"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/broadcast_args/kernels.inc"
};

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{145, import_tflite}};  // BROADCAST_ARGS

}  // namespace

extern const OpDef broadcast_args_op;
const OpDef broadcast_args_op{"broadcast_args", infer, shared::no_macs, kernels, tflite_rules};

}  // namespace mote
