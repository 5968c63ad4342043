// Test aid: builds ONNX models.
#pragma once

#include <string>
#include <vector>

#include "generated/onnx.pb.h"

namespace mote::onnx {

class ModelBuilder {
 public:
  explicit ModelBuilder(int64_t opset = 17) {
    model_.set_ir_version(8);
    model_.add_opset_import()->set_version(opset);
    model_.mutable_graph()->set_name("made by a test");
  }

  ::onnx::ModelProto& model() { return model_; }
  ::onnx::GraphProto& graph() { return *model_.mutable_graph(); }

  // An input, float32 unless said otherwise.
  void input(const std::string& name, const std::vector<int64_t>& shape,
             ::onnx::TensorProto::DataType data_type = ::onnx::TensorProto::FLOAT) {
    auto& value = *graph().add_input();
    value.set_name(name);
    auto& type = *value.mutable_type()->mutable_tensor_type();
    type.set_elem_type(data_type);
    for (const int64_t extent : shape) type.mutable_shape()->add_dim()->set_dim_value(extent);
  }
  void output(const std::string& name) { graph().add_output()->set_name(name); }

  void reals(const std::string& name, const std::vector<int64_t>& shape,
             const std::vector<float>& values) {
    auto& tensor = *graph().add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(::onnx::TensorProto::FLOAT);
    for (const int64_t extent : shape) tensor.add_dims(extent);
    for (const float value : values) tensor.add_float_data(value);
  }
  void integers(const std::string& name, const std::vector<int64_t>& values) {
    auto& tensor = *graph().add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(::onnx::TensorProto::INT64);
    tensor.add_dims(static_cast<int64_t>(values.size()));
    for (const int64_t value : values) tensor.add_int64_data(value);
  }

  // Integers of at most 32 bits.
  void stored(const std::string& name, ::onnx::TensorProto::DataType data_type,
              const std::vector<int64_t>& shape, const std::vector<int32_t>& values) {
    auto& tensor = *graph().add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(data_type);
    for (const int64_t extent : shape) tensor.add_dims(extent);
    for (const int32_t value : values) tensor.add_int32_data(value);
  }

  ::onnx::NodeProto& node(const std::string& type, const std::vector<std::string>& inputs,
                          const std::vector<std::string>& outputs) {
    auto& made = *graph().add_node();
    made.set_op_type(type);
    made.set_name(type + " of " + outputs.at(0));
    for (const std::string& name : inputs) made.add_input(name);
    for (const std::string& name : outputs) made.add_output(name);
    return made;
  }
  static void set(::onnx::NodeProto& node, const std::string& name,
                  const std::vector<int64_t>& values) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(::onnx::AttributeProto::INTS);
    for (const int64_t value : values) attribute.add_ints(value);
  }
  static void set(::onnx::NodeProto& node, const std::string& name, int64_t value) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(::onnx::AttributeProto::INT);
    attribute.set_i(value);
  }

  std::vector<uint8_t> finish() const {
    const std::string text = model_.SerializeAsString();
    return {text.begin(), text.end()};
  }

 private:
  ::onnx::ModelProto model_;
};

// x [1, 2, 4, 4] -> Conv -> BatchNormalization -> Relu -> MaxPool -> Conv, depthwise -> Flatten
// -> Gemm -> Softmax -> y [1, 2].
inline std::vector<uint8_t> sample_network() {
  const auto values = [](size_t count, float step) {
    std::vector<float> made;
    for (size_t i = 0; i < count; ++i) {
      made.push_back(step * static_cast<float>(static_cast<int>(i * 7 % 11) - 5));
    }
    return made;
  };
  ModelBuilder b;
  b.input("x", {1, 2, 4, 4});
  b.reals("w", {3, 2, 3, 3}, values(54, 0.125f));
  b.reals("bias", {3}, {0.5f, -0.25f, 1});
  ModelBuilder::set(b.node("Conv", {"x", "w", "bias"}, {"conv"}), "pads", {1, 1, 1, 1});
  for (const char* name : {"gamma", "beta", "mean"}) b.reals(name, {3}, {0.5f, 2, -1});
  b.reals("variance", {3}, {1, 0.25f, 4});
  b.node("BatchNormalization", {"conv", "gamma", "beta", "mean", "variance"}, {"norm"});
  b.node("Relu", {"norm"}, {"relu"});
  auto& pool = b.node("MaxPool", {"relu"}, {"pool"});
  ModelBuilder::set(pool, "kernel_shape", {2, 2});
  ModelBuilder::set(pool, "strides", {2, 2});
  b.reals("dw", {3, 1, 1, 1}, {2, -1, 0.5f});
  ModelBuilder::set(b.node("Conv", {"pool", "dw"}, {"depthwise"}), "group", int64_t{3});
  b.node("Flatten", {"depthwise"}, {"flat"});
  b.reals("g", {12, 2}, values(24, 0.25f));
  b.reals("h", {2}, {0.125f, -1});
  b.node("Gemm", {"flat", "g", "h"}, {"logits"});
  b.node("Softmax", {"logits"}, {"y"});
  b.output("y");
  return b.finish();
}

// x [1, 3] -> Add -> Clip to [0, 6] -> y [1, 3].
inline std::vector<uint8_t> sample_elementwise() {
  ModelBuilder b;
  b.input("x", {1, 3});
  b.reals("offset", {3}, {1, 2, 3});
  b.reals("low", {}, {0});
  b.reals("high", {}, {6});
  b.node("Add", {"x", "offset"}, {"sum"});
  b.node("Clip", {"sum", "low", "high"}, {"y"});
  b.output("y");
  return b.finish();
}

}  // namespace mote::onnx
