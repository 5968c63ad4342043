#include "compiler/import/onnx_file.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <cstring>
#include <utility>

#include "compiler/import/onnx.hpp"

namespace mote::onnx {
namespace {

using ir::DType;
using ir::GraphError;
using ::onnx::TensorProto;

// Values that stand one by one in a repeated field, as the element type that they are narrowed to.
template <class T, class Field>
void append(const Field& field, std::vector<uint8_t>& bytes) {
  bytes.resize(static_cast<size_t>(field.size()) * sizeof(T));
  size_t at = 0;
  for (const auto value : field) {
    const T narrow = static_cast<T>(value);
    std::memcpy(bytes.data() + at, &narrow, sizeof narrow);
    at += sizeof narrow;
  }
}

std::vector<uint8_t> typed_data(const TensorProto& source, DType dtype) {
  std::vector<uint8_t> bytes;
  switch (dtype) {
    case DType::f32:
      append<float>(source.float_data(), bytes);
      break;
    case DType::i64:
      append<int64_t>(source.int64_data(), bytes);
      break;
    case DType::u64:
      append<uint64_t>(source.uint64_data(), bytes);
      break;
    case DType::u32:
      append<uint32_t>(source.uint64_data(), bytes);
      break;
    case DType::i32:
      append<int32_t>(source.int32_data(), bytes);
      break;
    case DType::i16:
      append<int16_t>(source.int32_data(), bytes);
      break;
    case DType::i8:
    case DType::u8:
    case DType::boolean:
      append<uint8_t>(source.int32_data(), bytes);
      break;
  }
  return bytes;
}

}  // namespace

::onnx::ModelProto parse_model(std::span<const uint8_t> bytes, std::string_view name) {
  constexpr int depth_max = 32;
  const auto fail = [&](const std::string& fact) -> void {
    throw GraphError(std::string(name) + ": " + fact);
  };
  if (bytes.size() > file_bytes_max) {
    fail("an ONNX file of " + std::to_string(bytes.size()) + " bytes; at most " +
         std::to_string(file_bytes_max) + " are read");
  }
  google::protobuf::io::CodedInputStream stream(bytes.data(), static_cast<int>(bytes.size()));
  stream.SetRecursionLimit(depth_max);
  ::onnx::ModelProto model;
  if (!model.ParsePartialFromCodedStream(&stream) || !stream.ConsumedEntireMessage()) {
    fail("this is not an ONNX model: its protocol buffer is damaged or nests too deeply");
  }
  if (!model.has_graph()) fail("this is not an ONNX model: it has no graph");
  return model;
}

int64_t opset_of(const ::onnx::ModelProto& model, std::string_view name) {
  constexpr int64_t oldest = 1, newest = 24;
  for (const auto& opset : model.opset_import()) {
    if (!opset.domain().empty() && opset.domain() != "ai.onnx") continue;
    if (opset.version() >= oldest && opset.version() <= newest) return opset.version();
    throw GraphError(std::string(name) + ": operator set " + std::to_string(opset.version()) +
                     " is not supported (" + std::to_string(oldest) + " to " +
                     std::to_string(newest) + " are); export the model for another one");
  }
  throw GraphError(std::string(name) + ": the file names no version of ONNX's operator set");
}

DType dtype_of(int32_t data_type) {
  constexpr std::pair<int32_t, DType> known[] = {
      {TensorProto::FLOAT, DType::f32},    {TensorProto::UINT8, DType::u8},
      {TensorProto::INT8, DType::i8},      {TensorProto::INT16, DType::i16},
      {TensorProto::INT32, DType::i32},    {TensorProto::INT64, DType::i64},
      {TensorProto::BOOL, DType::boolean}, {TensorProto::UINT32, DType::u32},
      {TensorProto::UINT64, DType::u64},
  };
  for (const auto& [theirs, ours] : known) {
    if (theirs == data_type) return ours;
  }
  // Later versions of the format have more types than the library's enumeration.
  const std::string type =
      TensorProto::DataType_IsValid(data_type)
          ? TensorProto::DataType_Name(static_cast<TensorProto::DataType>(data_type))
          : "number " + std::to_string(data_type);
  throw GraphError("type " + type + " is not supported");
}

void check_extents(const ir::Shape& shape, DType dtype, const std::string& name) {
  const std::string where = "tensor '" + name + "': ";
  if (shape.size() > rank_max) {
    throw GraphError(where + "rank " + std::to_string(shape.size()) + " is over " +
                     std::to_string(rank_max));
  }
  int64_t bytes = ir::dtype_bytes(dtype);
  for (int32_t extent : shape) {
    if (extent < 1) throw GraphError(where + "extent " + std::to_string(extent) + " in its shape");
    bytes *= extent;
    if (bytes > tensor_bytes_max) {
      throw GraphError(where + "its shape needs more than " + std::to_string(tensor_bytes_max) +
                       " bytes");
    }
  }
}

ir::Tensor read_tensor(const TensorProto& source) {
  ir::Tensor made;
  made.name = source.name();
  const std::string where = "tensor '" + made.name + "': ";
  try {
    made.dtype = dtype_of(source.data_type());
  } catch (const GraphError& error) {
    throw GraphError(where + error.what());
  }
  if (source.data_location() == TensorProto::EXTERNAL) {
    throw GraphError(where + "its values stand in another file; save the model as one file");
  }
  for (const int64_t extent : source.dims()) {
    if (extent < 0 || extent > INT32_MAX) {
      throw GraphError(where + "extent " + std::to_string(extent) + " in its shape");
    }
    made.shape.push_back(static_cast<int32_t>(extent));
  }
  // An empty tensor says "no axes", "no padding"; nodes that compute with one are refused.
  const bool nothing = made.elements() == 0;
  if (!nothing) check_extents(made.shape, made.dtype, made.name);
  if (source.has_raw_data()) {
    made.data.assign(source.raw_data().begin(), source.raw_data().end());
  } else {
    made.data = typed_data(source, made.dtype);
  }
  if (static_cast<int64_t>(made.data.size()) != made.byte_size()) {
    throw GraphError(where + "has " + std::to_string(made.data.size()) +
                     " bytes of values where its shape needs " + std::to_string(made.byte_size()));
  }
  made.constant = true;
  return made;
}

}  // namespace mote::onnx
