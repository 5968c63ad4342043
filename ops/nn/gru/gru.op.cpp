// Host half of gru: gated recurrent unit over a sequence, in float and int8.
//
// Inputs: x [batches, steps, inputs] ([steps, batches, inputs] with time_major); w [3 * cells,
// inputs]; r [3 * cells, cells]; bias [2, 3 * cells] (optional), gates in the order z, r, n; hidden
// [batches, cells], a variable (optional). Outputs: y, as x with cells for inputs; the variable, if
// there is one. Without it every call starts from 0. Attributes: time_major, reset_after (0 or 1).
// In int8 the variable is int16 in Q0.15, weights have scales by row, bias is int32.

#include <cstring>

#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/requantize.hpp"
#include "ops/nn/gru/gru_f32_reference.hpp"
#include "ops/nn/gru/gru_s8_armv7em.hpp"
#include "ops/nn/gru/gru_s8_reference.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/recurrent/recurrent_host.hpp"
#include "ops/shared/sigmoid/sigmoid_host.hpp"

namespace mote {
namespace {

using namespace ir;
using shared::SequenceShape;

struct Layer {
  const Tensor& x;
  const Tensor& w;
  const Tensor& r;
  const Tensor* bias;
  const Tensor* hidden;
  int32_t batches, steps, inputs, cells;
  bool time_major;

  Layer(const Graph& graph, const Node& node)
      : x(shared::input(graph, node, 0)),
        w(shared::input(graph, node, 1)),
        r(shared::input(graph, node, 2)),
        bias(optional(graph, node, 3)),
        hidden(optional(graph, node, 4)),
        time_major(node.integer("time_major", 0) != 0) {
    require(x.shape.size() == 3 && w.shape.size() == 2 && w.shape[0] % 3 == 0 && w.shape[0] > 0,
            node, "needs x [batches, steps, inputs] and weights [3 * cells, inputs]");
    batches = x.shape[time_major ? 1 : 0];
    steps = x.shape[time_major ? 0 : 1];
    inputs = x.shape[2];
    cells = w.shape[0] / 3;
    require(w.shape[1] == inputs && r.shape == Shape{3 * cells, cells} &&
                (bias == nullptr || bias->elements() == int64_t{6} * cells),
            node,
            "its weights and biases don't fit " + std::to_string(inputs) + " inputs and " +
                std::to_string(cells) + " cells");
    require(
        hidden == nullptr || (hidden->variable && hidden->elements() == int64_t{batches} * cells),
        node, "its hidden state must be a variable [batches, cells]");
  }

  static const Tensor* optional(const Graph& graph, const Node& node, size_t index) {
    const bool there = index < node.inputs.size() && node.inputs[index] != no_tensor;
    return there ? &graph.tensor(node.inputs[index]) : nullptr;
  }
};

void infer(Graph& graph, const Node& node) {
  const Layer l(graph, node);
  const Shape y =
      l.time_major ? Shape{l.steps, l.batches, l.cells} : Shape{l.batches, l.steps, l.cells};
  const bool kept = l.hidden != nullptr;
  require(node.outputs.size() == (kept ? 2u : 1u), node,
          "needs one output, and its hidden state as a second if it has one");
  const Shape state = kept ? l.hidden->shape : Shape{};
  const DType state_type = kept ? l.hidden->dtype : DType::f32;
  set_output(graph, node, 0, l.x.dtype, y);
  if (kept) set_output(graph, node, 1, state_type, state);
}

int64_t gate_values(const Graph& graph, const Node& node) {
  const Layer l(graph, node);
  return int64_t{3} * l.batches * l.steps * l.cells;
}

int64_t macs(const Graph& graph, const Node& node) {
  const Layer l(graph, node);
  return gate_values(graph, node) * (l.inputs + l.cells);
}

bool fits_f32(const Graph& graph, const Node& node) {
  const Layer l(graph, node);
  const auto floats = [](const Tensor* t) { return t == nullptr || t->dtype == DType::f32; };
  return floats(&l.x) && floats(&l.w) && floats(&l.r) && floats(l.bias) && floats(l.hidden);
}

bool fits_s8(const Graph& graph, const Node& node) {
  const Layer l(graph, node);
  const auto weights = [](const Tensor& t) {
    return t.constant && t.dtype == DType::i8 && symmetric(t) && t.quantization.axis <= 0;
  };
  const bool state =
      l.hidden == nullptr || (l.hidden->dtype == DType::i16 && l.hidden->scale() == 1.0f / 32768 &&
                              l.hidden->zero_point() == 0);
  // There is no kernel that would save by 4 bits.
  return node.integer("weight_bits", 8) == 8 && l.x.dtype == DType::i8 && weights(l.w) &&
         weights(l.r) && state &&
         (l.bias == nullptr || (l.bias->constant && l.bias->dtype == DType::i32));
}

LoweredOp lower_f32(const Graph& graph, const Node& node) {
  const Layer l(graph, node);
  const bool kept = l.hidden != nullptr;
  const auto units = static_cast<size_t>(l.cells);
  LoweredOp lowered;
  lowered.params = make_params(GruParams{l.batches, l.steps, l.inputs, l.cells, l.time_major,
                                         node.integer("reset_after", 0) != 0, !kept});
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_tensor(node.inputs[1]),
                      Operand::of_tensor(node.inputs[2]),
                      l.bias != nullptr
                          ? Operand::of_tensor(node.inputs[3])
                          : Operand::of_constant("bias", std::vector<float>(6 * units, 0.0f)),
                      kept ? Operand::of_tensor(node.outputs[1])
                           : Operand::of_scratch(extent(l.batches, l.cells, 4)),
                      Operand::of_tensor(node.outputs[0]),
                      Operand::of_scratch(extent(12, l.cells))};
  return lowered;
}

// The kernel's bias and scales, by side: w . x and r . y'.
struct Sides {
  std::vector<int32_t> bias, scales;

  // from: whose stored values the weights multiply. half: of the layer's bias.
  void add(const Tensor& from, const Tensor& weights, const Tensor* layer_bias, size_t half) {
    constexpr double q3_12 = 1.0 / 4096;
    const auto rows = static_cast<size_t>(weights.shape[0]);
    Tensor own;
    if (layer_bias != nullptr) {
      const auto all = layer_bias->values<int32_t>();
      own.dtype = DType::i32;
      own.shape = {weights.shape[0]};
      own.constant = true;
      own.data.resize(rows * 4);
      std::memcpy(own.data.data(), all.data() + half * rows, rows * 4);
    }
    const auto folded = fold_input_zero(from, weights, 0, layer_bias != nullptr ? &own : nullptr);
    bias.insert(bias.end(), folded.begin(), folded.end());
    std::vector<int32_t> shifts;
    for (size_t row = 0; row < rows; ++row) {
      const auto& each = weights.quantization.scale;
      const float scale = each.at(each.size() == 1 ? 0 : row);
      const Multiplier m = quantize_multiplier(static_cast<double>(from.scale()) *
                                               static_cast<double>(scale) / q3_12);
      scales.push_back(m.multiplier);
      shifts.push_back(m.shift);
    }
    scales.insert(scales.end(), shifts.begin(), shifts.end());
  }
};

LoweredOp lower_s8(const Graph& graph, const Node& node) {
  const Layer l(graph, node);
  const Tensor& y = shared::output(graph, node);
  const bool kept = l.hidden != nullptr;
  const Multiplier to_y = quantize_multiplier(1.0 / 32768 / static_cast<double>(y.scale()));
  Sides sides;
  sides.add(l.x, l.w, l.bias, 0);
  sides.add(y, l.r, l.bias, 1);
  LoweredOp lowered;
  lowered.params = make_params(GruS8Params{l.batches, l.steps, l.inputs, l.cells, l.time_major,
                                           node.integer("reset_after", 0) != 0, !kept,
                                           y.zero_point(), to_y.multiplier, to_y.shift});
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_tensor(node.inputs[1]),
                      Operand::of_tensor(node.inputs[2]),
                      Operand::of_constant("bias", sides.bias),
                      Operand::of_constant("scales", sides.scales),
                      Operand::of_constant("sigmoid", shared::sigmoid_table()),
                      kept ? Operand::of_tensor(node.outputs[1])
                           : Operand::of_scratch(extent(l.batches, l.cells, 2)),
                      Operand::of_tensor(node.outputs[0]),
                      Operand::of_scratch(extent(7, l.cells))};
  return lowered;
}

// Products, and what each gate's value takes besides: counted on Cortex-M3 and M4 for 8 to 96
// cells, within 10 %.
int64_t instructions(const Graph& graph, const Node& node) {
  return 5 * macs(graph, node) + 160 * gate_values(graph, node);
}
int64_t instructions_armv7em(const Graph& graph, const Node& node) {
  return 5 * macs(graph, node) / 2 + 150 * gate_values(graph, node);
}

constexpr KernelVariant f32_variant{fits_f32, lower_f32, instructions};
constexpr KernelVariant s8_variant{fits_s8, lower_s8, instructions};
constexpr KernelVariant armv7em_variant{fits_s8, lower_s8, instructions_armv7em};
#define MOTE_OP_FOLDER "ops/nn/gru"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/gru/kernels.inc"
};

// Rows of gate `gate` of [gates * cells, columns] constant floats, or an entry of [gates * cells].
TensorId gate_rows(shared::StepWriter& out, const Tensor& all, size_t gate, int32_t cells) {
  Shape shape{all.shape.size() > 1 ? Shape{cells, all.shape[1]} : Shape{cells}};
  const auto values = all.values<float>();
  const auto count = static_cast<size_t>(shape.size() > 1 ? cells * shape[1] : cells);
  const float* from = values.data() + gate * count;
  const std::string name = all.name + "/gate " + std::to_string(gate);
  return out.constant(name, std::move(shape), {from, from + count});
}

struct Gate {
  std::vector<TensorId> of_x;  // by step
  TensorId r, bias;
};

// h <- (1 - z) * n + z * h.
TensorId step(shared::StepWriter& out, const std::vector<Gate>& gates, size_t t, TensorId h,
              bool reset_after) {
  const auto of_h = [&](size_t gate, TensorId state) {
    return out.of_state(state, gates[gate].r, gates[gate].bias);
  };
  const auto sum = [&](size_t gate, TensorId rest) {
    return out.apply("add", {gates[gate].of_x[t], rest});
  };
  const TensorId z = out.apply("logistic", {sum(0, of_h(0, h))});
  const TensorId r = out.apply("logistic", {sum(1, of_h(1, h))});
  const TensorId rest =
      reset_after ? out.apply("mul", {r, of_h(2, h)}) : of_h(2, out.apply("mul", {r, h}));
  const TensorId n = out.apply("tanh", {sum(2, rest)});
  const TensorId kept = out.apply("sub", {out.scalar("one", 1), z});
  return out.apply("add", {out.apply("mul", {kept, n}), out.apply("mul", {z, h})});
}

std::vector<TensorId> expand(Graph& graph, const Node& node) {
  const Layer l(graph, node);
  const SequenceShape shape{l.batches, l.steps, l.inputs, l.cells, l.time_major};
  const bool constant = l.w.constant && l.r.constant && (l.bias == nullptr || l.bias->constant);
  if (!fits_f32(graph, node) || !constant) return {};
  // Copies: the graph's tensors move as it grows.
  const Tensor w = l.w, r = l.r;
  Tensor bias;
  if (l.bias != nullptr) bias = *l.bias;
  if (l.bias == nullptr) bias.data.assign(size_t{24} * static_cast<size_t>(l.cells), 0);
  bias.shape = {6 * l.cells};
  const TensorId variable = l.hidden != nullptr ? node.outputs[1] : no_tensor;
  const bool reset_after = node.integer("reset_after", 0) != 0;

  shared::StepWriter out(graph, shape);
  std::vector<Gate> gates;
  for (size_t gate = 0; gate < 3; ++gate) {
    const TensorId of_x = gate_rows(out, w, gate, shape.cells);
    const TensorId bias_x = gate_rows(out, bias, gate, shape.cells);
    gates.push_back({out.of_inputs(node.inputs[0], of_x, bias_x),
                     gate_rows(out, r, gate, shape.cells),
                     gate_rows(out, bias, 3 + gate, shape.cells)});
  }
  TensorId h = out.initial(variable);
  std::vector<TensorId> steps;
  for (size_t t = 0; t < static_cast<size_t>(shape.steps); ++t) {
    h = step(out, gates, t, h, reset_after);
    steps.push_back(h);
  }
  out.keep(variable, h);
  return {out.sequence(steps)};
}

}  // namespace

extern const OpDef gru_op;
const OpDef gru_op{
    "gru",
    infer,
    macs,
    kernels,
    {},
    {},
    {.output = QuantizationRule::Output::own_range, .weights = 1, .channel_axis = 0, .bias = 3},
    nullptr,
    expand};

}  // namespace mote
