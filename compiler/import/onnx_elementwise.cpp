// Import rules of element-wise operators.

#include <algorithm>
#include <cmath>

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

// Integers in the graph's arithmetic type for them, int32. Constants of 64 bits may have values
// that fit.
TensorId widened(Operator& op, TensorId x) {
  const ir::Tensor& tensor = op.tensor(x);
  switch (tensor.dtype) {
    case DType::f32:
    case DType::i32:
    case DType::boolean:
      return x;
    case DType::i8:
    case DType::u8:
    case DType::i16:
      break;
    case DType::u32:
    case DType::u64:
    case DType::i64:
      op.require(tensor.constant, "arithmetic with " + std::string(ir::dtype_name(tensor.dtype)) +
                                      " is only supported on constants");
      if (tensor.dtype == DType::u64) {
        for (const uint64_t v : tensor.values<uint64_t>())
          op.require(v <= INT32_MAX, "a constant is over 2^31");
      } else if (tensor.dtype == DType::u32) {
        for (const uint32_t v : tensor.values<uint32_t>())
          op.require(v <= INT32_MAX, "a constant is over 2^31");
      } else {
        for (const int64_t v : tensor.values<int64_t>()) {
          op.require(v >= INT32_MIN && v <= INT32_MAX, "a constant has more than 32 bits");
        }
      }
  }
  return op.cast(x, DType::i32);
}

// Two inputs whose shapes broadcast.
TensorId binary(Operator& op, const char* name, TensorId a, TensorId b, bool compares = false) {
  const DType type = op.tensor(a).dtype;
  op.require(op.tensor(b).dtype == type, "inputs differ in type");
  const TensorId y = op.emit(name, {widened(op, a), widened(op, b)});
  return compares ? y : op.cast(y, type);
}

#define MOTE_BINARY(RULE, OP)                            \
  void RULE(Operator& op) {                              \
    op.result(binary(op, OP, op.input(0), op.input(1))); \
  }
MOTE_BINARY(import_add, "add")
MOTE_BINARY(import_sub, "sub")
MOTE_BINARY(import_mul, "mul")
MOTE_BINARY(import_div, "div")
#undef MOTE_BINARY
#define MOTE_COMPARISON(RULE, OP)                              \
  void RULE(Operator& op) {                                    \
    op.result(binary(op, OP, op.input(0), op.input(1), true)); \
  }
MOTE_COMPARISON(import_equal, "equal")
MOTE_COMPARISON(import_greater, "greater")
MOTE_COMPARISON(import_greater_equal, "greater_equal")
MOTE_COMPARISON(import_less, "less")
MOTE_COMPARISON(import_less_equal, "less_equal")
MOTE_COMPARISON(import_and, "logical_and")
MOTE_COMPARISON(import_or, "logical_or")
#undef MOTE_COMPARISON

// Of booleans: whether they differ.
void import_xor(Operator& op) {
  op.result(op.emit("not_equal", {op.input(0), op.input(1)}));
}

// Any number of inputs, joined two at a time.
TensorId joined(Operator& op, const char* name) {
  TensorId sum = op.input(0);
  for (size_t i = 1; i < op.inputs.size(); ++i) sum = binary(op, name, sum, op.input(i));
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
  op.result(op.emit("prelu", {op.input(0), op.input(1)}));
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

// x * tanh(ln(1 + e^x))
void import_mish(Operator& op) {
  import_softplus(op);
  op.result(op.emit("mul", {op.input(0), op.emit("tanh", {op.results.at(0)})}));
}

void import_swish(Operator& op) {
  const TensorId x = op.input(0);
  const auto alpha = static_cast<float>(op.real("alpha", 1));
  const TensorId scaled = alpha == 1 ? x : op.emit("mul", {x, op.reals(alpha)});
  op.result(op.emit("mul", {x, op.emit("logistic", {scaled})}));
}

void import_celu(Operator& op) {
  const TensorId x = op.input(0);
  const auto alpha = static_cast<float>(op.real("alpha", 1));
  const TensorId y = op.emit("elu", {op.emit("mul", {x, op.reals(1 / alpha)})});
  op.result(two_sided(op, x, y, op.reals(alpha)));
}

// 1 where the comparison holds, else 0.
TensorId indicator(Operator& op, const char* comparison, TensorId x, float bound) {
  return op.cast(op.emit(comparison, {x, op.reals(bound)}), DType::f32);
}

void import_sign(Operator& op) {
  const TensorId x = op.input(0);
  op.result(op.emit("sub", {indicator(op, "greater", x, 0), indicator(op, "less", x, 0)}));
}

// y where the comparison of x holds, else `otherwise`.
TensorId chosen(Operator& op, const char* comparison, TensorId x, float bound, TensorId y,
                TensorId otherwise) {
  return op.emit("select", {op.emit(comparison, {x, op.reals(bound)}), y, otherwise});
}

void import_thresholded_relu(Operator& op) {
  const TensorId x = op.input(0);
  const auto alpha = static_cast<float>(op.real("alpha", 1));
  op.result(chosen(op, "greater", x, alpha, x, op.reals(0)));
}

// x + bias below -lambd, x - bias above lambd, else 0.
void import_shrink(Operator& op) {
  const TensorId x = op.input(0);
  const auto bias = static_cast<float>(op.real("bias", 0));
  const auto lambd = static_cast<float>(op.real("lambd", 0.5));
  const TensorId below =
      chosen(op, "less", x, -lambd, op.emit("add", {x, op.reals(bias)}), op.reals(0));
  op.result(chosen(op, "greater", x, lambd, op.emit("sub", {x, op.reals(bias)}), below));
}

void import_where(Operator& op) {
  op.result(op.emit("select", {op.input(0), op.input(1), op.input(2)}));
}

void import_softsign(Operator& op) {
  const TensorId x = op.input(0);
  op.result(op.emit("div", {x, op.emit("add", {op.emit("abs", {x}), op.reals(1)})}));
}

void import_reciprocal(Operator& op) {
  op.result(op.emit("div", {op.reals(1), op.input(0)}));
}

// Exponents must be constants: all 0.5, or whole numbers.
void import_pow(Operator& op) {
  constexpr float exponent_max = 64;
  const DType type = op.tensor(op.input(0)).dtype;
  const TensorId exponents = op.cast(op.input(1), DType::f32);
  op.require(op.tensor(exponents).constant, "the exponent must be a constant");
  const auto given = op.tensor(exponents).values<float>();
  const std::vector<float> values(given.begin(), given.end());
  const TensorId x = op.cast(op.input(0), DType::f32);
  if (std::ranges::count(values, 0.5f) == static_cast<std::ptrdiff_t>(values.size())) {
    return op.result(op.cast(op.emit("sqrt", {x}), type));
  }
  uint32_t all = 0, some = 0;
  bool negative = false;
  for (const float value : values) {
    op.require(value == std::floor(value) && std::abs(value) <= exponent_max,
               "exponents other than 0.5 and whole numbers up to 64 are not supported");
    some |= static_cast<uint32_t>(std::abs(value));
    negative = negative || value < 0;
  }
  op.require(!negative || std::ranges::all_of(values, [&](float v) { return v == values[0]; }),
             "negative exponents that differ are not supported");
  all = some;
  for (const float value : values) all &= static_cast<uint32_t>(std::abs(value));
  // The bits of the exponents choose among x, x^2, x^4, ...
  TensorId y = ir::no_tensor, square = x;
  const TensorId one = op.reals(1);
  for (uint32_t bit = 0; some >> bit != 0; ++bit) {
    TensorId factor = square;
    if ((some >> bit & 1) != 0) {
      if ((all >> bit & 1) == 0) {
        ir::Tensor mask{"mask", DType::boolean, op.shape(exponents), {}, true, {}};
        for (const float value : values) {
          mask.data.push_back(static_cast<uint32_t>(std::abs(value)) >> bit & 1);
        }
        factor = op.emit("select", {op.constant(std::move(mask)), square, one});
      }
      y = y == ir::no_tensor ? factor : op.emit("mul", {y, factor});
    }
    if (some >> (bit + 1) != 0) square = op.emit("square", {square});
  }
  if (y == ir::no_tensor) y = op.emit("add", {op.emit("mul", {x, op.reals(0)}), one});
  if (negative) y = op.emit("div", {one, y});
  op.result(op.cast(y, type));
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
  if (op.has_input(1)) y = binary(op, "maximum", y, op.input(1));
  if (op.has_input(2)) y = binary(op, "minimum", y, op.input(2));
  op.result(y);
}

void import_identity(Operator& op) {
  op.result(op.input(0));
}

// In inference nothing is dropped, and all of the mask, an optional output, is true.
void import_dropout(Operator& op) {
  op.require(!op.has_input(2), "training is not supported");
  const TensorId x = op.input(0);
  op.result(x);
  if (!op.wants(1)) return;
  ir::Tensor mask{
      "mask", op.opset() < 10 ? op.tensor(x).dtype : DType::boolean, op.shape(x), {}, true, {}};
  op.require(op.opset() >= 10 || mask.dtype == DType::f32, "input must be float32");
  mask.data.assign(static_cast<size_t>(mask.byte_size()), 1);
  if (mask.dtype == DType::f32) std::ranges::fill(mask.values<float>(), 1.0f);
  op.results.push_back(op.constant(std::move(mask)));
}

void import_cast(Operator& op) {
  op.result(op.cast(op.input(0), dtype_of(static_cast<int32_t>(op.integer("to")))));
}

void import_cast_like(Operator& op) {
  op.result(op.cast(op.input(0), op.tensor(op.input(1)).dtype));
}

constexpr Rule rules[] = {
    {"Abs", import_abs},
    {"Add", import_add},
    {"And", import_and},
    {"Cast", import_cast},
    {"CastLike", import_cast_like},
    {"Ceil", import_ceil},
    {"Celu", import_celu},
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
    {"Mish", import_mish},
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
    {"Shrink", import_shrink},
    {"Sigmoid", import_sigmoid},
    {"Sign", import_sign},
    {"Sin", import_sin},
    {"Softplus", import_softplus},
    {"Softsign", import_softsign},
    {"Sqrt", import_sqrt},
    {"Sub", import_sub},
    {"Sum", import_sum},
    {"Swish", import_swish},
    {"Tanh", import_tanh},
    {"ThresholdedRelu", import_thresholded_relu},
    {"Where", import_where},
    {"Xor", import_xor},
};

}  // namespace

std::span<const Rule> elementwise_rules() {
  return rules;
}

}  // namespace mote::onnx
