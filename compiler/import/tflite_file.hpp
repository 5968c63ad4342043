// A verified .tflite file: what the importer asks of it, with every index checked.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/import/tflite_operator.hpp"
#include "generated/tflite_schema_generated.h"

namespace mote::tflite {

class File {
 public:
  // Keeps a view of `bytes`, which must outlive the object. Throws ir::GraphError when the file is
  // not a well-formed model: structure, version, counts, and every index that operators use.
  File(std::span<const uint8_t> bytes, std::string_view name);
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  std::span<const uint8_t> bytes() const { return bytes_; }
  const schema::SubGraph& main() const { return *main_; }
  // Throws ir::GraphError when there is no such graph.
  const schema::SubGraph& graph(int32_t index) const;

  // Throws ir::GraphError when there is no such tensor in the main graph, or in the one given.
  const schema::Tensor& tensor(int32_t index) const { return tensor(index, *main_); }
  const schema::Tensor& tensor(int32_t index, const schema::SubGraph& graph) const;
  std::string tensor_name(const schema::Tensor& tensor) const;
  // Contents of a constant; empty for anything else.
  std::span<const uint8_t> buffer(const schema::Tensor& tensor, const std::string& name) const;

  int32_t builtin_code(const schema::Operator& source) const;
  // "" when the operator isn't a custom one.
  std::string custom_name(const schema::Operator& source) const;
  std::string operator_name(const schema::Operator& source) const;
  std::string first_output_name(const schema::Operator& source) const;
  // What an op's import rule sees of the operator.
  Operator view(const schema::Operator& source) const;

 private:
  const schema::OperatorCode& code(const schema::Operator& source) const;
  void check_counts();
  void check_operators(const schema::SubGraph& graph) const;
  [[noreturn]] void fail(const std::string& fact) const;

  std::string name_;
  std::vector<uint8_t> aligned_;  // a copy, when the caller's bytes are not aligned to 16
  std::span<const uint8_t> bytes_;
  const schema::Model* model_ = nullptr;
  const schema::SubGraph* main_ = nullptr;
};

// Elements of a vector that may be absent.
std::span<const int32_t> ints(const flatbuffers::Vector<int32_t>* vector);

// TensorFlow Lite's name of an operator or type; a number when there is none.
std::string builtin_name(int32_t code);
std::string type_name(schema::TensorType type);

}  // namespace mote::tflite
