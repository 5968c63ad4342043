// Import rules of element-wise operators.

#include "compiler/import/onnx_file.hpp"
#include "compiler/import/onnx_operator.hpp"

namespace mote::onnx {
namespace {

using ir::DType;

// One rule for each op of the graph with one input and no attributes.
#define MOTE_UNARY(RULE, OP)               \
  void RULE(Operator& op) {                \
    op.result(op.emit(OP, {op.input(0)})); \
  }
MOTE_UNARY(import_abs, "abs")
MOTE_UNARY(import_ceil, "ceil")
MOTE_UNARY(import_cos, "cos")
MOTE_UNARY(import_exp, "exp")
MOTE_UNARY(import_floor, "floor")
MOTE_UNARY(import_hard_swish, "hard_swish")
MOTE_UNARY(import_log, "ln")
MOTE_UNARY(import_neg, "neg")
MOTE_UNARY(import_not, "logical_not")
MOTE_UNARY(import_relu, "relu")
MOTE_UNARY(import_round, "round")
MOTE_UNARY(import_sigmoid, "logistic")
MOTE_UNARY(import_sin, "sin")
MOTE_UNARY(import_sqrt, "sqrt")
MOTE_UNARY(import_tanh, "tanh")
#undef MOTE_UNARY

// Two inputs whose shapes broadcast.
#define MOTE_BINARY(RULE, OP)                           \
  void RULE(Operator& op) {                             \
    op.result(op.emit(OP, {op.input(0), op.input(1)})); \
  }
MOTE_BINARY(import_add, "add")
MOTE_BINARY(import_sub, "sub")
MOTE_BINARY(import_mul, "mul")
MOTE_BINARY(import_div, "div")
MOTE_BINARY(import_equal, "equal")
MOTE_BINARY(import_greater, "greater")
MOTE_BINARY(import_greater_equal, "greater_equal")
MOTE_BINARY(import_less, "less")
MOTE_BINARY(import_less_equal, "less_equal")
MOTE_BINARY(import_and, "logical_and")
MOTE_BINARY(import_or, "logical_or")
#undef MOTE_BINARY

// Any number of inputs, joined two at a time.
TensorId joined(Operator& op, const char* name) {
  TensorId sum = op.input(0);
  for (size_t i = 1; i < op.inputs.size(); ++i) sum = op.emit(name, {sum, op.input(i)});
  return sum;
}
void import_sum(Operator& op) {
  op.result(joined(op, "add"));
}
void import_max(Operator& op) {
  op.result(joined(op, "maximum"));
}
void import_min(Operator& op) {
  op.result(joined(op, "minimum"));
}
void import_mean(Operator& op) {
  const float share = 1.0f / static_cast<float>(op.inputs.size());
  op.result(op.emit("mul", {joined(op, "add"), op.reals(share)}));
}

void import_leaky_relu(Operator& op) {
  op.result(op.emit("leaky_relu", {op.input(0)}, {{"alpha", op.real("alpha", 0.01f)}}));
}

void import_gelu(Operator& op) {
  const bool rough = op.text("approximate", "none") == "tanh";
  op.result(op.emit("gelu", {op.input(0)}, {{"approximate", int64_t{rough}}}));
}

// max(x, 0) + slope * min(f(x), 0)
TensorId two_sided(Operator& op, TensorId above, TensorId below, TensorId slope) {
  const TensorId positive = op.emit("relu", {above});
  const TensorId negative = op.emit("minimum", {below, op.reals(0)});
  return op.emit("add", {positive, op.emit("mul", {negative, slope})});
}

void import_prelu(Operator& op) {
  const TensorId x = op.input(0);
  op.result(two_sided(op, x, x, op.input(1)));
}

void import_elu(Operator& op) {
  const TensorId x = op.input(0), y = op.emit("elu", {x});
  const auto alpha = static_cast<float>(op.real("alpha", 1));
  op.result(alpha == 1 ? y : two_sided(op, x, y, op.reals(alpha)));
}

void import_selu(Operator& op) {
  const TensorId x = op.input(0);
  const auto alpha = static_cast<float>(op.real("alpha", 1.67326319217681884765625));
  const auto gamma = static_cast<float>(op.real("gamma", 1.05070102214813232421875));
  const TensorId y = two_sided(op, x, op.emit("elu", {x}), op.reals(alpha));
  op.result(op.emit("mul", {y, op.reals(gamma)}));
}

void import_hard_sigmoid(Operator& op) {
  const auto alpha = static_cast<float>(op.real("alpha", 0.2f));
  const auto beta = static_cast<float>(op.real("beta", 0.5));
  const TensorId scaled = op.emit("mul", {op.input(0), op.reals(alpha)});
  op.result(op.emit("relu_0_to_1", {op.emit("add", {scaled, op.reals(beta)})}));
}

// ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|), which doesn't overflow
void import_softplus(Operator& op) {
  const TensorId x = op.input(0);
  const TensorId small = op.emit("exp", {op.emit("neg", {op.emit("abs", {x})})});
  const TensorId log = op.emit("ln", {op.emit("add", {small, op.reals(1)})});
  op.result(op.emit("add", {op.emit("relu", {x}), log}));
}

void import_softsign(Operator& op) {
  const TensorId x = op.input(0);
  op.result(op.emit("div", {x, op.emit("add", {op.emit("abs", {x}), op.reals(1)})}));
}

void import_reciprocal(Operator& op) {
  op.result(op.emit("div", {op.reals(1), op.input(0)}));
}

void import_pow(Operator& op) {
  const auto power = op.constant_reals(1);
  op.require(power.size() == 1, "the exponent must be one number");
  const TensorId x = op.input(0);
  if (power[0] == 1) return op.result(x);
  if (power[0] == 2) return op.result(op.emit("square", {x}));
  if (power[0] == 0.5f) return op.result(op.emit("sqrt", {x}));
  if (power[0] == 3) return op.result(op.emit("mul", {op.emit("square", {x}), x}));
  op.require(false, "exponents other than 0.5, 1, 2 and 3 are not supported");
}

void import_mod(Operator& op) {
  op.require(op.integer("fmod", 0) == 0, "fmod is not supported");
  op.result(op.emit("floor_mod", {op.input(0), op.input(1)}));
}

// Bounds stand in inputs since operator set 11, which may be missing.
void import_clip(Operator& op) {
  const TensorId x = op.input(0);
  if (op.opset() < 11) {
    TensorId y = x;
    const double low = op.real("min", -3.4e38), high = op.real("max", 3.4e38);
    if (low == 0 && high == 6) return op.result(op.emit("relu6", {x}));
    if (op.has("min")) y = op.emit("maximum", {y, op.reals(static_cast<float>(low))});
    if (op.has("max")) y = op.emit("minimum", {y, op.reals(static_cast<float>(high))});
    return op.result(y);
  }
  const auto is = [&](size_t index, float value) {
    if (!op.has_input(index)) return false;
    const ir::Tensor& bound = op.tensor(op.input(index));
    return bound.constant && bound.dtype == DType::f32 && bound.elements() == 1 &&
           bound.values<float>()[0] == value;
  };
  if (is(1, 0) && is(2, 6)) return op.result(op.emit("relu6", {x}));
  if (is(1, 0) && !op.has_input(2)) return op.result(op.emit("relu", {x}));
  TensorId y = x;
  if (op.has_input(1)) y = op.emit("maximum", {y, op.input(1)});
  if (op.has_input(2)) y = op.emit("minimum", {y, op.input(2)});
  op.result(y);
}

void import_identity(Operator& op) {
  op.result(op.input(0));
}

// In inference nothing is dropped, and the mask, an optional output, is not there.
void import_dropout(Operator& op) {
  op.require(!op.has_input(2), "training is not supported");
  op.result(op.input(0));
}

void import_cast(Operator& op) {
  const DType to = dtype_of(static_cast<int32_t>(op.integer("to")));
  if (op.tensor(op.input(0)).dtype == to) return op.result(op.input(0));
  op.result(op.emit("cast", {op.input(0)}, {{"to", std::string(ir::dtype_name(to))}}));
}

constexpr Rule rules[] = {
    {"Abs", import_abs},
    {"Add", import_add},
    {"And", import_and},
    {"Cast", import_cast},
    {"Ceil", import_ceil},
    {"Clip", import_clip},
    {"Cos", import_cos},
    {"Div", import_div},
    {"Dropout", import_dropout},
    {"Elu", import_elu},
    {"Equal", import_equal},
    {"Exp", import_exp},
    {"Floor", import_floor},
    {"Gelu", import_gelu},
    {"Greater", import_greater},
    {"GreaterOrEqual", import_greater_equal},
    {"HardSigmoid", import_hard_sigmoid},
    {"HardSwish", import_hard_swish},
    {"Identity", import_identity},
    {"LeakyRelu", import_leaky_relu},
    {"Less", import_less},
    {"LessOrEqual", import_less_equal},
    {"Log", import_log},
    {"Max", import_max},
    {"Mean", import_mean},
    {"Min", import_min},
    {"Mod", import_mod},
    {"Mul", import_mul},
    {"Neg", import_neg},
    {"Not", import_not},
    {"Or", import_or},
    {"PRelu", import_prelu},
    {"Pow", import_pow},
    {"Reciprocal", import_reciprocal},
    {"Relu", import_relu},
    {"Round", import_round},
    {"Selu", import_selu},
    {"Sigmoid", import_sigmoid},
    {"Sin", import_sin},
    {"Softplus", import_softplus},
    {"Softsign", import_softsign},
    {"Sqrt", import_sqrt},
    {"Sub", import_sub},
    {"Sum", import_sum},
    {"Tanh", import_tanh},
};

}  // namespace

std::span<const Rule> elementwise_rules() {
  return rules;
}

}  // namespace mote::onnx
