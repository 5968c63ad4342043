// Host half of lstm: shape rule, import, lowering.
//
// Inputs: x [batches, steps, inputs] ([steps, batches, inputs] with time_major); four weights of x
// [cells, inputs], four of the hidden state [cells, cells], four biases [cells], each in the order
// input, forget, cell, output; hidden [batches, cells] and cell [batches, cells], variables, or
// neither: then every call starts from 0. Outputs: y, as x with cells for inputs; the variables, if
// there are. Attributes: time_major, cell_clip (0: none).

#include <algorithm>
#include <cmath>

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/requantize.hpp"
#include "ops/nn/lstm/lstm_f32_reference.hpp"
#include "ops/nn/lstm/lstm_s16_reference.hpp"
#include "ops/nn/lstm/lstm_s8_armv7em.hpp"
#include "ops/nn/lstm/lstm_s8_reference.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/recurrent/recurrent_host.hpp"
#include "ops/shared/sigmoid/sigmoid_host.hpp"

namespace mote {
namespace {

using namespace ir;

constexpr size_t weights_at = 1, recurrent_at = 5, bias_at = 9, hidden_at = 13, cell_at = 14;
// Of a cell that nobody sees, +-16: beyond, its tanh is 1 in int16.
constexpr float own_cell_scale = 1.0f / 2048;

struct Layer {
  const Graph& graph;
  const Node& node;
  int32_t batches, steps, inputs, cells;
  bool time_major, kept;  // kept: has variables

  Layer(const Graph& g, const Node& n) : graph(g), node(n), kept(n.inputs.size() == 15) {
    require(kept || node.inputs.size() == hidden_at, node, "needs 13 inputs, or 15 with state");
    const Shape& x = at(0).shape;
    require(x.size() == 3, node, "input must be [batches, steps, inputs]");
    time_major = node.integer("time_major", 0) != 0;
    batches = x[time_major ? 1 : 0];
    steps = x[time_major ? 0 : 1];
    inputs = x[2];
    require(at(1).shape.size() == 2, node, "weights must be [cells, inputs]");
    cells = at(1).shape[0];
    for (size_t gate = 0; gate < 4; ++gate) {
      require(at(weights_at + gate).shape == Shape{cells, inputs} &&
                  at(recurrent_at + gate).shape == Shape{cells, cells} &&
                  at(bias_at + gate).shape == Shape{cells},
              node, "weights and biases of gate " + std::to_string(gate) + " don't fit");
    }
    for (size_t state = hidden_at; state < node.inputs.size(); ++state) {
      require(at(state).variable && at(state).elements() == int64_t{batches} * cells, node,
              "hidden and cell state must be variables [batches, cells]");
    }
  }

  const Tensor& at(size_t index) const { return shared::input(graph, node, index); }
  // Of the hidden state.
  const Tensor& hidden() const { return kept ? at(hidden_at) : shared::output(graph, node); }
  float cell_scale() const { return kept ? at(cell_at).scale() : own_cell_scale; }
  bool has_states(DType hidden_type, DType cell_type) const {
    return !kept || (at(hidden_at).dtype == hidden_type && at(cell_at).dtype == cell_type);
  }
  Shape y_shape() const {
    return time_major ? Shape{steps, batches, cells} : Shape{batches, steps, cells};
  }
};

void infer(Graph& graph, const Node& node) {
  const Layer l(graph, node);
  const Shape shape = l.y_shape();
  const DType type = l.at(0).dtype;
  require(node.outputs.size() == (l.kept ? 3u : 1u), node, "needs an output, and its two states");
  set_output(graph, node, 0, type, shape);
  for (size_t k = hidden_at; k < node.inputs.size(); ++k) {
    set_output(graph, node, k - hidden_at + 1, l.at(k).dtype, Shape(l.at(k).shape));
  }
}

int64_t gate_values(const Graph& graph, const Node& node) {
  const Layer l(graph, node);
  return int64_t{4} * l.batches * l.steps * l.cells;
}

int64_t macs(const Graph& graph, const Node& node) {
  const Layer l(graph, node);
  return gate_values(graph, node) * (l.inputs + l.cells);
}

bool all_of_type(const Layer& l, DType weights, DType bias) {
  for (size_t k = weights_at; k < hidden_at; ++k) {
    if (!l.at(k).constant || l.at(k).dtype != (k < bias_at ? weights : bias)) return false;
    if (k < bias_at && weights == DType::i8 && !symmetric(l.at(k))) return false;
  }
  return true;
}

bool fits_s8(const Graph& graph, const Node& node) {
  const Layer l(graph, node);
  // There is no kernel that would save by 4 bits.
  return node.integer("weight_bits", 8) == 8 && l.at(0).dtype == DType::i8 &&
         l.has_states(DType::i8, DType::i16) && all_of_type(l, DType::i8, DType::i32);
}

bool fits_s16(const Graph& graph, const Node& node) {
  const Layer l(graph, node);
  return l.at(0).dtype == DType::i16 && l.has_states(DType::i16, DType::i16) &&
         all_of_type(l, DType::i8, DType::i64);
}

bool fits_f32(const Graph& graph, const Node& node) {
  const Layer l(graph, node);
  return l.at(0).dtype == DType::f32 && l.has_states(DType::f32, DType::f32) &&
         all_of_type(l, DType::f32, DType::f32);
}

// The constants of four gates one after another.
Operand joined(const Layer& l, size_t first, const char* label) {
  std::vector<uint8_t> bytes;
  for (size_t gate = 0; gate < 4; ++gate) {
    const auto& data = l.at(first + gate).data;
    bytes.insert(bytes.end(), data.begin(), data.end());
  }
  return Operand::of_constant(label, bytes);
}

std::vector<int32_t> folded_bias(const Layer& l) {
  std::vector<int32_t> all;
  for (const size_t first : {weights_at, recurrent_at}) {
    for (size_t gate = 0; gate < 4; ++gate) {
      const bool of_x = first == weights_at;
      const auto part = fold_input_zero(of_x ? l.at(0) : l.hidden(), l.at(first + gate), 0,
                                        of_x ? &l.at(bias_at + gate) : nullptr);
      all.insert(all.end(), part.begin(), part.end());
    }
  }
  return all;
}

void set_gate_scales(const Layer& l, LstmParams& p) {
  constexpr double q3_12 = 1.0 / 4096;
  int32_t* const x_multiplier[] = {&p.x_multiplier0, &p.x_multiplier1, &p.x_multiplier2,
                                   &p.x_multiplier3};
  int32_t* const x_shift[] = {&p.x_shift0, &p.x_shift1, &p.x_shift2, &p.x_shift3};
  int32_t* const h_multiplier[] = {&p.hidden_multiplier0, &p.hidden_multiplier1,
                                   &p.hidden_multiplier2, &p.hidden_multiplier3};
  int32_t* const h_shift[] = {&p.hidden_shift0, &p.hidden_shift1, &p.hidden_shift2,
                              &p.hidden_shift3};
  for (size_t gate = 0; gate < 4; ++gate) {
    // TensorFlow Lite rounds the product of two scales to float, as in fully connected layers.
    const Multiplier x = quantize_multiplier(
        static_cast<double>(l.at(0).scale() * l.at(weights_at + gate).scale()) / q3_12);
    const Multiplier h = quantize_multiplier(
        static_cast<double>(l.hidden().scale() * l.at(recurrent_at + gate).scale()) / q3_12);
    *x_multiplier[gate] = x.multiplier;
    *x_shift[gate] = x.shift;
    *h_multiplier[gate] = h.multiplier;
    *h_shift[gate] = h.shift;
  }
}

void set_state_scales(const Layer& l, LstmParams& p) {
  constexpr double q0_15 = 1.0 / 32768;
  const auto cell = static_cast<double>(l.cell_scale());
  const Multiplier forget = quantize_multiplier(q0_15 * cell / cell);
  const Multiplier input = quantize_multiplier(q0_15 * q0_15 / cell);
  const Multiplier output =
      quantize_multiplier(q0_15 * q0_15 / static_cast<double>(l.hidden().scale()));
  p.forget_multiplier = forget.multiplier;
  p.forget_shift = forget.shift;
  p.input_multiplier = input.multiplier;
  p.input_shift = input.shift;
  p.output_multiplier = output.multiplier;
  p.output_shift = output.shift;
  int exponent = 0;
  require(std::frexp(cell, &exponent) == 0.5, l.node,
          "the cell state's scale must be a power of 2");
  const int32_t left = exponent - 1 + 12;  // from its scale to the table's 2^-12 / 3
  require(left >= -30 && left <= 12, l.node, "the cell state's scale is out of range");
  p.tanh_multiplier = left >= 0 ? 3 << left : 3;
  p.tanh_shift = left >= 0 ? 0 : -left;
  const auto clip = static_cast<float>(l.node.real("cell_clip", 0));
  p.cell_clip = static_cast<int32_t>(std::clamp(clip / l.cell_scale(), 0.0f, 32767.0f));
}

template <class P>
P shape_params(const Layer& l) {
  P p{};
  p.batches = l.batches;
  p.steps = l.steps;
  p.inputs = l.inputs;
  p.cells = l.cells;
  p.time_major = l.time_major ? 1 : 0;
  p.fresh = l.kept ? 0 : 1;
  return p;
}

// The state that is the node's output `index`, or the place for one.
Operand state(const Layer& l, size_t index, int32_t element_bytes) {
  return l.kept ? Operand::of_tensor(l.node.outputs[index])
                : Operand::of_scratch(extent(l.batches, l.cells, element_bytes));
}

// The kernel sums bias and products in 48 bits.
void require_s16_ranges(const Layer& l, const LstmParams& p) {
  require(l.at(0).zero_point() == 0 && l.hidden().zero_point() == 0, l.node,
          "int16 input and hidden state must have zero points of 0");
  for (size_t gate = 0; gate < 4; ++gate) {
    for (const int64_t bias : l.at(bias_at + gate).values<int64_t>()) {
      const int64_t most = int64_t{1} << 46;
      require(bias > -most && bias < most, l.node, "a bias is beyond 46 bits");
    }
  }
  for (const int32_t shift : {p.x_shift0, p.x_shift1, p.x_shift2, p.x_shift3, p.hidden_shift0,
                              p.hidden_shift1, p.hidden_shift2, p.hidden_shift3}) {
    require(shift <= 14, l.node, "the scales of its weights and inputs are too large");
  }
}

LoweredOp lower_integer(const Graph& graph, const Node& node) {
  const Layer l(graph, node);
  const bool wide = l.at(0).dtype == DType::i16;
  const Tensor& y = shared::output(graph, node);
  require(y.scale() == l.hidden().scale() && y.zero_point() == l.hidden().zero_point(), node,
          "output and hidden state must have the same quantisation");
  auto params = shape_params<LstmParams>(l);
  params.hidden_zero = y.zero_point();
  set_gate_scales(l, params);
  set_state_scales(l, params);
  if (wide) require_s16_ranges(l, params);
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {
      Operand::of_tensor(node.inputs[0]),
      joined(l, weights_at, "weights"),
      joined(l, recurrent_at, "recurrent weights"),
      wide ? joined(l, bias_at, "bias") : Operand::of_constant("bias", folded_bias(l)),
      Operand::of_constant("sigmoid", shared::sigmoid_table()),
      state(l, 1, wide ? 2 : 1),
      state(l, 2, 2),
      Operand::of_tensor(node.outputs[0]),
      Operand::of_scratch(extent(8, l.cells))};
  return lowered;
}

LoweredOp lower_f32(const Graph& graph, const Node& node) {
  const Layer l(graph, node);
  auto params = shape_params<LstmFloatParams>(l);
  params.cell_clip = static_cast<float>(node.real("cell_clip", 0));
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      joined(l, weights_at, "weights"),
                      joined(l, recurrent_at, "recurrent weights"),
                      joined(l, bias_at, "bias"),
                      state(l, 1, 4),
                      state(l, 2, 4),
                      Operand::of_tensor(node.outputs[0]),
                      Operand::of_scratch(extent(16, l.cells))};
  return lowered;
}

// Products, and what each gate's value takes besides: counted on Cortex-M3 and M4 for 8 to 96
// cells, within 10 %.
int64_t instructions(const Graph& graph, const Node& node) {
  return 5 * macs(graph, node) + 160 * gate_values(graph, node);
}
int64_t instructions_armv7em(const Graph& graph, const Node& node) {
  return 5 * macs(graph, node) / 2 + 120 * gate_values(graph, node);
}

constexpr KernelVariant s8_variant{fits_s8, lower_integer, instructions};
constexpr KernelVariant armv7em_variant{fits_s8, lower_integer, instructions_armv7em};
constexpr KernelVariant s16_variant{fits_s16, lower_integer, instructions};
constexpr KernelVariant f32_variant{fits_f32, lower_f32, instructions};
#define MOTE_OP_FOLDER "ops/nn/lstm"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/lstm/kernels.inc"
};

constexpr int32_t sequence_lstm_options = 71;

// Of TensorFlow Lite's 24 inputs tflite-micro takes these.
void import_tflite(const tflite::Operator& source, Node& node) {
  const tflite::Options options = source.options(sequence_lstm_options);
  require(node.inputs.size() >= 20 && node.outputs.size() == 1, node, "needs 20 inputs");
  for (size_t k : {9, 10, 11, 16, 17}) {
    require(node.inputs[k] < 0, node, "peepholes and projections are not supported");
  }
  for (size_t k = 20; k < node.inputs.size(); ++k) {
    require(node.inputs[k] < 0, node, "layer normalisation is not supported");
  }
  require(options.byte(0) == 4 || options.byte(0) == 0, node, "activation must be tanh");
  node.attributes["cell_clip"] = double{options.real(1)};
  node.attributes["time_major"] = int64_t{options.byte(3) != 0};
  const std::vector<TensorId> all = node.inputs;
  node.inputs.assign(all.begin(), all.begin() + 9);
  node.inputs.insert(node.inputs.end(), all.begin() + 12, all.begin() + 16);
  node.inputs.insert(node.inputs.end(), all.begin() + 18, all.begin() + 20);
  node.outputs.insert(node.outputs.end(), all.begin() + 18, all.begin() + 20);
}

void write_tflite(tflite::OperatorWriter& out) {
  require(out.inputs.size() == 15, out.node(),
          "starts anew in every call, and TensorFlow Lite's keeps its state");
  out.options(sequence_lstm_options);
  out.byte(0, 4);  // tanh
  out.real(1, out.node().real("cell_clip", 0));
  out.real(2, 0);
  out.byte(3, out.node().integer("time_major", 0));
  const std::vector<TensorId> own = out.inputs;
  out.inputs.assign(24, no_tensor);
  std::copy_n(own.begin(), 9, out.inputs.begin());
  std::copy_n(own.begin() + 9, 4, out.inputs.begin() + 12);
  std::copy_n(own.begin() + 13, 2, out.inputs.begin() + 18);
  const DType type = out.tensor(own[0]).dtype;
  if (type == DType::f32) return;
  // TensorFlow Lite wants to know these, and only reads the last without layer normalisation.
  const Quantization q3_12{{1.0f / 4096}, {0}, -1};
  for (int gate = 0; gate < 4; ++gate) {
    out.intermediates.push_back(out.extra({"gate", DType::i16, {}, q3_12, false, {}}));
  }
  const Quantization& hidden = out.tensor(own[13]).quantization;
  out.intermediates.push_back(out.extra({"hidden", type, {}, hidden, false, {}}));
}

constexpr TfliteRule tflite_rules[] = {
    {44, import_tflite, write_tflite}};  // UNIDIRECTIONAL_SEQUENCE_LSTM

// cell <- clip(f * cell + i * g), h <- tanh(cell) * o.
struct State {
  TensorId h, cell;
};

State step(shared::StepWriter& out, const Node& node, const std::vector<TensorId>& of_x,
           const State& before) {
  TensorId gates[4];
  for (size_t gate = 0; gate < 4; ++gate) {
    const TensorId of_h = out.of_state(before.h, node.inputs[recurrent_at + gate], no_tensor);
    const TensorId sum = out.apply("add", {of_x[gate], of_h});
    gates[gate] = out.apply(gate == 2 ? "tanh" : "logistic", {sum});
  }
  const TensorId remembered = out.apply("mul", {gates[1], before.cell});
  TensorId cell = out.apply("add", {remembered, out.apply("mul", {gates[0], gates[2]})});
  const auto clip = static_cast<float>(node.real("cell_clip", 0));
  if (clip > 0) {
    cell = out.apply("minimum", {cell, out.scalar("clip", clip)});
    cell = out.apply("maximum", {cell, out.scalar("-clip", -clip)});
  }
  return {out.apply("mul", {out.apply("tanh", {cell}), gates[3]}), cell};
}

// TensorFlow Lite's operator keeps its state for itself. Where other nodes set or read it, as in
// models from ONNX, and where there is none, it is written as what it computes.
std::vector<TensorId> expand(Graph& graph, const Node& node) {
  const Layer l(graph, node);
  const TensorId hidden = l.kept ? node.inputs[hidden_at] : no_tensor;
  const TensorId cell = l.kept ? node.inputs[cell_at] : no_tensor;
  const bool whole = l.kept && !shared::is_shared_state(graph, node, hidden) &&
                     !shared::is_shared_state(graph, node, cell);
  if (whole || !fits_f32(graph, node)) return {};
  const auto steps = static_cast<size_t>(l.steps);
  shared::StepWriter out(graph, {l.batches, l.steps, l.inputs, l.cells, l.time_major});
  std::vector<std::vector<TensorId>> of_x(steps);  // by step, by gate
  for (size_t gate = 0; gate < 4; ++gate) {
    const auto sums =
        out.of_inputs(node.inputs[0], node.inputs[weights_at + gate], node.inputs[bias_at + gate]);
    for (size_t t = 0; t < steps; ++t) of_x[t].push_back(sums[t]);
  }
  State state{out.initial(hidden), out.initial(cell)};
  std::vector<TensorId> results;
  for (size_t t = 0; t < steps; ++t) {
    state = step(out, node, of_x[t], state);
    results.push_back(state.h);
  }
  out.keep(hidden, state.h);
  out.keep(cell, state.cell);
  return {out.sequence(results)};
}

}  // namespace

extern const OpDef lstm_op;
const OpDef lstm_op{"lstm",
                    infer,
                    macs,
                    kernels,
                    tflite_rules,
                    {},
                    {.output = QuantizationRule::Output::fixed,  // in (-1, 1)
                     .scale = 1.0f / 128,
                     .scale_s16 = 1.0f / 32768,
                     .weights = weights_at,
                     .bias = bias_at,
                     .biases = 4},
                    nullptr,
                    expand};

}  // namespace mote
