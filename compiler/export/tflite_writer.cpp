#include "compiler/export/tflite_writer.hpp"

#include <flatbuffers/flexbuffers.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/export/tflite_uint8.hpp"
#include "compiler/ir/op.hpp"
#include "generated/tflite_schema_generated.h"

namespace mote::tflite {
namespace {

using flatbuffers::Offset;
using ir::Graph;
using ir::GraphError;
using ir::Node;
using ir::TensorId;

constexpr uint32_t schema_version = 3;
constexpr uint32_t initialiser_graph = 1;
constexpr int32_t call_once_options = 103;
constexpr int32_t var_handle_options = 111;

// The rule that says how the op is written: the first that has anything to say, else the first.
const ir::TfliteRule* writing_rule(const ir::OpDef& op) {
  for (const ir::TfliteRule& rule : op.tflite) {
    if (rule.write != nullptr) return &rule;
  }
  return op.tflite.empty() ? nullptr : &op.tflite.front();
}

bool starts_at_zero(const ir::Tensor& variable) {
  const bool shifted =
      variable.dtype == ir::DType::i8 && variable.quantization.zero_point.size() == 1;
  const auto zero = static_cast<uint8_t>(shifted ? variable.quantization.zero_point[0] : 0);
  return std::ranges::all_of(variable.data, [&](uint8_t byte) { return byte == zero; });
}

class Writer {
 public:
  explicit Writer(const Graph& graph) : graph_(graph), file_(graph) {
    buffers_.push_back(schema::CreateBuffer(fbb_));  // buffer 0 is the empty one
  }

  std::vector<uint8_t> run() {
    if (graph_.nodes.empty()) {
      throw GraphError(graph_.name + ": computes nothing, which no .tflite file can say");
    }
    for (size_t i = 0; i < graph_.nodes.size(); ++i) describe(i);
    check_variables();
    if (!obstacles_.empty()) throw_obstacles();
    std::vector<Offset<schema::SubGraph>> graphs{main_graph()};
    if (!handles_.empty()) graphs.push_back(initialiser());
    const auto model = schema::CreateModel(
        fbb_, schema_version, fbb_.CreateVector(codes_), fbb_.CreateVector(graphs),
        fbb_.CreateString("Written by Mote"), fbb_.CreateVector(buffers_));
    schema::FinishModelBuffer(fbb_, model);
    return {fbb_.GetBufferPointer(), fbb_.GetBufferPointer() + fbb_.GetSize()};
  }

 private:
  struct Described {
    OperatorWriter op;
    std::string custom_name;
  };

  void describe(size_t index) {
    const Node& node = graph_.nodes[index];
    const ir::TfliteRule* rule = writing_rule(ir::find_op(node.op));
    if (rule == nullptr) return note(index, "TensorFlow Lite has no such operator");
    if (node.integer("uint8", 0) != 0) {
      return note(index, "it computes in uint8 within a model of int8");
    }
    if (node.integer("weight_bits", 8) == 4) packed_.insert(node.inputs.at(1));
    try {
      OperatorWriter op(file_, handles_, node, rule->builtin_code);
      if (rule->write != nullptr) rule->write(op);
      described_.push_back({std::move(op), std::string(rule->custom_name)});
    } catch (const GraphError& error) {
      note(index, error.what());
    }
  }

  // A tensor's place in the file, given on first use.
  int32_t place(TensorId id) {
    if (id == ir::no_tensor) return -1;
    const auto [found, fresh] = places_.try_emplace(id, static_cast<int32_t>(order_.size()));
    if (fresh) order_.push_back(id);
    return found->second;
  }

  Offset<flatbuffers::Vector<int32_t>> places(const std::vector<TensorId>& ids) {
    std::vector<int32_t> found;
    for (TensorId id : ids) found.push_back(place(id));
    return fbb_.CreateVector(found);
  }

  Offset<schema::SubGraph> main_graph() {
    const auto inputs = places(graph_.inputs);
    auto operators = declare_variables();
    for (const Described& described : described_) operators.push_back(write(described));
    const auto outputs = places(graph_.outputs);
    std::vector<Offset<schema::Tensor>> tensors;
    for (TensorId id : order_) tensors.push_back(tensor(id));
    return schema::CreateSubGraph(fbb_, fbb_.CreateVector(tensors), inputs, outputs,
                                  fbb_.CreateVector(operators), fbb_.CreateString("main"));
  }

  Offset<schema::Operator> write(const Described& described) {
    const OperatorWriter& op = described.op;
    const uint32_t code = opcode(op.builtin_code, described.custom_name);
    const auto inputs = places(op.inputs), outputs = places(op.outputs);
    Offset<flatbuffers::Vector<uint8_t>> custom;
    if (!described.custom_name.empty()) custom = fbb_.CreateVector(custom_options(op));
    const auto options = op.options_member() == 0 ? Offset<void>() : options_table(op);
    const auto inner = op.intermediates.empty() ? Offset<flatbuffers::Vector<int32_t>>()
                                                : places(op.intermediates);
    return operator_table(code, inputs, outputs, op.options_member(), options, custom, inner);
  }

  // Field 4, the union's table, is opaque to the schema, which only reads it.
  Offset<schema::Operator> operator_table(uint32_t code,
                                          Offset<flatbuffers::Vector<int32_t>> inputs,
                                          Offset<flatbuffers::Vector<int32_t>> outputs,
                                          int32_t options_member, Offset<void> options,
                                          Offset<flatbuffers::Vector<uint8_t>> custom = {},
                                          Offset<flatbuffers::Vector<int32_t>> inner = {}) {
    constexpr flatbuffers::voffset_t builtin_options = 4 + 2 * 4;
    schema::OperatorBuilder made(fbb_);
    made.add_opcode_index(code);
    made.add_inputs(inputs);
    made.add_outputs(outputs);
    made.add_builtin_options_type(static_cast<uint8_t>(options_member));
    if (!options.IsNull()) fbb_.AddOffset(builtin_options, options);
    if (!custom.IsNull()) made.add_custom_options(custom);
    if (!inner.IsNull()) made.add_intermediates(inner);
    return made.Finish();
  }

  // Every field is written, whatever the default in TensorFlow Lite's schema is.
  Offset<void> options_table(const OperatorWriter& made) {
    fbb_.ForceDefaults(true);
    const auto start = fbb_.StartTable();
    for (const OperatorWriter::Field& field : made.fields()) {
      const auto slot = static_cast<flatbuffers::voffset_t>(4 + 2 * field.number);
      switch (field.kind) {
        case OperatorWriter::Field::Kind::byte:
          fbb_.AddElement<int8_t>(slot, static_cast<int8_t>(field.whole), 0);
          break;
        case OperatorWriter::Field::Kind::integer:
          fbb_.AddElement<int32_t>(slot, field.whole, 0);
          break;
        case OperatorWriter::Field::Kind::real:
          fbb_.AddElement<float>(slot, field.fraction, 0.0f);
          break;
      }
    }
    const Offset<void> table(fbb_.EndTable(start));
    fbb_.ForceDefaults(false);
    return table;
  }

  static std::vector<uint8_t> custom_options(const OperatorWriter& made) {
    flexbuffers::Builder builder;
    builder.Map([&] {
      for (const auto& [key, value] : made.custom()) {
        if (const auto* whole = std::get_if<int64_t>(&value)) builder.Int(key.c_str(), *whole);
        if (const auto* real = std::get_if<float>(&value)) builder.Float(key.c_str(), *real);
      }
    });
    builder.Finish();
    return builder.GetBuffer();
  }

  uint32_t opcode(int32_t builtin_code, const std::string& custom_name = "") {
    constexpr int32_t extended = 127;  // "look into the other field"
    const auto key = std::make_pair(builtin_code, custom_name);
    const auto known = opcodes_.find(key);
    if (known != opcodes_.end()) return known->second;
    const auto name = custom_name.empty() ? 0 : fbb_.CreateString(custom_name);
    codes_.push_back(
        schema::CreateOperatorCode(fbb_, static_cast<int8_t>(std::min(builtin_code, extended)),
                                   name, 1, static_cast<schema::BuiltinOperator>(builtin_code)));
    const auto index = static_cast<uint32_t>(codes_.size()) - 1;
    opcodes_.emplace(key, index);
    return index;
  }

  // Buffers of constants are aligned to 16, as TensorFlow Lite's kernels expect. Readers are wary
  // of files that unpack to many times their size, so what is shared stays below what is stored.
  uint32_t buffer(const std::vector<uint8_t>& data) {
    const auto known = stored_.find(data);
    if (known != stored_.end() && shared_bytes_ + data.size() <= stored_bytes_) {
      shared_bytes_ += data.size();
      return known->second;
    }
    stored_bytes_ += data.size();
    fbb_.ForceVectorAlignment(data.size(), 1, 16);
    buffers_.push_back(schema::CreateBuffer(fbb_, fbb_.CreateVector(data)));
    const auto index = static_cast<uint32_t>(buffers_.size()) - 1;
    stored_.insert_or_assign(data, index);
    return index;
  }

  // Two signed values of four bits in a byte, the first in its low half.
  static std::vector<uint8_t> nibbles(const std::vector<uint8_t>& values) {
    std::vector<uint8_t> bytes((values.size() + 1) / 2, 0);
    for (size_t i = 0; i < values.size(); ++i) {
      bytes[i / 2] = static_cast<uint8_t>(bytes[i / 2] | (values[i] & 15) << (i % 2 * 4));
    }
    return bytes;
  }

  Offset<schema::Tensor> tensor(TensorId id) {
    const ir::Tensor& source = file_.tensor(id);
    const bool handle = std::ranges::any_of(handles_, [&](const auto& variable_and_handle) {
      return variable_and_handle.second == id;
    });
    const auto type = handle ? schema::TensorType_RESOURCE
                             : static_cast<schema::TensorType>(tensor_type(source.dtype));
    if (source.constant && packed_.contains(id)) {
      return tensor(source, schema::TensorType_INT4, buffer(nibbles(source.data)), false);
    }
    return tensor(source, type, source.constant ? buffer(source.data) : 0, source.variable);
  }

  Offset<schema::Tensor> tensor(const ir::Tensor& source, schema::TensorType type, uint32_t data,
                                bool variable) {
    const auto shape = fbb_.CreateVector(source.shape);
    const auto name = fbb_.CreateString(source.name);
    const auto quantization = this->quantization(source.quantization);
    return schema::CreateTensor(fbb_, shape, type, data, name, quantization, variable);
  }

  Offset<schema::QuantizationParameters> quantization(const ir::Quantization& q) {
    if (q.empty()) return {};
    const std::vector<int64_t> zeros(q.zero_point.begin(), q.zero_point.end());
    const auto scale = fbb_.CreateVector(q.scale);
    const auto zero_point = fbb_.CreateVector(zeros);
    return schema::CreateQuantizationParameters(fbb_, 0, 0, scale, zero_point, 0, 0,
                                                std::max(q.axis, 0));
  }

  // A variable of a file is a resource, which only operators on handles use, or starts at zero.
  void check_variables() {
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      for (TensorId id : node.outputs) {
        const ir::Tensor& made = graph_.tensor(id);
        if (!made.variable) continue;
        const bool handled = handles_.contains(id);
        if (!handled && !starts_at_zero(made)) {
          note(i, "its state '" + made.name + "' doesn't start at zero");
        } else if (handled && std::ranges::count(node.inputs, id) > 0) {
          note(i, "other nodes set or read its state '" + made.name +
                      "', which TensorFlow Lite keeps inside the operator");
        }
      }
    }
  }

  // Two variables of one name would be one variable.
  std::map<TensorId, std::string> variable_names() const {
    std::map<TensorId, std::string> names;
    std::set<std::string> taken;
    for (const auto& [variable, handle] : handles_) {
      std::string name = file_.tensor(variable).name;
      if (name.empty() || taken.contains(name)) name += "#" + std::to_string(variable);
      taken.insert(name);
      names[variable] = name;
    }
    return names;
  }

  // handle: place of the tensor in its graph.
  Offset<schema::Operator> var_handle(const std::string& name, int32_t handle) {
    const uint32_t code = opcode(schema::BuiltinOperator_VAR_HANDLE);
    const auto inputs = fbb_.CreateVector(std::vector<int32_t>{});
    const auto outputs = fbb_.CreateVector(std::vector<int32_t>{handle});
    const auto container = fbb_.CreateString(""), shared_name = fbb_.CreateString(name);
    const auto start = fbb_.StartTable();
    fbb_.AddOffset(4, container);    // field 0
    fbb_.AddOffset(6, shared_name);  // field 1
    return operator_table(code, inputs, outputs, var_handle_options,
                          Offset<void>(fbb_.EndTable(start)));
  }

  // What stands before all other operators.
  std::vector<Offset<schema::Operator>> declare_variables() {
    if (handles_.empty()) return {};
    const auto none = fbb_.CreateVector(std::vector<int32_t>{});
    const auto start = fbb_.StartTable();
    fbb_.AddElement<int32_t>(4, initialiser_graph, 0);  // field 0
    const Offset<void> options(fbb_.EndTable(start));
    std::vector<Offset<schema::Operator>> operators{operator_table(
        opcode(schema::BuiltinOperator_CALL_ONCE), none, none, call_once_options, options)};
    const auto names = variable_names();
    for (const auto& [variable, handle] : handles_) {
      operators.push_back(var_handle(names.at(variable), place(handle)));
    }
    return operators;
  }

  Offset<schema::SubGraph> initialiser() {
    std::vector<Offset<schema::Tensor>> tensors;
    std::vector<Offset<schema::Operator>> operators;
    const auto names = variable_names();
    const uint32_t assign = opcode(schema::BuiltinOperator_ASSIGN_VARIABLE);
    for (const auto& [variable, handle] : handles_) {
      const auto at = static_cast<int32_t>(tensors.size());
      const ir::Tensor& source = file_.tensor(variable);
      tensors.push_back(tensor(file_.tensor(handle), schema::TensorType_RESOURCE, 0, false));
      tensors.push_back(tensor(source, static_cast<schema::TensorType>(tensor_type(source.dtype)),
                               buffer(source.data), false));
      operators.push_back(var_handle(names.at(variable), at));
      operators.push_back(operator_table(assign,
                                         fbb_.CreateVector(std::vector<int32_t>{at, at + 1}),
                                         fbb_.CreateVector(std::vector<int32_t>{}), 0, {}));
    }
    const auto none = fbb_.CreateVector(std::vector<int32_t>{});
    return schema::CreateSubGraph(fbb_, fbb_.CreateVector(tensors), none, none,
                                  fbb_.CreateVector(operators), fbb_.CreateString("initialise"));
  }

  void note(size_t node, const std::string& reason) {
    const Node& source = graph_.nodes[node];
    const std::string& name = graph_.tensor(source.outputs.at(0)).name;
    obstacles_.push_back({node, source.op, name.empty() ? "unnamed" : name, reason});
  }

  [[noreturn]] void throw_obstacles() const {
    std::string message = graph_.name + ": " + std::to_string(obstacles_.size()) + " of " +
                          std::to_string(graph_.nodes.size()) +
                          " nodes can't be written as TensorFlow Lite operators:";
    for (const Obstacle& o : obstacles_) {
      message += "\n  node " + std::to_string(o.node) + " " + o.op + " (output '" + o.tensor +
                 "'): " + o.reason;
    }
    throw InexpressibleError(message, obstacles_);
  }

  const Graph& graph_;
  Graph file_;  // graph_, and the tensors that only the file has
  OperatorWriter::Handles handles_;
  std::vector<Described> described_;    // by node
  std::vector<TensorId> order_;         // of the main graph's tensors
  std::set<TensorId> packed_;           // weights of four bits
  std::map<TensorId, int32_t> places_;  // in order_
  flatbuffers::FlatBufferBuilder fbb_;
  std::vector<Offset<schema::OperatorCode>> codes_;
  std::vector<Offset<schema::Buffer>> buffers_;
  std::map<std::pair<int32_t, std::string>, uint32_t> opcodes_;
  std::map<std::vector<uint8_t>, uint32_t> stored_;  // buffers by content
  size_t stored_bytes_ = 0, shared_bytes_ = 0;
  std::vector<Obstacle> obstacles_;
};

}  // namespace

std::vector<uint8_t> write_tflite(const Graph& graph) {
  const Graph stored = in_uint8(graph);
  return Writer(stored).run();
}

bool has_tflite_form(std::string_view op) {
  const ir::OpDef& found = ir::find_op(op);
  return writing_rule(found) != nullptr || found.expand != nullptr;
}

}  // namespace mote::tflite
