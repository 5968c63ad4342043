// Host half of signal_overlap_add: a signal from overlapping frames.
//
// Input: x int16 or float [..., frames, frame_size]. Outputs: y [..., frames * frame_step]; the
// state, a variable. Attribute: frame_step, in samples.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/dsp/signal_overlap_add/signal_overlap_add_f32_reference.hpp"
#include "ops/dsp/signal_overlap_add/signal_overlap_add_s16_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

SignalOverlapAddParams make_overlap_params(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  require((x.dtype == DType::i16 || x.dtype == DType::f32) && x.shape.size() >= 2, node,
          "x must be int16 or float [..., frames, frame_size]");
  const int32_t size = x.shape.back(), frames = x.shape[x.shape.size() - 2];
  const int64_t step = node.integer("frame_step");
  require(step >= 1 && step <= size, node, "a step of " + std::to_string(step) + " samples");
  return {static_cast<int32_t>(x.elements() / size / frames), frames, size,
          static_cast<int32_t>(step)};
}

void infer(Graph& graph, const Node& node) {
  const SignalOverlapAddParams p = make_overlap_params(graph, node);
  const Tensor& x = shared::input(graph, node, 0);
  require(node.outputs.size() == 2 && graph.tensor(node.outputs[1]).variable &&
              graph.tensor(node.outputs[1]).byte_size() >=
                  p.outer * p.frame_size * dtype_bytes(x.dtype),
          node, "needs an output and a state");
  Shape shape(x.shape.begin(), x.shape.end() - 1);
  shape.back() = p.frames * p.frame_step;
  set_output(graph, node, 0, x.dtype, shape);
}

LoweredOp lower(const Graph& graph, const Node& node) {
  LoweredOp lowered;
  lowered.params = make_params(make_overlap_params(graph, node));
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[1]),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

template <DType type>
bool fits(const Graph& graph, const Node& node) {
  return shared::input(graph, node, 0).dtype == type;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 20 * shared::input(graph, node, 0).elements();
}

constexpr KernelVariant s16_variant{fits<DType::i16>, lower, instructions};
constexpr KernelVariant f32_variant{fits<DType::f32>, lower, instructions};
#define MOTE_OP_FOLDER "ops/dsp/signal_overlap_add"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/dsp/signal_overlap_add/kernels.inc"
};

// Options and output don't tell how long a frame is, so the state is as large as x, which is more
// than it needs when x has several frames.
void import_tflite(const tflite::Operator& source, Node& node) {
  node.attributes["frame_step"] = int64_t{source.custom_integer("frame_step")};
  node.attributes["state_bytes"] = int64_t{-1};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.custom_type("T", out.inputs[0]);  // tflite-micro reads the entries by position
  out.custom_integer("frame_step", out.node().integer("frame_step"));
}

constexpr TfliteRule tflite_rules[] = {{32, import_tflite, write_tflite, "SignalOverlapAdd"}};

}  // namespace

extern const OpDef signal_overlap_add_op;
const OpDef signal_overlap_add_op{"signal_overlap_add", infer, shared::no_macs, kernels,
                                  tflite_rules};

}  // namespace mote
