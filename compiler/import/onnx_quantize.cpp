// Import rules of conversions between real and stored values.

#include "compiler/import/onnx_operator.hpp"

namespace mote::onnx {
namespace {

// Scale and zero point of inputs 1 and 2, which must be constants.
ir::Quantization quantization(Operator& op, const ir::Shape& shape) {
  op.require(op.integer("block_size", 0) == 0, "blocks of scales are not supported");
  ir::Quantization made;
  made.scale = op.constant_reals(1);
  made.zero_point.assign(made.scale.size(), 0);
  if (op.has_input(2)) {
    const ir::Tensor& zero = op.tensor(op.input(2));
    op.require(zero.constant && zero.elements() == static_cast<int64_t>(made.scale.size()),
               "needs a constant zero point for each scale");
    for (size_t i = 0; i < made.scale.size(); ++i) {
      switch (zero.dtype) {
        case ir::DType::i8:
          made.zero_point[i] = zero.values<int8_t>()[i];
          break;
        case ir::DType::u8:
          made.zero_point[i] = zero.values<uint8_t>()[i];
          break;
        case ir::DType::i16:
          made.zero_point[i] = zero.values<int16_t>()[i];
          break;
        case ir::DType::i32:
          made.zero_point[i] = zero.values<int32_t>()[i];
          break;
        case ir::DType::f32:
        case ir::DType::u32:
        case ir::DType::i64:
        case ir::DType::u64:
        case ir::DType::boolean:
          op.require(false, "zero points of this type are not supported");
      }
    }
  }
  if (made.scale.size() > 1) {
    const int64_t axis = op.axis(op.integer("axis", 1), static_cast<int64_t>(shape.size()));
    made.axis = static_cast<int32_t>(axis);
    op.require(shape[static_cast<size_t>(axis)] == static_cast<int32_t>(made.scale.size()),
               "needs one scale for each entry of the axis");
  }
  op.require(!made.scale.empty(), "needs a scale");
  return made;
}

void import_quantize(Operator& op) {
  const TensorId x = op.input(0);
  op.require(op.tensor(x).dtype == ir::DType::f32, "input must be float32");
  const ir::DType to = op.has_input(2) ? op.tensor(op.input(2)).dtype : ir::DType::u8;
  ir::Quantization made = quantization(op, op.shape(x));
  op.require(made.axis < 0, "a scale per channel of an activation is not supported");
  op.result(op.emit_as("quantize", x, to, std::move(made)));
}

// The scale belongs to the input: a copy of a constant gets it, and so does an activation.
void import_dequantize(Operator& op) {
  TensorId x = op.input(0);
  const ir::Quantization given = quantization(op, op.shape(x));
  const ir::Tensor& source = op.tensor(x);
  if (source.constant) {
    ir::Tensor copy = source;
    copy.quantization = given;
    x = op.constant(std::move(copy));
  } else if (source.quantization.empty()) {
    op.set_quantization(x, given);
  } else {
    op.require(source.quantization == given,
               "'" + source.name + "' is read with another scale than it is written with");
  }
  op.result(op.emit("dequantize", {x}));
}

constexpr Rule rules[] = {
    {"DequantizeLinear", import_dequantize},
    {"QuantizeLinear", import_quantize},
};

}  // namespace

std::span<const Rule> quantize_rules() {
  return rules;
}

}  // namespace mote::onnx
