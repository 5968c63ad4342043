// Host half of select: each element from one of two tensors.
//
// Inputs: condition, boolean; a and b of one type and quantisation. Shapes broadcast. Attribute:
// rows (0 or 1): a condition of rank 1 counts along the first axis, not the last.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/nn/select/select_reference.hpp"
#include "ops/shared/broadcast_host.hpp"

namespace mote {
namespace {

using namespace ir;

shared::Broadcast broadcast(const Graph& graph, const Node& node) {
  Shape condition = shared::input(graph, node, 0).shape;
  const Shape& a = shared::input(graph, node, 1).shape;
  if (node.integer("rows", 0) != 0 && condition.size() == 1 && a.size() > 1) {
    condition.resize(a.size(), 1);
  }
  return {node, {condition, a, shared::input(graph, node, 2).shape}};
}

void infer(Graph& graph, const Node& node) {
  const Tensor& a = shared::input(graph, node, 1);
  require(shared::input(graph, node, 0).dtype == DType::boolean, node,
          "the condition must be boolean");
  require(a.dtype == shared::input(graph, node, 2).dtype, node, "its inputs differ in type");
  const shared::Broadcast all = broadcast(graph, node);
  set_output(graph, node, 0, a.dtype, all.shape.empty() ? Shape{1} : all.shape);
}

bool fits(const Graph&, const Node&) {
  return true;  // bytes are bytes
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Tensor& y = shared::output(graph, node);
  for (size_t k : {1, 2}) {
    shared::require_same_quantization(node, shared::input(graph, node, k), y);
  }
  const shared::BroadcastAxes axes(node, broadcast(graph, node), select_axes);
  const auto& n = axes.extents;
  const auto& c = axes.strides[0];
  const auto& a = axes.strides[1];
  const auto& b = axes.strides[2];
  LoweredOp lowered;
  lowered.params = make_params(SelectParams{static_cast<int32_t>(dtype_bytes(y.dtype)),
                                            n[0],
                                            n[1],
                                            n[2],
                                            n[3],
                                            n[4],
                                            c[0],
                                            c[1],
                                            c[2],
                                            c[3],
                                            c[4],
                                            a[0],
                                            a[1],
                                            a[2],
                                            a[3],
                                            a[4],
                                            b[0],
                                            b[1],
                                            b[2],
                                            b[3],
                                            b[4]});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.inputs[1]),
                      Operand::of_tensor(node.inputs[2]), Operand::of_tensor(node.outputs[0])};
  if (shared::input(graph, node, 1).byte_size() == y.byte_size()) {  // in place over a
    lowered.overlap_output = 3;
    lowered.overlap_input = 1;
  }
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 10 * shared::output(graph, node).elements();
}

constexpr KernelVariant reference_variant{fits, lower, instructions};
#define MOTE_OP_FOLDER "ops/nn/select"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/select/kernels.inc"
};

void import_select(const tflite::Operator&, Node& node) {
  node.attributes["rows"] = int64_t{1};
}
void import_select_v2(const tflite::Operator&, Node&) {}

void write_tflite(tflite::OperatorWriter& out) {
  constexpr int32_t select_v2 = 123;
  if (out.node().integer("rows", 0) == 0) out.builtin_code = select_v2;
}

constexpr TfliteRule tflite_rules[] = {{64, import_select, write_tflite},  // SELECT
                                       {123, import_select_v2}};           // SELECT_V2

}  // namespace

extern const OpDef select_op;
const OpDef select_op{"select", infer,        shared::no_macs,
                      kernels,  tflite_rules, {.stored = StoredForm::moved}};

}  // namespace mote
