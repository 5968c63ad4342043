// Test aid: writes .tflite models from scratch, well-formed or wrong on purpose.
#pragma once

#include <flatbuffers/flexbuffers.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "generated/tflite_schema_generated.h"

namespace mote::tflite {

class ModelBuilder {
 public:
  // One field of an options table: number, and value as an 8-bit or a 32-bit integer or a float.
  struct Field {
    int number;
    enum Kind { byte, integer, real } kind;
    int32_t whole = 0;
    float fraction = 0;
  };

  struct TensorSpec {
    std::string name;
    schema::TensorType type = schema::TensorType_INT8;
    std::vector<int32_t> shape;
    std::vector<float> scale = {};
    std::vector<int64_t> zero_point = {};
    int32_t axis = 0;
    std::vector<uint8_t> data = {};
    uint32_t buffer = 0;  // 0: a new one when there is data
    bool variable = false;
  };

  int32_t tensor(const TensorSpec& spec) {
    uint32_t buffer = spec.buffer;
    if (buffer == 0 && !spec.data.empty()) {
      buffer = static_cast<uint32_t>(buffers_.size());
      buffers_.push_back(schema::CreateBuffer(fbb_, fbb_.CreateVector(spec.data)));
    }
    flatbuffers::Offset<schema::QuantizationParameters> quantization;
    if (!spec.scale.empty()) {
      const auto scale = fbb_.CreateVector(spec.scale);
      const auto zero = fbb_.CreateVector(spec.zero_point);
      quantization = schema::CreateQuantizationParameters(fbb_, 0, 0, scale, zero, 0, 0, spec.axis);
    }
    const auto shape = fbb_.CreateVector(spec.shape);
    const auto name = fbb_.CreateString(spec.name);
    tensors_.push_back(
        schema::CreateTensor(fbb_, shape, spec.type, buffer, name, quantization, spec.variable));
    return static_cast<int32_t>(tensors_.size()) - 1;
  }

  // An int8 activation.
  int32_t activation(const std::string& name, std::vector<int32_t> shape, float scale,
                     int64_t zero) {
    return tensor({name, schema::TensorType_INT8, std::move(shape), {scale}, {zero}});
  }
  // A constant of any element type.
  template <class T>
  int32_t constant(const std::string& name, schema::TensorType type, std::vector<int32_t> shape,
                   const std::vector<T>& values, std::vector<float> scale = {}, int32_t axis = 0) {
    const auto* raw = reinterpret_cast<const uint8_t*>(values.data());
    std::vector<int64_t> zeros(scale.size(), 0);
    return tensor({name,
                   type,
                   std::move(shape),
                   std::move(scale),
                   std::move(zeros),
                   axis,
                   {raw, raw + values.size() * sizeof(T)}});
  }

  // options_member: of the union BuiltinOptions, 0 for none.
  void op(int32_t code, const std::vector<int32_t>& inputs, const std::vector<int32_t>& outputs,
          uint8_t options_member = 0, const std::vector<Field>& fields = {}) {
    const auto opcode = static_cast<uint32_t>(codes_.size());
    const bool extended = code >= 127;
    codes_.push_back(schema::CreateOperatorCode(fbb_, static_cast<int8_t>(extended ? 127 : code), 0,
                                                1, static_cast<schema::BuiltinOperator>(code)));
    const auto in = fbb_.CreateVector(inputs);
    const auto out = fbb_.CreateVector(outputs);
    flatbuffers::uoffset_t options = 0;
    if (options_member != 0) {
      const auto start = fbb_.StartTable();
      for (const Field& field : fields) {
        const auto slot = static_cast<flatbuffers::voffset_t>(4 + 2 * field.number);
        if (field.kind == Field::byte) {
          fbb_.AddElement<int8_t>(slot, static_cast<int8_t>(field.whole), -1);
        } else if (field.kind == Field::integer) {
          fbb_.AddElement<int32_t>(slot, field.whole, INT32_MIN);
        } else {
          fbb_.AddElement<float>(slot, field.fraction, -1e30f);
        }
      }
      options = fbb_.EndTable(start);
    }
    schema::OperatorBuilder made(fbb_);
    made.add_opcode_index(opcode);
    made.add_inputs(in);
    made.add_outputs(out);
    made.add_builtin_options_type(options_member);
    if (options != 0) {
      fbb_.AddOffset(4 + 2 * 4, flatbuffers::Offset<void>(options));  // field 4, builtin_options
    }
    operators_.push_back(made.Finish());
  }

  // A custom operator with integers for options.
  void custom(const std::string& name, const std::vector<std::pair<std::string, int32_t>>& settings,
              const std::vector<int32_t>& inputs, const std::vector<int32_t>& outputs) {
    const auto opcode = static_cast<uint32_t>(codes_.size());
    const auto code_name = fbb_.CreateString(name);
    codes_.push_back(schema::CreateOperatorCode(fbb_, schema::BuiltinOperator_CUSTOM, code_name, 1,
                                                schema::BuiltinOperator_CUSTOM));
    flexbuffers::Builder options;
    options.Map([&] {
      for (const auto& [key, value] : settings) options.Int(key.c_str(), value);
    });
    options.Finish();
    const auto bytes = fbb_.CreateVector(options.GetBuffer());
    const auto in = fbb_.CreateVector(inputs);
    const auto out = fbb_.CreateVector(outputs);
    schema::OperatorBuilder made(fbb_);
    made.add_opcode_index(opcode);
    made.add_inputs(in);
    made.add_outputs(out);
    made.add_custom_options(bytes);
    operators_.push_back(made.Finish());
  }

  // Closes the graph of what was added so far, which is the model's next; what follows makes
  // another. The first is the main one.
  void end_graph(const std::vector<int32_t>& inputs, const std::vector<int32_t>& outputs) {
    const auto made = schema::CreateSubGraph(
        fbb_, fbb_.CreateVector(tensors_), fbb_.CreateVector(inputs), fbb_.CreateVector(outputs),
        fbb_.CreateVector(operators_), fbb_.CreateString("graph"));
    closed_.push_back(made);
    tensors_.clear();
    operators_.clear();
  }

  uint32_t version = 3;
  int graphs = 1;

  std::vector<uint8_t> finish(const std::vector<int32_t>& inputs,
                              const std::vector<int32_t>& outputs) {
    const auto graph = schema::CreateSubGraph(
        fbb_, fbb_.CreateVector(tensors_), fbb_.CreateVector(inputs), fbb_.CreateVector(outputs),
        fbb_.CreateVector(operators_), fbb_.CreateString("main"));
    std::vector<flatbuffers::Offset<schema::SubGraph>> all = closed_;
    all.insert(all.end(), static_cast<size_t>(graphs), graph);
    const auto model =
        schema::CreateModel(fbb_, version, fbb_.CreateVector(codes_), fbb_.CreateVector(all),
                            fbb_.CreateString("made by a test"), fbb_.CreateVector(buffers_));
    schema::FinishModelBuffer(fbb_, model);
    return {fbb_.GetBufferPointer(), fbb_.GetBufferPointer() + fbb_.GetSize()};
  }

 private:
  flatbuffers::FlatBufferBuilder fbb_;
  std::vector<flatbuffers::Offset<schema::Tensor>> tensors_;
  std::vector<flatbuffers::Offset<schema::SubGraph>> closed_;
  std::vector<flatbuffers::Offset<schema::OperatorCode>> codes_;
  std::vector<flatbuffers::Offset<schema::Operator>> operators_;
  std::vector<flatbuffers::Offset<schema::Buffer>> buffers_{schema::CreateBuffer(fbb_)};
};

}  // namespace mote::tflite
