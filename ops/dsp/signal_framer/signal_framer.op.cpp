// Host half of signal_framer: overlapping frames of a signal.
//
// Input: x int16 [..., frames * frame_step]. Outputs: y int16 [..., frames, frame_size]; valid,
// boolean [1]; the state, a variable. Attributes: frame_size, frame_step (samples), prefill (0, 1).

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/dsp/signal_framer/signal_framer_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

SignalFramerParams make_framer_params(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const int64_t size = node.integer("frame_size"), step = node.integer("frame_step");
  require(x.dtype == DType::i16 && !x.shape.empty(), node, "x must be int16 [..., samples]");
  require(step >= 1 && step <= size && size <= 1 << 20, node,
          "frames of " + std::to_string(size) + " samples every " + std::to_string(step));
  const int32_t samples = x.shape.back();
  require(samples % step == 0, node,
          std::to_string(samples) + " samples are no whole number of steps");
  return {static_cast<int32_t>(x.elements() / samples), static_cast<int32_t>(samples / step),
          static_cast<int32_t>(size), static_cast<int32_t>(step),
          node.integer("prefill", 0) != 0 ? 1 : 0};
}

void infer(Graph& graph, const Node& node) {
  const SignalFramerParams p = make_framer_params(graph, node);
  require(node.outputs.size() == 3 && graph.tensor(node.outputs[2]).variable &&
              graph.tensor(node.outputs[2]).byte_size() >=
                  int64_t{2} * p.outer * signal_framer_state(p),
          node, "needs two outputs and a state");
  Shape shape = shared::input(graph, node, 0).shape;
  shape.back() = p.frames;
  shape.push_back(p.frame_size);
  set_output(graph, node, 0, DType::i16, shape);
  set_output(graph, node, 1, DType::boolean, {1});
}

LoweredOp lower(const Graph& graph, const Node& node) {
  LoweredOp lowered;
  lowered.params = make_params(make_framer_params(graph, node));
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
#define MOTE_OP_FOLDER "ops/dsp/signal_framer"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/signal_framer/kernels.inc"
};

void import_tflite(const tflite::Operator& source, Node& node) {
  const auto shape = source.output_shape();
  int64_t signals = 1;
  for (size_t k = 0; k + 2 < shape.size(); ++k) signals *= shape[k];
  const SignalFramerParams p{0, 0, source.custom_integer("frame_size"),
                             source.custom_integer("frame_step"), source.custom_integer("prefill")};
  require(p.frame_step >= 1 && p.frame_step <= p.frame_size && p.frame_size <= 1 << 20, node,
          "frames of " + std::to_string(p.frame_size) + " samples every " +
              std::to_string(p.frame_step));
  node.attributes["frame_size"] = int64_t{p.frame_size};
  node.attributes["frame_step"] = int64_t{p.frame_step};
  node.attributes["prefill"] = int64_t{p.prefill != 0};
  node.attributes["state_bytes"] = 2 * signals * signal_framer_state(p);
}

void write_tflite(tflite::OperatorWriter& out) {
  for (const char* name : {"frame_size", "frame_step", "prefill"}) {
    out.custom_integer(name, out.node().integer(name));
  }
}

constexpr TfliteRule tflite_rules[] = {{32, import_tflite, write_tflite, "SignalFramer"}};

}  // namespace

extern const OpDef signal_framer_op;
const OpDef signal_framer_op{"signal_framer", infer, shared::no_macs, kernels, tflite_rules};

}  // namespace mote
