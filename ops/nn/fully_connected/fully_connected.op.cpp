// Host half of fully_connected: shape rule, import, lowering.
//
// Inputs: x [..., in]; weights [out, in]; bias [out] (optional).
// Attributes: activation ("none", "relu", "relu6", "relu_n1_to_1"), keep_dims (0 or 1).

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/dot_packing.hpp"
#include "compiler/ir/lanes_packing.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/ir/requantize.hpp"
#include "ops/nn/fully_connected/fully_connected_s8_armv7em.hpp"
#include "ops/nn/fully_connected/fully_connected_s8_avx2.hpp"
#include "ops/nn/fully_connected/fully_connected_s8_avx512vnni.hpp"
#include "ops/nn/fully_connected/fully_connected_s8_dotprod.hpp"
#include "ops/nn/fully_connected/fully_connected_s8_generic.hpp"
#include "ops/nn/fully_connected/fully_connected_s8_mve.hpp"
#include "ops/nn/fully_connected/fully_connected_s8_neon.hpp"
#include "ops/nn/fully_connected/fully_connected_s8_reference.hpp"
#include "ops/shared/conv_mixed/conv_mixed_host.hpp"
#include "ops/shared/conv_palette/conv_palette_host.hpp"

namespace mote {
namespace {

using namespace ir;

struct Layer {
  const Tensor& x;
  const Tensor& weights;
  const Tensor* bias;
  const Tensor& y;
  int32_t in, out, rows;

  Layer(const Graph& g, const Node& n)
      : x(g.tensor(n.inputs.at(0))),
        weights(g.tensor(n.inputs.at(1))),
        bias(n.inputs.size() > 2 && n.inputs[2] != no_tensor ? &g.tensor(n.inputs[2]) : nullptr),
        y(g.tensor(n.outputs.at(0))),
        in(weights.shape.at(1)),
        out(weights.shape.at(0)),
        rows(static_cast<int32_t>(x.elements() / in)) {}
};

void infer(Graph& graph, const Node& node) {
  require(node.inputs.size() >= 2, node, "needs an input and weights");
  const Tensor& x = graph.tensor(node.inputs[0]);
  const Tensor& weights = graph.tensor(node.inputs[1]);
  require(weights.shape.size() == 2, node, "weights must be [out, in]");
  const int32_t in = weights.shape[1], out = weights.shape[0];
  require(in > 0 && out > 0 && x.elements() % in == 0, node,
          "input of " + std::to_string(x.elements()) + " values doesn't divide into rows of " +
              std::to_string(in));
  require(node.inputs.size() < 3 || node.inputs[2] == no_tensor ||
              graph.tensor(node.inputs[2]).elements() == out,
          node, "bias must have one value per output");
  Shape shape{static_cast<int32_t>(x.elements() / in), out};
  if (node.integer("keep_dims", 0) != 0) {
    require(!x.shape.empty() && x.shape.back() == in, node,
            "last extent of its input must be " + std::to_string(in));
    shape = x.shape;
    shape.back() = out;
  }
  set_output(graph, node, 0, x.dtype, shape);
}

int64_t macs(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  return int64_t{layer.rows} * layer.in * layer.out;
}

bool fits_s8(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  return layer.x.dtype == DType::i8 && layer.weights.dtype == DType::i8 && layer.weights.constant &&
         layer.y.dtype == DType::i8 && symmetric(layer.weights) &&
         (layer.bias == nullptr || (layer.bias->constant && layer.bias->dtype == DType::i32)) &&
         node.integer("weight_bits", 8) == 8;
}

LoweredOp lower_reference(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  const std::vector<int32_t> bias = fold_input_zero(layer.x, layer.weights, 0, layer.bias);
  const auto scaling = requantize_linear(graph, node, layer.out);
  const ActivationRange range = activation_range(node, layer.y);
  const FullyConnectedParams params{layer.rows,           layer.in,  layer.out,
                                    layer.y.zero_point(), range.min, range.max};
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_tensor(node.inputs[1]),
                      Operand::of_constant("bias", bias),
                      Operand::of_constant("multiplier", scaling.multiplier),
                      Operand::of_constant("shift", scaling.shift),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t instructions_reference(const Graph& graph, const Node& node) {
  return 6 * macs(graph, node);
}

std::optional<std::vector<uint32_t>> pack(const Graph& graph, const Node& node) {
  auto channels = exact_channels(graph, node);
  if (!channels) return std::nullopt;
  return pack_dot(std::move(*channels), true);
}

bool fits_armv7em(const Graph& graph, const Node& node) {
  return fits_s8(graph, node) && pack(graph, node).has_value();
}

LoweredOp lower_armv7em(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  const ActivationRange range = activation_range(node, layer.y);
  const FullyConnectedParams params{layer.rows,           layer.in,  layer.out,
                                    layer.y.zero_point(), range.min, range.max};
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {
      Operand::of_tensor(node.inputs[0]),
      Operand::of_constant("weights", pack(graph, node).value()),
      Operand::of_tensor(node.outputs[0]),
      Operand::of_scratch(4 * fully_connected_armv7em_scratch(layer.rows, layer.in))};
  const int64_t growth = int64_t{layer.out} - layer.in;
  if (fully_connected_in_place(layer.rows, layer.in)) return lowered;
  // A row is read whole before its outputs are written.
  lowered.overlap_output = 2;
  lowered.overlap_input = 0;
  lowered.overlap_lead = growth <= 0 ? 0 : static_cast<uint32_t>(growth * (layer.rows - 1));
  return lowered;
}

// Measured on the virtual Cortex-M4.
int64_t instructions_armv7em(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  return macs(graph, node) + int64_t{layer.rows} * (13 * layer.out + 2 * layer.in + 40);
}

bool fits_generic(const Graph& graph, const Node& node) {
  return fits_s8(graph, node) && pack_generic_channels(graph, node).has_value();
}

LoweredOp lower_generic(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  const ActivationRange range = activation_range(node, layer.y);
  const FullyConnectedParams p{layer.rows,           layer.in,  layer.out,
                               layer.y.zero_point(), range.min, range.max};
  LoweredOp lowered;
  lowered.params = make_params(p);
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.inputs[1]),
                      Operand::of_constant("channels", pack_generic_channels(graph, node).value()),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

// Measured on the virtual Cortex-M3.
int64_t instructions_generic(const Graph& graph, const Node& node) {
  return macs(graph, node) * 3 + Layer(graph, node).y.elements() * 30;
}

bool fits_exact(const Graph& graph, const Node& node) {
  return fits_s8(graph, node) && exact_channels(graph, node).has_value();
}

LoweredOp lower_mve(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  const ActivationRange range = activation_range(node, layer.y);
  LoweredOp lowered;
  lowered.params = make_params(FullyConnectedParams{layer.rows, layer.in, layer.out,
                                                    layer.y.zero_point(), range.min, range.max});
  lowered.operands = {
      Operand::of_tensor(node.inputs[0]),
      Operand::of_constant("weights", pack_mve(exact_channels(graph, node).value())),
      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

// Measured on the virtual Cortex-M55.
int64_t instructions_mve(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  return macs(graph, node) / 6 + int64_t{layer.rows} * (6 * layer.out + 60);
}

template <class L>
LoweredOp lower_lanes(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  const ActivationRange range = activation_range(node, layer.y);
  LoweredOp lowered;
  lowered.params = make_params(FullyConnectedParams{layer.rows, layer.in, layer.out,
                                                    layer.y.zero_point(), range.min, range.max});
  lowered.operands = {
      Operand::of_tensor(node.inputs[0]),
      Operand::of_constant("weights",
                           pack_lanes(exact_channels(graph, node).value(), 1, L::input_offset)),
      Operand::of_tensor(node.outputs[0]),
      Operand::of_scratch(fully_connected_lanes_scratch(layer.rows, layer.in))};
  return lowered;
}

// products: int8 products of one instruction.
template <int64_t products>
int64_t instructions_lanes(const Graph& graph, const Node& node) {
  const Layer layer(graph, node);
  return macs(graph, node) / products + int64_t{layer.rows} * (2 * layer.out + 40);
}

constexpr KernelVariant avx512vnni_variant{fits_exact, lower_lanes<LanesAvx512vnni>,
                                           instructions_lanes<32>};
constexpr KernelVariant avx2_variant{fits_exact, lower_lanes<LanesAvx2>, instructions_lanes<5>};
constexpr KernelVariant dotprod_variant{fits_exact, lower_lanes<LanesDotprod>,
                                        instructions_lanes<8>};
constexpr KernelVariant neon_variant{fits_exact, lower_lanes<LanesNeon>, instructions_lanes<3>};
constexpr KernelVariant mve_variant{fits_exact, lower_mve, instructions_mve};
constexpr KernelVariant generic_variant{fits_generic, lower_generic, instructions_generic};
constexpr KernelVariant armv7em_variant{fits_armv7em, lower_armv7em, instructions_armv7em};
constexpr KernelVariant reference_variant{fits_s8, lower_reference, instructions_reference};

#define MOTE_OP_FOLDER "ops/nn/fully_connected"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/fully_connected/kernels.inc"
    shared::conv_f32_kernel<shared::dense_shape>(),
    shared::conv_f32_lanes_kernel<shared::dense_shape, 0>(),
    shared::conv_f32_lanes_kernel<shared::dense_shape, 1>(),
    shared::conv_f32_lanes_kernel<shared::dense_shape, 2>(),
    shared::conv_s16_kernel<shared::dense_shape>(),
    shared::conv_mixed_kernel<shared::dense_shape, shared::MixedTypes::s8_w8>(),
    shared::conv_mixed_kernel<shared::dense_shape, shared::MixedTypes::s8_w4>(),
    shared::conv_mixed_kernel<shared::dense_shape, shared::MixedTypes::f32_w8>(),
    shared::conv_mixed_kernel<shared::dense_shape, shared::MixedTypes::f32_w4>(),
    shared::conv_palette_kernel<shared::dense_shape, shared::PaletteForm::reference>(),
    shared::conv_palette_kernel<shared::dense_shape, shared::PaletteForm::armv7em>(),
    shared::conv_palette_kernel<shared::dense_shape, shared::PaletteForm::generic>(),
    shared::conv_palette_kernel<shared::dense_shape, shared::PaletteForm::mve>(),
    shared::conv_int4_kernel<shared::dense_shape, shared::PaletteForm::reference>(),
    shared::conv_int4_kernel<shared::dense_shape, shared::PaletteForm::armv7em>(),
    shared::conv_int4_kernel<shared::dense_shape, shared::PaletteForm::generic>(),
    shared::conv_int4_kernel<shared::dense_shape, shared::PaletteForm::mve>(),
};

constexpr int32_t fully_connected_options = 8;

void import_tflite(const tflite::Operator& source, Node& node) {
  const tflite::Options options = source.options(fully_connected_options);
  require(options.byte(1) == 0, node, "shuffled weights are not supported");
  node.attributes["activation"] = options.activation(0);
  node.attributes["keep_dims"] = int64_t{options.byte(2) != 0};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(fully_connected_options);
  out.activation(0);
  out.byte(1, 0);
  out.byte(2, out.node().integer("keep_dims", 0));
}

constexpr TfliteRule tflite_rules[] = {{9, import_tflite, write_tflite}};  // FULLY_CONNECTED

}  // namespace

extern const OpDef fully_connected_op;
const OpDef fully_connected_op{"fully_connected",
                               infer,
                               macs,
                               kernels,
                               tflite_rules,
                               {.role = Role::linear,
                                .channel_axis = 0,
                                .fuses_activation = true,
                                .float_scale_product = true,
                                .axes = AxisRule::last,
                                .stored = StoredForm::free},
                               quantized::linear(0)};

}  // namespace mote
