// Import rules of quantised operators. All become nodes between dequantize and quantize nodes that
// say that they only simulate int8; a pass computes on the stored values where it can.

#include <algorithm>
#include <cmath>

#include "compiler/import/onnx_file.hpp"
#include "compiler/import/onnx_operator.hpp"

namespace mote::onnx {
namespace {

using ir::DType;

int64_t integer_at(const ir::Tensor& tensor, size_t index) {
  switch (tensor.dtype) {
    case DType::i8:
      return tensor.values<int8_t>()[index];
    case DType::u8:
      return tensor.values<uint8_t>()[index];
    case DType::i16:
      return tensor.values<int16_t>()[index];
    case DType::i32:
      return tensor.values<int32_t>()[index];
    case DType::f32:
    case DType::u32:
    case DType::i64:
    case DType::u64:
    case DType::boolean:
      break;
  }
  throw ir::GraphError("'" + tensor.name + "' is of a type that holds no stored values");
}

// Scales and zero points of inputs that must be constants; zero_at may be missing. axis: which one
// the scales are of, when there are several, of a tensor of `shape`.
ir::Quantization quantization(Operator& op, size_t scale_at, size_t zero_at, int64_t axis,
                              const ir::Shape& shape) {
  ir::Quantization made;
  made.scale = op.constant_reals(scale_at);
  made.zero_point.assign(made.scale.size(), 0);
  op.require(!made.scale.empty(), "needs a scale");
  for (const float scale : made.scale) {
    op.require(std::isfinite(scale) && scale > 0, "scale " + std::to_string(scale));
  }
  if (op.has_input(zero_at)) {
    const ir::Tensor& zero = op.tensor(op.input(zero_at));
    op.require(zero.constant && zero.elements() == static_cast<int64_t>(made.scale.size()),
               "needs a constant zero point for each scale");
    for (size_t i = 0; i < made.scale.size(); ++i) {
      made.zero_point[i] = static_cast<int32_t>(integer_at(zero, i));
    }
  }
  if (made.scale.size() > 1) {
    axis = op.axis(axis, static_cast<int64_t>(shape.size()));
    made.axis = static_cast<int32_t>(axis);
    op.require(shape[static_cast<size_t>(axis)] == static_cast<int32_t>(made.scale.size()),
               "needs one scale for each entry of the axis");
  }
  return made;
}

// Reals with the stored values and scales of a constant.
ir::Tensor real_constant(const ir::Tensor& stored, const ir::Quantization& q) {
  ir::Tensor made{stored.name, DType::f32, stored.shape, q, true, {}};
  if (made.shape.empty()) made.shape = {1};
  std::ranges::fill(made.quantization.zero_point, 0);
  size_t inner = 1;  // elements between one channel and the next
  for (size_t k = static_cast<size_t>(q.axis) + 1; q.axis >= 0 && k < made.shape.size(); ++k) {
    inner *= static_cast<size_t>(made.shape[k]);
  }
  made.data.resize(static_cast<size_t>(made.byte_size()));
  const auto values = made.values<float>();
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t channel = q.axis < 0 ? 0 : i / inner % q.scale.size();
    const int64_t centred = integer_at(stored, i) - q.zero_point[channel];
    values[i] = static_cast<float>(centred) * q.scale[channel];
  }
  return made;
}

// Real values of x, whose stored ones have this quantisation. An activation gets it.
TensorId dequantized(Operator& op, TensorId x, const ir::Quantization& given) {
  const ir::Tensor& source = op.tensor(x);
  op.require(source.dtype == DType::i8 || source.dtype == DType::u8 || source.dtype == DType::i16 ||
                 source.dtype == DType::i32,
             "'" + source.name + "' is of a type that can't be dequantised");
  if (source.constant) {
    return op.constant(real_constant(source, given));
  }
  if (source.quantization.empty()) {
    op.set_quantization(x, given);
  } else {
    op.require(source.quantization == given,
               "'" + source.name + "' is read with another scale than it is written with");
  }
  return op.dequantized(x);
}

// The type that an operator stores its result in: that of its zero point.
DType stored_type(Operator& op, size_t zero_at) {
  if (op.has_input(zero_at)) return op.tensor(op.input(zero_at)).dtype;
  return op.has("output_dtype") ? dtype_of(static_cast<int32_t>(op.integer("output_dtype")))
                                : DType::u8;
}

// Inputs x, scale and zero point from `at` on, as real values.
TensorId real_input(Operator& op, size_t at, int64_t axis = -1) {
  const TensorId x = op.input(at);
  return dequantized(op, x, quantization(op, at + 1, at + 2, axis, op.shape(x)));
}

// `real` stored as the scale and zero point from input `at` on say.
TensorId stored(Operator& op, TensorId real, size_t at) {
  const ir::Quantization made = quantization(op, at, at + 1, -1, op.shape(real));
  op.require(made.axis < 0, "a scale per channel of an activation is not supported");
  return op.quantized(real, stored_type(op, at + 1), made);
}

// A constant of scales or zero points as reals, spread so that it broadcasts to x: one value, one
// per entry of an axis, or one per block of entries.
TensorId spread(Operator& op, TensorId values, TensorId x, int64_t axis, int64_t block) {
  const ir::Shape shape = op.shape_copy(x);
  values = op.cast(values, DType::f32);
  if (op.tensor(values).elements() == 1) return op.reshaped(values, {1});
  if (block == 0) {
    Integers wide(shape.size(), 1);
    wide[static_cast<size_t>(axis)] = op.tensor(values).elements();
    return op.reshaped(values, wide);
  }
  op.require(op.shape(values).size() == shape.size(), "blocks of scales differ in rank");
  op.require(shape[static_cast<size_t>(axis)] <= listed_max, "the axis is too long");
  Integers entries;
  for (int64_t i = 0; i < shape[static_cast<size_t>(axis)]; ++i) {
    entries.push_back(i / block);
    op.require(entries.back() < op.shape(values)[static_cast<size_t>(axis)],
               "needs a scale for each block");
  }
  return op.emit("gather", {values, op.indices(entries)}, {{"axis", axis}});
}

struct Spread {
  TensorId scale, zero;  // zero: no_tensor for 0
};

Spread spread_inputs(Operator& op, TensorId x) {
  const int64_t rank = op.rank(x);
  op.require(rank >= 1, "a scalar has one scale");
  const int64_t axis = rank == 1 ? 0 : op.axis(op.integer("axis", 1), rank);
  const int64_t block = op.integer("block_size", 0);
  op.require(block >= 0 && block <= 1 << 20, "block_size " + std::to_string(block));
  const TensorId zero = op.has_input(2) ? spread(op, op.input(2), x, axis, block) : ir::no_tensor;
  return {spread(op, op.input(1), x, axis, block), zero};
}

bool one_scale(Operator& op) {
  const ir::Tensor& scale = op.tensor(op.input(1));
  return scale.constant && scale.elements() == 1;
}

std::pair<float, float> range_of(Operator& op, DType dtype) {
  if (dtype == DType::i8) return {-128, 127};
  if (dtype == DType::u8) return {0, 255};
  op.require(dtype == DType::i16, "what it stores in is not supported");
  return {-32768, 32767};
}

// Real values in [low, high] to the nearest integers of a type.
TensorId rounded(Operator& op, TensorId x, TensorId zero, DType to) {
  x = op.emit("round", {x});
  if (zero != ir::no_tensor) x = op.emit("add", {x, zero});
  const auto [low, high] = range_of(op, to);
  x = op.emit("minimum", {op.emit("maximum", {x, op.reals(low)}), op.reals(high)});
  return op.cast(x, to);
}

void import_quantize(Operator& op) {
  const TensorId x = op.input(0);
  op.require(op.tensor(x).dtype == DType::f32, "input must be float32");
  if (one_scale(op)) return op.result(stored(op, x, 1));
  const Spread by = spread_inputs(op, x);
  op.result(rounded(op, op.emit("div", {x, by.scale}), by.zero, stored_type(op, 2)));
}

void import_dequantize(Operator& op) {
  const TensorId x = op.input(0);
  const int64_t axis = op.integer("axis", 1);
  if (one_scale(op) || (op.tensor(x).constant && op.integer("block_size", 0) == 0)) {
    return op.result(real_input(op, 0, axis));
  }
  const Spread by = spread_inputs(op, x);
  TensorId real = op.cast(x, DType::f32);
  if (by.zero != ir::no_tensor) real = op.emit("sub", {real, by.zero});
  op.result(op.emit("mul", {real, by.scale}));
}

// y = clamp(round(x / scale) + zero) with scale and zero from the values' own range.
void import_dynamic_quantize(Operator& op) {
  const TensorId x = op.input(0);
  Integers axes;
  for (int64_t k = 0; k < op.rank(x); ++k) axes.push_back(k);
  const TensorId all = op.indices(axes);
  const auto end = [&](const char* reduce, const char* with) {
    return op.emit(with, {op.emit(reduce, {x, all}), op.reals(0)});
  };
  const TensorId low = end("reduce_min", "minimum"), high = end("reduce_max", "maximum");
  constexpr float smallest = 1e-30f;  // an input of zeros alone has some scale too
  TensorId scale = op.emit("div", {op.emit("sub", {high, low}), op.reals(255)});
  scale = op.emit("maximum", {scale, op.reals(smallest)});
  TensorId zero = op.emit("round", {op.emit("neg", {op.emit("div", {low, scale})})});
  zero = op.emit("minimum", {op.emit("maximum", {zero, op.reals(0)}), op.reals(255)});
  op.results = {rounded(op, op.emit("div", {x, scale}), zero, DType::u8), scale,
                op.cast(zero, DType::u8)};
}

// Integers of 8 bits less their zero point, as reals.
TensorId centred(Operator& op, size_t at, size_t zero_at, int64_t axis) {
  const TensorId x = op.input(at);
  op.require(op.tensor(x).dtype == DType::i8 || op.tensor(x).dtype == DType::u8,
             "inputs must be int8 or uint8");
  const TensorId real = op.cast(x, DType::f32);
  if (!op.has_input(zero_at)) return real;
  return op.emit("sub", {real, spread(op, op.input(zero_at), x, axis, 0)});
}

// So many products of 9-bit integers can be added in float32 without rounding.
constexpr int64_t exact_terms = (1 << 24) / (255 * 255);

// The sum of what `product` gives for parts of two factors, in int32.
template <class Product>
TensorId exact_sum(Operator& op, TensorId a, size_t a_axis, TensorId b, size_t b_axis, int64_t part,
                   Product&& product) {
  const int64_t extent = op.shape(a).at(a_axis);
  op.require(part >= 1 && extent <= 256 * part, "sums of too many terms");
  TensorId sum = ir::no_tensor;
  for (int64_t begin = 0; begin < extent; begin += part) {
    const int64_t count = std::min(part, extent - begin);
    const bool whole = count == extent;
    const TensorId one =
        op.cast(whole ? product(a, b)
                      : product(op.part(a, a_axis, begin, count), op.part(b, b_axis, begin, count)),
                DType::i32);
    sum = sum == ir::no_tensor ? one : op.emit("add", {sum, one});
  }
  return sum;
}

void import_matmul_integer(Operator& op) {
  const int64_t rank = op.rank(op.input(0)), right = op.rank(op.input(1));
  op.require(rank >= 2 && right >= 2, "both factors must be matrices");
  const TensorId a = centred(op, 0, 2, rank - 2), b = centred(op, 1, 3, right - 1);
  op.result(exact_sum(op, a, static_cast<size_t>(rank) - 1, b, static_cast<size_t>(right) - 2,
                      exact_terms, [&](TensorId left, TensorId other) {
                        op.inputs = {left, other};
                        op.import_as("MatMul");
                        return op.results.at(0);
                      }));
}

void import_conv_integer(Operator& op) {
  const TensorId x = centred(op, 0, 2, 1), w = centred(op, 1, 3, 0);
  op.require(op.rank(x) >= 3 && op.rank(w) == op.rank(x), "input must be [n, c, ...]");
  const ir::Shape shape = op.shape_copy(w);
  const int64_t taps = op.tensor(w).elements() / shape[0] / shape[1];
  const auto convolve = [&](TensorId part, TensorId weights) {
    op.inputs = {part, weights};
    op.import_as("Conv");
    return op.results.at(0);
  };
  if (op.integer("group", 1) == 1) {
    return op.result(exact_sum(op, x, 1, w, 1, exact_terms / taps, convolve));
  }
  op.require(taps * shape[1] <= exact_terms, "sums of too many terms in groups");
  op.result(op.cast(convolve(x, w), DType::i32));
}

// A bias of whole sums: its scale is the product of the factors' scales.
TensorId real_bias(Operator& op, size_t at, size_t x_scale_at, size_t w_scale_at) {
  if (!op.has_input(at)) return ir::no_tensor;
  const TensorId bias = op.input(at);
  const float x_scale = op.constant_reals(x_scale_at).at(0);
  ir::Quantization made{op.constant_reals(w_scale_at), {}, -1};
  for (float& scale : made.scale) scale *= x_scale;
  made.zero_point.assign(made.scale.size(), 0);
  if (made.scale.size() > 1) {
    made.axis = static_cast<int32_t>(op.rank(bias)) - 1;
    op.require(op.shape(bias).back() == static_cast<int32_t>(made.scale.size()),
               "needs a bias for each scale");
  }
  op.require(op.tensor(bias).constant && op.tensor(bias).dtype == DType::i32,
             "its bias must be a constant of int32");
  return dequantized(op, bias, made);
}

// Computes on real values, with the inputs given, what the operator `type` does, and stores the
// result as input `at` says.
void import_between(Operator& op, const char* type, std::vector<TensorId> real, size_t at) {
  const std::vector<TensorId> given = op.inputs;
  op.inputs = std::move(real);
  op.import_as(type);
  const TensorId y = op.results.at(0);
  op.inputs = given;
  op.result(stored(op, y, at));
}

void import_qlinear_conv(Operator& op) {
  const TensorId x = real_input(op, 0), w = real_input(op, 3, 0);
  import_between(op, "Conv", {x, w, real_bias(op, 8, 1, 4)}, 6);
}

void import_qlinear_matmul(Operator& op) {
  const TensorId a = real_input(op, 0, -2), b = real_input(op, 3, -1);
  import_between(op, "MatMul", {a, b}, 6);
}

void import_q_gemm(Operator& op) {
  const TensorId a = real_input(op, 0), b = real_input(op, 3, op.integer("transB", 0) ? 0 : 1);
  import_between(op, "Gemm", {a, b, real_bias(op, 6, 1, 4)}, 7);
}

// One input, or two.
#define MOTE_STORED(RULE, TYPE)                       \
  void RULE(Operator& op) {                           \
    import_between(op, TYPE, {real_input(op, 0)}, 3); \
  }
#define MOTE_STORED_PAIR(RULE, TYPE)                             \
  void RULE(Operator& op) {                                      \
    const TensorId a = real_input(op, 0), b = real_input(op, 3); \
    import_between(op, TYPE, {a, b}, 6);                         \
  }
MOTE_STORED_PAIR(import_qlinear_add, "Add")
MOTE_STORED_PAIR(import_qlinear_mul, "Mul")
MOTE_STORED(import_qlinear_sigmoid, "Sigmoid")
MOTE_STORED(import_qlinear_leaky_relu, "LeakyRelu")
MOTE_STORED(import_qlinear_softmax, "Softmax")
MOTE_STORED(import_average_pool_stored, "AveragePool")
MOTE_STORED(import_global_pool_stored, "GlobalAveragePool")
#undef MOTE_STORED
#undef MOTE_STORED_PAIR

void import_qlinear_average_pool(Operator& op) {
  op.require(op.integer("channels_last", 0) == 0, "channels_last is not supported");
  import_average_pool_stored(op);
}

void import_qlinear_global_pool(Operator& op) {
  op.require(op.integer("channels_last", 0) == 0, "channels_last is not supported");
  import_global_pool_stored(op);
}

void import_qlinear_concat(Operator& op) {
  std::vector<TensorId> parts;
  for (size_t at = 2; at + 2 < op.inputs.size() + 1; at += 3) parts.push_back(real_input(op, at));
  import_between(op, "Concat", parts, 0);
}

constexpr Rule rules[] = {
    {"ConvInteger", import_conv_integer},
    {"DequantizeLinear", import_dequantize},
    {"DynamicQuantizeLinear", import_dynamic_quantize},
    {"MatMulInteger", import_matmul_integer},
    {"QLinearConv", import_qlinear_conv},
    {"QLinearMatMul", import_qlinear_matmul},
    {"QuantizeLinear", import_quantize},
    {"com.microsoft.DequantizeLinear", import_dequantize},
    {"com.microsoft.QGemm", import_q_gemm},
    {"com.microsoft.QLinearAdd", import_qlinear_add},
    {"com.microsoft.QLinearAveragePool", import_qlinear_average_pool},
    {"com.microsoft.QLinearConcat", import_qlinear_concat},
    {"com.microsoft.QLinearGlobalAveragePool", import_qlinear_global_pool},
    {"com.microsoft.QLinearLeakyRelu", import_qlinear_leaky_relu},
    {"com.microsoft.QLinearMul", import_qlinear_mul},
    {"com.microsoft.QLinearSigmoid", import_qlinear_sigmoid},
    {"com.microsoft.QLinearSoftmax", import_qlinear_softmax},
    {"com.microsoft.QuantizeLinear", import_quantize},
};

}  // namespace

std::span<const Rule> quantize_rules() {
  return rules;
}

}  // namespace mote::onnx
