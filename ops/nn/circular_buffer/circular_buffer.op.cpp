// Host half of circular_buffer: the last entries of a stream.
//
// Input: x [1, 1, w, c] of any type. Outputs: y [1, slots, w, c]; the state, a variable of y's size
// that starts with zero bytes. Attribute: slots.
//
// tflite-micro ends an inference early while a buffer with cycles_max > 1 fills; a graph here
// always runs whole, so that only cycles_max = 1 is taken, and 0 where tflite-micro reads it as 1.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/nn/circular_buffer/circular_buffer_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  require(node.outputs.size() == 2 && graph.tensor(node.outputs[1]).variable, node,
          "needs an output and a state");
  const Tensor& y = shared::output(graph, node);
  const int64_t slots = node.integer("slots");
  require(x.shape.size() == 4 && x.shape[0] == 1 && x.shape[1] == 1, node,
          "x must be [1, 1, w, c]");
  require(graph.tensor(node.outputs[1]).byte_size() == slots * x.byte_size(), node,
          "its state has another size than its output");
  require(y.shape.empty() || y.quantization == x.quantization, node,
          "x and y must have the same quantisation");
  set_output(graph, node, 0, x.dtype,
             Shape{1, static_cast<int32_t>(slots), x.shape[2], x.shape[3]});
}

bool fits(const Graph&, const Node&) {
  return true;  // bytes are bytes
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const auto entry = static_cast<int32_t>(shared::input(graph, node, 0).byte_size());
  LoweredOp lowered;
  lowered.params =
      make_params(CircularBufferParams{static_cast<int32_t>(node.integer("slots")), entry});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[1]),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 12 * shared::output(graph, node).byte_size();
}

constexpr KernelVariant reference_variant{fits, lower, instructions};
#define MOTE_OP_FOLDER "ops/nn/circular_buffer"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/circular_buffer/kernels.inc"
};

// The number of slots for which tflite-micro reads a cycles_max of 0 as 1.
bool runs_always(int32_t slots) {
  return slots == 5 || slots == 13 || slots == 25;
}

void import_tflite(const tflite::Operator& source, Node& node) {
  const auto shape = source.output_shape();
  require(shape.size() == 4 && shape[1] >= 1 && shape[2] >= 1 && shape[3] >= 1, node,
          "its output must be declared [1, slots, w, c]");
  const int32_t cycles = source.custom_integer("cycles_max");
  require(cycles == 1 || (cycles == 0 && runs_always(shape[1])), node,
          "cycles_max " + std::to_string(cycles) +
              ": an inference that ends early is not supported, only cycles_max 1");
  node.attributes["slots"] = int64_t{shape[1]};
  // Always int8, says tflite-micro.
  node.attributes["state_bytes"] = int64_t{shape[1]} * shape[2] * shape[3];
}

void write_tflite(tflite::OperatorWriter& out) {
  out.custom_integer("cycles_max", 1);
}

constexpr TfliteRule tflite_rules[] = {{32, import_tflite, write_tflite, "CIRCULAR_BUFFER"}};

}  // namespace

extern const OpDef circular_buffer_op;
const OpDef circular_buffer_op{"circular_buffer", infer, shared::no_macs, kernels, tflite_rules};

}  // namespace mote
