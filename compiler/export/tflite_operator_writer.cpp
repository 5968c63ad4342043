#include "compiler/export/tflite_operator_writer.hpp"

#include <algorithm>
#include <array>

#include "compiler/ir/op.hpp"
#include "generated/tflite_schema_generated.h"

namespace mote::tflite {

using ir::TensorId;

int32_t tensor_type(ir::DType dtype) {
  switch (dtype) {
    case ir::DType::i8:
      return schema::TensorType_INT8;
    case ir::DType::i16:
      return schema::TensorType_INT16;
    case ir::DType::i32:
      return schema::TensorType_INT32;
    case ir::DType::f32:
      return schema::TensorType_FLOAT32;
    case ir::DType::u8:
      return schema::TensorType_UINT8;
    case ir::DType::u32:
      return schema::TensorType_UINT32;
    case ir::DType::i64:
      return schema::TensorType_INT64;
    case ir::DType::u64:
      return schema::TensorType_UINT64;
    case ir::DType::boolean:
      return schema::TensorType_BOOL;
  }
  throw ir::GraphError("unknown dtype");
}

OperatorWriter::OperatorWriter(ir::Graph& file, Handles& handles, const ir::Node& node,
                               int32_t code)
    : builtin_code(code), inputs(node.inputs), file_(file), handles_(handles), node_(node) {
  std::ranges::copy_if(node.outputs, std::back_inserter(outputs),
                       [&](TensorId id) { return !file.tensor(id).variable; });
}

int32_t OperatorWriter::narrow(int64_t value) const {
  ir::require(value >= INT32_MIN && value <= INT32_MAX, node_,
              "an option of " + std::to_string(value) + " doesn't fit into 32 bits");
  return static_cast<int32_t>(value);
}

void OperatorWriter::byte(int field, int64_t value) {
  fields_.push_back({field, Field::Kind::byte, narrow(value), 0});
}

void OperatorWriter::integer(int field, int64_t value) {
  fields_.push_back({field, Field::Kind::integer, narrow(value), 0});
}

void OperatorWriter::real(int field, double value) {
  fields_.push_back({field, Field::Kind::real, 0, static_cast<float>(value)});
}

void OperatorWriter::activation(int field) {
  static constexpr std::array<std::string_view, 4> names{"none", "relu", "relu_n1_to_1", "relu6"};
  const std::string name = node_.text("activation", "none");
  const auto found = std::ranges::find(names, name);
  ir::require(found != names.end(), node_, "TensorFlow Lite can't fuse the activation " + name);
  byte(field, found - names.begin());
}

void OperatorWriter::padding(int field) {
  const std::string name = node_.text("padding");
  ir::require(name == "same" || name == "valid", node_, "padding '" + name + "'");
  byte(field, name == "same" ? 0 : 1);
}

void OperatorWriter::type(int field, TensorId id) {
  byte(field, tensor_type(file_.tensor(id).dtype));
}

void OperatorWriter::custom_integer(std::string key, int64_t value) {
  custom_.push_back({std::move(key), int64_t{narrow(value)}});
}

void OperatorWriter::custom_real(std::string key, double value) {
  custom_.push_back({std::move(key), static_cast<float>(value)});
}

void OperatorWriter::custom_type(std::string key, TensorId id) {
  custom_integer(std::move(key), tensor_type(file_.tensor(id).dtype));
}

TensorId OperatorWriter::constant(std::string name, const std::vector<int64_t>& values) {
  std::vector<int32_t> narrowed;
  for (int64_t value : values) narrowed.push_back(narrow(value));
  return file_.add_constant(std::move(name), ir::DType::i32,
                            {static_cast<int32_t>(narrowed.size())}, narrowed);
}

TensorId OperatorWriter::handle(TensorId variable) {
  ir::require(variable != ir::no_tensor && file_.tensor(variable).variable, node_,
              "needs a variable");
  const auto known = handles_.find(variable);
  if (known != handles_.end()) return known->second;
  ir::Tensor made;
  made.name = file_.tensor(variable).name + "/handle";
  made.dtype = ir::DType::i32;
  const TensorId id = file_.add_tensor(std::move(made));
  handles_.emplace(variable, id);
  return id;
}

}  // namespace mote::tflite
