// One operator of a .tflite file in the making, as an op folder's TfliteRule sees it.
//
// The mirror image of compiler/import/tflite_operator.hpp: an op writes the options that its import
// rule reads, by union member and field number of TensorFlow Lite's schema.fbs, and puts operands
// that the file keeps elsewhere back in their place.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace mote::tflite {

class OperatorWriter {
 public:
  struct Field {
    enum class Kind : uint8_t { byte, integer, real };
    int number;
    Kind kind;
    int32_t whole;   // byte, integer
    float fraction;  // real
  };
  struct CustomEntry {
    std::string key;
    std::variant<int64_t, float> value;
  };
  using Handles = std::map<ir::TensorId, ir::TensorId>;  // by variable

  // file: the graph that is written, which grows by the tensors that only the file has. handles:
  // of its resource variables. All three must outlive the object. inputs, outputs and builtin_code
  // start as the node's and the rule's own; variables are not among the outputs, since a file has
  // them as inputs, behind handles or not at all.
  OperatorWriter(ir::Graph& file, Handles& handles, const ir::Node& node, int32_t builtin_code);

  int32_t builtin_code;
  std::vector<ir::TensorId> inputs;  // no_tensor: an optional one that is not there
  std::vector<ir::TensorId> outputs;

  // Tensors that tell the quantisation of values inside the operator; nobody reads or writes them.
  std::vector<ir::TensorId> intermediates;

  const ir::Node& node() const { return node_; }
  const ir::Tensor& tensor(ir::TensorId id) const { return file_.tensor(id); }

  // The operator carries this member of the union BuiltinOptions, with the fields that follow.
  void options(int32_t member) { options_member_ = member; }
  void byte(int field, int64_t value);     // an enum or a bool
  void integer(int field, int64_t value);  // throws ir::GraphError unless it fits into 32 bits
  void real(int field, double value);
  // ActivationFunctionType of the node's attribute "activation".
  void activation(int field);
  // Padding of the node's attribute "padding".
  void padding(int field);
  // TensorType of a tensor.
  void type(int field, ir::TensorId id);

  // One entry of a custom operator's options.
  void custom_integer(std::string key, int64_t value);
  void custom_real(std::string key, double value);
  void custom_type(std::string key, ir::TensorId id);  // TensorType of a tensor

  // A constant vector of int32 that only the file has.
  ir::TensorId constant(std::string name, const std::vector<int64_t>& values);
  // A tensor that only the file has, without contents.
  ir::TensorId extra(ir::Tensor tensor) { return file_.add_tensor(std::move(tensor)); }
  // The handle of a variable, which makes it a resource variable in the file.
  ir::TensorId handle(ir::TensorId variable);

  int32_t options_member() const { return options_member_; }
  const std::vector<Field>& fields() const { return fields_; }
  const std::vector<CustomEntry>& custom() const { return custom_; }

 private:
  int32_t narrow(int64_t value) const;

  ir::Graph& file_;
  Handles& handles_;
  const ir::Node& node_;
  int32_t options_member_ = 0;
  std::vector<Field> fields_;
  std::vector<CustomEntry> custom_;
};

// TensorFlow Lite's number of an element type.
int32_t tensor_type(ir::DType dtype);

}  // namespace mote::tflite
