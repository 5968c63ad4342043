// Host half of svdf: shape rule, import, lowering.
//
// Inputs: x [batches, inputs]; feature [filters, inputs]; time [filters, memory]; bias
// [filters / rank] (optional); state [batches, filters * memory], a variable.
// Outputs: y [batches, filters / rank]; the state. Attributes: rank, activation (float only).

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/requantize.hpp"
#include "ops/nn/svdf/svdf_f32_reference.hpp"
#include "ops/nn/svdf/svdf_s16_reference.hpp"
#include "ops/nn/svdf/svdf_s8_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

struct Layer {
  const Tensor& x;
  const Tensor& feature;
  const Tensor& time;
  const Tensor* bias;
  const Tensor& state;
  int32_t rank;

  Layer(const Graph& graph, const Node& node)
      : x(shared::input(graph, node, 0)),
        feature(shared::input(graph, node, 1)),
        time(shared::input(graph, node, 2)),
        bias(node.inputs.at(3) == no_tensor ? nullptr : &graph.tensor(node.inputs[3])),
        state(shared::input(graph, node, 4)) {
    require(x.shape.size() == 2 && feature.shape.size() == 2 && time.shape.size() == 2 &&
                feature.shape[1] == x.shape[1] && time.shape[0] == feature.shape[0],
            node,
            "x [batches, inputs], feature [filters, inputs], time [filters, memory] don't fit");
    const int64_t wanted = node.integer("rank");
    require(wanted >= 1 && wanted <= feature.shape[0] && feature.shape[0] % wanted == 0, node,
            "rank " + std::to_string(wanted) + " doesn't divide " +
                std::to_string(feature.shape[0]) + " filters");
    rank = static_cast<int32_t>(wanted);
    require(state.variable && state.dtype == time.dtype &&
                state.elements() == int64_t{x.shape[0]} * time.elements(),
            node, "its state must be a variable [batches, filters * memory] of time's type");
    require(bias == nullptr || bias->elements() == feature.shape[0] / rank, node,
            "bias must have one value per unit");
  }
};

void infer(Graph& graph, const Node& node) {
  const Layer l(graph, node);
  const DType state = l.state.dtype;
  const Shape state_shape = l.state.shape;
  set_output(graph, node, 0, l.x.dtype, {l.x.shape[0], l.feature.shape[0] / l.rank});
  set_output(graph, node, 1, state, state_shape);
}

int64_t macs(const Graph& graph, const Node& node) {
  const Layer l(graph, node);
  return l.x.shape[0] * (l.feature.elements() + l.time.elements());
}

template <DType state>
bool fits_integer(const Graph& graph, const Node& node) {
  const Layer l(graph, node);
  return l.x.dtype == DType::i8 && l.feature.dtype == DType::i8 && l.state.dtype == state &&
         symmetric(l.feature) && symmetric(l.time) &&
         (l.bias == nullptr || l.bias->dtype == DType::i32);
}

bool fits_f32(const Graph& graph, const Node& node) {
  return Layer(graph, node).x.dtype == DType::f32;
}

template <class P, class Bias>
LoweredOp lowered_with(const Layer& l, const Node& node, P params) {
  params.batches = l.x.shape[0];
  params.inputs = l.x.shape[1];
  params.filters = l.feature.shape[0];
  params.memory = l.time.shape[1];
  params.rank = l.rank;
  const std::vector<Bias> zeros(static_cast<size_t>(params.filters / params.rank), Bias{0});
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {
      Operand::of_tensor(node.inputs[0]),
      Operand::of_tensor(node.inputs[1]),
      Operand::of_tensor(node.inputs[2]),
      l.bias != nullptr ? Operand::of_tensor(node.inputs[3]) : Operand::of_constant("bias", zeros),
      Operand::of_tensor(node.outputs[1]),
      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

// TensorFlow Lite computes the ratios of scales in float.
LoweredOp lower_integer(const Graph& graph, const Node& node) {
  const Layer l(graph, node);
  const Tensor& y = shared::output(graph, node);
  const Multiplier feature =
      quantize_multiplier(static_cast<double>(l.x.scale() * l.feature.scale() / l.state.scale()));
  const Multiplier time =
      quantize_multiplier(static_cast<double>(l.state.scale() * l.time.scale() / y.scale()));
  SvdfParams params{};
  params.x_zero = l.x.zero_point();
  params.state_zero = l.state.zero_point();
  params.output_zero = y.zero_point();
  params.feature_multiplier = feature.multiplier;
  params.feature_shift = feature.shift;
  params.time_multiplier = time.multiplier;
  params.time_shift = time.shift;
  return lowered_with<SvdfParams, int32_t>(l, node, params);
}

LoweredOp lower_f32(const Graph& graph, const Node& node) {
  const shared::FloatRange range = shared::float_activation(node);
  SvdfFloatParams params{};
  params.activation_min = range.min;
  params.activation_max = range.max;
  return lowered_with<SvdfFloatParams, float>(Layer(graph, node), node, params);
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 7 * macs(graph, node);
}

constexpr KernelVariant s8_variant{fits_integer<DType::i8>, lower_integer, instructions};
constexpr KernelVariant s16_variant{fits_integer<DType::i16>, lower_integer, instructions};
constexpr KernelVariant f32_variant{fits_f32, lower_f32, instructions};
#define MOTE_OP_FOLDER "ops/nn/svdf"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/svdf/kernels.inc"
};

constexpr int32_t svdf_options = 6;

void import_tflite(const tflite::Operator& source, Node& node) {
  const tflite::Options options = source.options(svdf_options);
  require(node.inputs.size() == 5 && node.outputs.size() == 1, node, "needs five inputs");
  node.attributes["rank"] = int64_t{options.integer(0)};
  node.attributes["activation"] = options.activation(1);
  node.outputs.push_back(node.inputs[4]);
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(svdf_options);
  out.integer(0, out.node().integer("rank"));
  out.activation(1);
}

constexpr TfliteRule tflite_rules[] = {{27, import_tflite, write_tflite}};  // SVDF

}  // namespace

extern const OpDef svdf_op;
const OpDef svdf_op{"svdf", infer, macs, kernels, tflite_rules};

}  // namespace mote
