// Host half of signal_stacker: frames with their neighbours.
//
// Input: x int16 [channels]. Outputs: y int16 [(left + right + 1) * channels]; valid, boolean [1];
// the state, a variable. Attributes: left, right, step, in frames.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/dsp/signal_stacker/signal_stacker_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const int64_t left = node.integer("left"), right = node.integer("right");
  require(x.dtype == DType::i16 && x.shape.size() == 1 && x.shape[0] <= 1 << 15, node,
          "x must be int16 [channels]");
  require(left >= 0 && left <= 1 << 10 && right >= 0 && right <= 1 << 10 &&
              node.integer("step") >= 1 && node.integer("step") <= left + right + 1,
          node,
          "stacks of " + std::to_string(left) + " + 1 + " + std::to_string(right) +
              " frames every " + std::to_string(node.integer("step")));
  const auto stacked = static_cast<int32_t>((left + right + 1) * x.shape[0]);
  require(node.outputs.size() == 3 && graph.tensor(node.outputs[2]).variable &&
              graph.tensor(node.outputs[2]).byte_size() >= 2 * (int64_t{stacked} + 2),
          node, "needs two outputs and a state");
  set_output(graph, node, 0, DType::i16, {stacked});
  set_output(graph, node, 1, DType::boolean, {1});
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const auto setting = [&](const char* name) { return static_cast<int32_t>(node.integer(name)); };
  LoweredOp lowered;
  lowered.params = make_params(SignalStackerParams{
      shared::input(graph, node, 0).shape[0], setting("left"), setting("right"), setting("step")});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[2]),
                      Operand::of_tensor(node.outputs[0]), Operand::of_tensor(node.outputs[1])};
  return lowered;
}

bool fits(const Graph&, const Node&) {
  return true;  // the shape rule takes these types only
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 16 * shared::output(graph, node).elements();
}

constexpr KernelVariant reference_variant{fits, lower, instructions};
#define MOTE_OP_FOLDER "ops/dsp/signal_stacker"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/signal_stacker/kernels.inc"
};

void import_tflite(const tflite::Operator& source, Node& node) {
  const auto shape = source.output_shape();
  require(shape.size() == 1 && shape[0] >= 1, node, "its output must be declared [values]");
  node.attributes["left"] = int64_t{source.custom_integer("stacker_left_context")};
  node.attributes["right"] = int64_t{source.custom_integer("stacker_right_context")};
  node.attributes["step"] = int64_t{source.custom_integer("stacker_step")};
  node.attributes["state_bytes"] = 2 * (int64_t{shape[0]} + 2);
}

void write_tflite(tflite::OperatorWriter& out) {
  out.custom_integer("stacker_left_context", out.node().integer("left"));
  out.custom_integer("stacker_right_context", out.node().integer("right"));
  out.custom_integer("stacker_step", out.node().integer("step"));
}

constexpr TfliteRule tflite_rules[] = {{32, import_tflite, write_tflite, "SignalStacker"}};

}  // namespace

extern const OpDef signal_stacker_op;
const OpDef signal_stacker_op{"signal_stacker", infer, shared::no_macs, kernels, tflite_rules};

}  // namespace mote
