#include "compiler/import/tflite_types.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "compiler/import/tflite.hpp"

namespace mote::tflite {
namespace {

std::optional<ir::DType> dtype_of(schema::TensorType type) {
  constexpr std::pair<schema::TensorType, ir::DType> known[] = {
      {schema::TensorType_INT8, ir::DType::i8},      {schema::TensorType_INT16, ir::DType::i16},
      {schema::TensorType_INT32, ir::DType::i32},    {schema::TensorType_FLOAT32, ir::DType::f32},
      {schema::TensorType_UINT8, ir::DType::u8},     {schema::TensorType_UINT32, ir::DType::u32},
      {schema::TensorType_INT64, ir::DType::i64},    {schema::TensorType_UINT64, ir::DType::u64},
      {schema::TensorType_BOOL, ir::DType::boolean}, {schema::TensorType_INT4, ir::DType::i8},
  };
  for (const auto& [theirs, ours] : known) {
    if (theirs == type) return ours;
  }
  return std::nullopt;
}

// Operators that take uint8 as bytes or turn it into another type.
bool only_moves(int32_t code) {
  constexpr schema::BuiltinOperator movers[] = {
      schema::BuiltinOperator_QUANTIZE,      schema::BuiltinOperator_DEQUANTIZE,
      schema::BuiltinOperator_CAST,          schema::BuiltinOperator_RESHAPE,
      schema::BuiltinOperator_SQUEEZE,       schema::BuiltinOperator_EXPAND_DIMS,
      schema::BuiltinOperator_TRANSPOSE,     schema::BuiltinOperator_SLICE,
      schema::BuiltinOperator_STRIDED_SLICE, schema::BuiltinOperator_SPLIT,
      schema::BuiltinOperator_SPLIT_V,       schema::BuiltinOperator_CONCATENATION,
      schema::BuiltinOperator_PACK,          schema::BuiltinOperator_UNPACK,
      schema::BuiltinOperator_PAD,           schema::BuiltinOperator_PADV2,
      schema::BuiltinOperator_GATHER,        schema::BuiltinOperator_RESIZE_NEAREST_NEIGHBOR,
      schema::BuiltinOperator_CUSTOM};
  return std::ranges::find(movers, code) != std::end(movers);
}

bool reads_packed(int32_t code) {
  return code == schema::BuiltinOperator_CONV_2D ||
         code == schema::BuiltinOperator_DEPTHWISE_CONV_2D ||
         code == schema::BuiltinOperator_FULLY_CONNECTED;
}

}  // namespace

bool quantised_uint8(const schema::Tensor& tensor) {
  const auto* q = tensor.quantization();
  return tensor.type() == schema::TensorType_UINT8 && q != nullptr && q->scale() != nullptr &&
         q->scale()->size() > 0;
}

TensorTypes::TensorTypes(const File& file, const schema::SubGraph& graph)
    : file_(file), graph_(graph) {
  for (const schema::Operator* source : *graph.operators()) {
    if (only_moves(file.builtin_code(*source))) continue;
    for (int32_t index : ints(source->inputs())) {
      computes_in_uint8_ = computes_in_uint8_ || (index >= 0 && quantised_uint8(tensor(index)));
    }
  }
}

bool TensorTypes::shifted(int32_t index) const {
  return computes_in_uint8_ && quantised_uint8(tensor(index));
}

bool TensorTypes::packed_weights(const schema::Operator& source) const {
  const auto inputs = ints(source.inputs());
  return reads_packed(file_.builtin_code(source)) && inputs.size() > 1 && inputs[1] >= 0 &&
         tensor(inputs[1]).type() == schema::TensorType_INT4;
}

std::optional<ir::DType> TensorTypes::of(int32_t index) const {
  if (shifted(index)) return ir::DType::i8;
  return dtype_of(tensor(index).type());
}

std::vector<uint8_t> TensorTypes::converted(int32_t index, std::span<const uint8_t> stored,
                                            int64_t elements) const {
  const bool nibbles = tensor(index).type() == schema::TensorType_INT4;
  const int64_t expected = nibbles ? (elements + 1) / 2 : elements * ir::dtype_bytes(*of(index));
  if (static_cast<int64_t>(stored.size()) != expected) {
    throw ir::GraphError("its buffer has " + std::to_string(stored.size()) +
                         " bytes where its shape needs " + std::to_string(expected));
  }
  std::vector<uint8_t> bytes;
  if (nibbles) {  // two signed values in a byte, the first in its low half
    for (int64_t i = 0; i < elements; ++i) {
      const int32_t value = stored[static_cast<size_t>(i / 2)] >> (i % 2 * 4) & 15;
      bytes.push_back(static_cast<uint8_t>(value < 8 ? value : value - 16));
    }
    return bytes;
  }
  bytes.assign(stored.begin(), stored.end());
  if (!shifted(index)) return bytes;
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(byte - uint8_shift);
  return bytes;
}

void check_extents(std::span<const int32_t> shape, const std::string& name, int64_t element_bytes) {
  const auto fail = [&](const std::string& fact) {
    throw ir::GraphError("tensor '" + name + "': " + fact);
  };
  if (shape.size() > rank_max) {
    fail("rank " + std::to_string(shape.size()) + " is over " + std::to_string(rank_max));
  }
  int64_t bytes = element_bytes;
  for (int32_t extent : shape) {
    if (extent < 1) fail("extent " + std::to_string(extent) + " in its shape");
    bytes *= extent;
    if (bytes > tensor_bytes_max) {
      fail("its shape needs more than " + std::to_string(tensor_bytes_max) + " bytes");
    }
  }
}

ir::Quantization quantization_of(const schema::Tensor& source, const std::string& name) {
  const auto* q = source.quantization();
  if (q == nullptr || q->scale() == nullptr || q->scale()->size() == 0) return {};
  const auto fail = [&](const std::string& fact) {
    throw ir::GraphError("tensor '" + name + "': " + fact);
  };
  if (q->details_type() != 0) fail("custom quantisation is not supported");
  const auto count = static_cast<int64_t>(q->scale()->size());
  const int64_t zeros = q->zero_point() == nullptr ? 0 : q->zero_point()->size();
  if (zeros != 0 && zeros != count) {
    fail(std::to_string(zeros) + " zero points for " + std::to_string(count) + " scales");
  }
  ir::Quantization result;
  if (count > 1) {
    const auto dims = ints(source.shape());
    // Some converters give a bias the axis of its weights.
    result.axis = dims.size() == 1 ? 0 : q->quantized_dimension();
    const auto axis = static_cast<size_t>(result.axis);
    if (result.axis < 0 || axis >= dims.size() || dims[axis] != count) {
      fail(std::to_string(count) + " scales don't match axis " + std::to_string(result.axis));
    }
  }
  result.scale.assign(q->scale()->begin(), q->scale()->end());
  for (int64_t i = 0; i < count; ++i) {
    // A vector's length is aligned to 4 in a verified file, but not its 8-byte elements to 8.
    int64_t zero = 0;
    if (zeros != 0) std::memcpy(&zero, q->zero_point()->Data() + i * 8, sizeof zero);
    if (zero < INT32_MIN || zero > INT32_MAX) fail("zero point " + std::to_string(zero));
    result.zero_point.push_back(static_cast<int32_t>(zero));
  }
  return result;
}

}  // namespace mote::tflite
