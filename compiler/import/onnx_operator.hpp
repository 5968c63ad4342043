// One node of an ONNX model, as an import rule sees it, and what the rule makes of it.
//
// A rule reads attributes and inputs, emits nodes, and names the tensors that are the results. All
// reads throw ir::GraphError when something is missing or of another type.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/import/onnx.hpp"
#include "compiler/ir/graph.hpp"
#include "generated/onnx.pb.h"

namespace mote::onnx {

using ir::Attributes;
using ir::TensorId;
using Integers = std::vector<int64_t>;

// Rules that list an axis' entries one by one refuse longer ones.
constexpr int64_t listed_max = 1 << 20;

// What all nodes of a model share.
struct Context {
  ir::Graph& graph;
  int64_t opset;
  const ir::Evaluate& evaluate;
  Limits left;  // total_bytes: what tensors may still take

  // Throws ir::GraphError when a tensor of so many bytes is too much.
  void spend(int64_t bytes);
};

class Operator {
 public:
  Operator(Context& context, const ::onnx::NodeProto& source, int32_t index)
      : context_(context), graph_(context.graph), source_(source), index_(index) {}

  // What the importer fills in and takes out.
  std::vector<TensorId> inputs;   // no_tensor for one that is left out
  std::vector<TensorId> results;  // by output

  std::string_view type() const { return source_.op_type(); }
  int64_t opset() const { return context_.opset; }
  size_t output_count() const { return static_cast<size_t>(source_.output_size()); }
  // Whether a later node, or the model, can use this output.
  bool wants(size_t output) const;

  bool has_input(size_t index) const;
  TensorId input(size_t index) const;
  const ir::Tensor& tensor(TensorId id) const { return graph_.tensor(id); }
  const ir::Shape& shape(TensorId id) const { return graph_.tensor(id).shape; }
  // A copy: tensors move as the graph grows.
  ir::Shape shape_copy(TensorId id) const { return shape(id); }
  int64_t rank(TensorId id) const { return static_cast<int64_t>(shape(id).size()); }

  bool has(std::string_view attribute) const { return find(attribute) != nullptr; }
  int64_t integer(std::string_view attribute, int64_t fallback) const;
  int64_t integer(std::string_view attribute) const;
  double real(std::string_view attribute, double fallback) const;
  std::string text(std::string_view attribute, std::string_view fallback) const;
  Integers integers(std::string_view attribute) const;  // empty when absent
  const ::onnx::AttributeProto* find(std::string_view attribute) const;

  // Values of an input that must be known at import.
  Integers constant_integers(size_t index) const;
  std::vector<float> constant_reals(size_t index) const;
  // From an input in later operator sets, from an attribute in earlier ones; empty when absent.
  Integers integers_of(size_t index, std::string_view attribute) const;

  // An axis that may count from the end, in [0, rank).
  int64_t axis(int64_t value, int64_t rank) const;
  // Throws ir::GraphError with the fact unless the condition holds.
  void require(bool condition, const std::string& fact) const;

  // Appends a node (or its values, when all its inputs are constants); the id of its only output.
  TensorId emit(std::string op, std::vector<TensorId> from, Attributes attributes = {});
  std::vector<TensorId> emit_all(std::string op, std::vector<TensorId> from, Attributes attributes,
                                 int outputs);
  // State of the model that is given this value, each time before what is emitted next.
  TensorId variable(TensorId value);
  // A node that writes these variables besides its first output, whose id this is.
  TensorId emit_with(std::string op, std::vector<TensorId> from, Attributes attributes,
                     const std::vector<TensorId>& variables);
  // Nodes that say that what is computed between them may be computed on stored values. A real
  // constant whose values are whole multiples of scales says so by having them.
  TensorId quantized(TensorId real, ir::DType dtype, ir::Quantization quantization);
  TensorId dequantized(TensorId stored);
  TensorId constant(ir::Tensor tensor);
  void set_data(TensorId id, std::vector<uint8_t> data) {
    graph_.tensor(id).data = std::move(data);
  }
  void set_quantization(TensorId id, const ir::Quantization& quantization) {
    graph_.tensor(id).quantization = quantization;
  }
  TensorId reals(ir::Shape shape, const std::vector<float>& values);
  TensorId reals(float value) { return reals({1}, {value}); }
  TensorId indices(const Integers& values, ir::Shape shape = {});  // int32
  // Do nothing where the shape is already so. A constant keeps its scales.
  TensorId reshaped(TensorId x, const Integers& shape);
  TensorId transposed(TensorId x, const Integers& order);
  // Entries [begin, begin + count) of an axis.
  TensorId part(TensorId x, size_t axis, int64_t begin, int64_t count);
  TensorId cast(TensorId x, ir::DType to);

  void result(TensorId id) { results.assign(1, id); }
  // Imports as if the node were of this type, which has a rule.
  void import_as(std::string_view type);

 private:
  std::vector<TensorId> append(ir::Node node);
  TensorId emit_as(std::string op, TensorId from, ir::DType dtype, ir::Quantization quantization);

  // Whether a node of constants may be computed here.
  bool cheap(const ir::Node& node) const;

  Context& context_;
  ir::Graph& graph_;
  const ::onnx::NodeProto& source_;
  int32_t index_;
};

// How one ONNX operator becomes nodes.
struct Rule {
  std::string_view op_type;
  void (*import)(Operator& op);
};

// The rules, by topic; each file has a table.
std::span<const Rule> elementwise_rules();
std::span<const Rule> linear_rules();
std::span<const Rule> window_rules();
std::span<const Rule> normalize_rules();
std::span<const Rule> pool_rules();
std::span<const Rule> recurrent_rules();
std::span<const Rule> resize_rules();
std::span<const Rule> shape_rules();
std::span<const Rule> reduce_rules();
std::span<const Rule> quantize_rules();

}  // namespace mote::onnx
