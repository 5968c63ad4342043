#include "compiler/import/onnx_operator.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "compiler/import/onnx_file.hpp"
#include "compiler/ir/op.hpp"

namespace mote::onnx {

using ::onnx::AttributeProto;

bool Operator::wants(size_t output) const {
  return output < output_count() && !source_.output(static_cast<int>(output)).empty();
}

bool Operator::has_input(size_t index) const {
  return index < inputs.size() && inputs[index] != ir::no_tensor;
}

void Operator::require(bool condition, const std::string& fact) const {
  if (!condition) throw ir::GraphError(fact);
}

TensorId Operator::input(size_t index) const {
  require(has_input(index), "input " + std::to_string(index) + " is missing");
  require(tensor(inputs[index]).elements() > 0, "input " + std::to_string(index) + " is empty");
  return inputs[index];
}

const AttributeProto* Operator::find(std::string_view attribute) const {
  for (const AttributeProto& candidate : source_.attribute()) {
    if (candidate.name() == attribute) return &candidate;
  }
  return nullptr;
}

int64_t Operator::integer(std::string_view attribute, int64_t fallback) const {
  const AttributeProto* found = find(attribute);
  return found == nullptr ? fallback : found->i();
}

int64_t Operator::integer(std::string_view attribute) const {
  require(has(attribute), "attribute " + std::string(attribute) + " is missing");
  return integer(attribute, 0);
}

double Operator::real(std::string_view attribute, double fallback) const {
  const AttributeProto* found = find(attribute);
  return found == nullptr ? fallback : static_cast<double>(found->f());
}

std::string Operator::text(std::string_view attribute, std::string_view fallback) const {
  const AttributeProto* found = find(attribute);
  return found == nullptr ? std::string(fallback) : found->s();
}

Integers Operator::integers(std::string_view attribute) const {
  const AttributeProto* found = find(attribute);
  if (found == nullptr) return {};
  return {found->ints().begin(), found->ints().end()};
}

Integers Operator::constant_integers(size_t index) const {
  require(has_input(index), "input " + std::to_string(index) + " is missing");
  const ir::Tensor& source = tensor(inputs[index]);
  require(source.constant, "input '" + source.name + "' must be a constant");
  if (source.dtype == ir::DType::i64) {
    const auto values = source.values<int64_t>();
    return {values.begin(), values.end()};
  }
  require(source.dtype == ir::DType::i32, "input '" + source.name + "' must be of integers");
  const auto values = source.values<int32_t>();
  return {values.begin(), values.end()};
}

std::vector<float> Operator::constant_reals(size_t index) const {
  require(has_input(index), "input " + std::to_string(index) + " is missing");
  const ir::Tensor& source = tensor(inputs[index]);
  require(source.constant && source.dtype == ir::DType::f32,
          "input '" + source.name + "' must be a constant of float32");
  const auto values = source.values<float>();
  return {values.begin(), values.end()};
}

Integers Operator::integers_of(size_t index, std::string_view attribute) const {
  return has_input(index) ? constant_integers(index) : integers(attribute);
}

int64_t Operator::axis(int64_t value, int64_t rank) const {
  const int64_t from_start = value < 0 ? value + rank : value;
  require(from_start >= 0 && from_start < rank,
          "axis " + std::to_string(value) + " of a tensor of rank " + std::to_string(rank));
  return from_start;
}

void Context::spend(int64_t bytes) {
  if (bytes > left.total_bytes) {
    throw ir::GraphError("the model's tensors need more memory than the importer may take");
  }
  left.total_bytes -= bytes;
}

TensorId Operator::constant(ir::Tensor tensor) {
  context_.spend(tensor.byte_size());
  return graph_.add_tensor(std::move(tensor));
}

bool Operator::cheap(const ir::Node& node) const {
  return std::ranges::none_of(ir::find_op(node.op).kernels, [&](const ir::KernelInfo& kernel) {
    return kernel.isa == Isa::reference && kernel.fits(graph_, node) &&
           kernel.instructions(graph_, node) > context_.left.node_instructions;
  });
}

std::vector<TensorId> Operator::append(ir::Node node) {
  node.source_index = index_;
  const bool known = !node.inputs.empty() && std::ranges::all_of(node.inputs, [&](TensorId id) {
    return id == ir::no_tensor || tensor(id).constant;
  });
  ir::find_op(node.op).infer(graph_, node);
  for (TensorId id : node.outputs) {
    check_extents(tensor(id).shape, tensor(id).dtype, tensor(id).name);
    context_.spend(tensor(id).byte_size());
  }
  if (known && cheap(node) &&
      (tensor(node.inputs[0]).dtype == ir::DType::f32 ||
       tensor(node.inputs[0]).quantization.empty())) {
    if (const auto values = context_.evaluate(graph_, node)) {
      for (size_t i = 0; i < node.outputs.size(); ++i) {
        graph_.tensor(node.outputs[i]).constant = true;
        graph_.tensor(node.outputs[i]).data = (*values)[i];
      }
      return node.outputs;
    }
  }
  std::vector<TensorId> made = node.outputs;
  graph_.nodes.push_back(std::move(node));
  return made;
}

std::vector<TensorId> Operator::emit_all(std::string op, std::vector<TensorId> from,
                                         Attributes attributes, int outputs) {
  ir::Node node{std::move(op), std::move(from), {}, std::move(attributes)};
  for (int i = 0; i < outputs; ++i) {
    const std::string name = i < source_.output_size() ? source_.output(i) : source_.name();
    node.outputs.push_back(graph_.add_tensor({name, ir::DType::f32, {}, {}, false, {}}));
  }
  return append(std::move(node));
}

TensorId Operator::emit(std::string op, std::vector<TensorId> from, Attributes attributes) {
  return emit_all(std::move(op), std::move(from), std::move(attributes), 1)[0];
}

TensorId Operator::variable(TensorId value) {
  ir::Tensor made{
      source_.name() + "/state", tensor(value).dtype, shape(value), {}, false, {}, true};
  made.data.assign(static_cast<size_t>(made.byte_size()), 0);
  context_.spend(made.byte_size());
  const TensorId id = graph_.add_tensor(std::move(made));
  append({"assign_variable", {value}, {id}, {}});
  return id;
}

TensorId Operator::emit_with(std::string op, std::vector<TensorId> from, Attributes attributes,
                             const std::vector<TensorId>& variables) {
  ir::Node node{std::move(op), std::move(from), {}, std::move(attributes)};
  const std::string name = source_.output_size() > 0 ? source_.output(0) : source_.name();
  node.outputs = {graph_.add_tensor({name, ir::DType::f32, {}, {}, false, {}})};
  node.outputs.insert(node.outputs.end(), variables.begin(), variables.end());
  return append(std::move(node))[0];
}

TensorId Operator::emit_as(std::string op, TensorId from, ir::DType dtype,
                           ir::Quantization quantization) {
  ir::Node node{std::move(op), {from}, {}, {{"simulated", int64_t{1}}}};
  const std::string name = source_.output_size() > 0 ? source_.output(0) : source_.name();
  ir::Shape extents = shape(from).empty() ? ir::Shape{1} : shape(from);
  node.outputs = {
      graph_.add_tensor({name, dtype, std::move(extents), std::move(quantization), false, {}})};
  return append(std::move(node))[0];
}

TensorId Operator::quantized(TensorId real, ir::DType dtype, ir::Quantization quantization) {
  return emit_as("quantize", real, dtype, std::move(quantization));
}

TensorId Operator::dequantized(TensorId stored) {
  return emit_as("dequantize", stored, ir::DType::f32, {});
}

TensorId Operator::reals(ir::Shape shape, const std::vector<float>& values) {
  context_.spend(static_cast<int64_t>(values.size() * sizeof(float)));
  return graph_.add_constant(source_.name() + "/constant", ir::DType::f32, std::move(shape),
                             values);
}

TensorId Operator::indices(const Integers& values, ir::Shape shape) {
  std::vector<int32_t> narrow;
  for (const int64_t value : values) {
    narrow.push_back(static_cast<int32_t>(std::clamp<int64_t>(value, INT32_MIN, INT32_MAX)));
  }
  if (shape.empty()) shape = {static_cast<int32_t>(values.size())};
  context_.spend(static_cast<int64_t>(values.size() * sizeof(int32_t)));
  return graph_.add_constant(source_.name() + "/indices", ir::DType::i32, std::move(shape), narrow);
}

namespace {

// The axis of a new shape that holds the entries of `axis` of an old one, if one does.
std::optional<int32_t> same_axis(const ir::Shape& old, int32_t axis, const ir::Shape& made) {
  int64_t before = 1;
  for (int32_t k = 0; k < axis; ++k) before *= old[static_cast<size_t>(k)];
  int64_t at = 1;
  for (size_t k = 0; k < made.size(); ++k) {
    if (at == before && made[k] == old[static_cast<size_t>(axis)]) return static_cast<int32_t>(k);
    at *= made[k];
  }
  return std::nullopt;
}

}  // namespace

TensorId Operator::reshaped(TensorId x, const Integers& shape) {
  const ir::Shape old = shape_copy(x);
  if (std::ranges::equal(old, shape)) return x;
  if (!tensor(x).constant) return emit("reshape", {x}, {{"shape", shape}});
  ir::Tensor copy = tensor(x);
  int64_t elements = 1;
  copy.shape.clear();
  for (const int64_t extent : shape) {
    require(extent >= 1 && extent <= copy.elements() + 1 + INT32_MAX / 2, "extent of a shape");
    copy.shape.push_back(static_cast<int32_t>(extent));
    elements *= extent;
    require(elements <= tensor(x).elements(), "a shape with more elements than its tensor");
  }
  require(elements == tensor(x).elements(), "a shape with fewer elements than its tensor");
  if (copy.quantization.axis >= 0) {
    const auto axis = same_axis(old, copy.quantization.axis, copy.shape);
    require(axis.has_value(), "a constant with a scale per channel can't be reshaped so");
    copy.quantization.axis = *axis;
  }
  return constant(std::move(copy));
}

TensorId Operator::transposed(TensorId x, const Integers& order) {
  if (std::ranges::is_sorted(order)) return x;
  const ir::Quantization old = tensor(x).quantization;
  const TensorId y = emit("transpose", {x, indices(order)});
  if (!tensor(x).constant || old.empty()) return y;
  ir::Quantization moved = old;
  const auto to = std::ranges::find(order, int64_t{old.axis});
  if (old.axis >= 0) moved.axis = static_cast<int32_t>(to - order.begin());
  set_quantization(y, moved);
  return y;
}

TensorId Operator::part(TensorId x, size_t axis, int64_t begin, int64_t count) {
  Integers starts(shape(x).size(), 0), sizes(shape(x).begin(), shape(x).end());
  starts.at(axis) = begin;
  sizes.at(axis) = count;
  ir::Quantization cut = tensor(x).quantization;
  const TensorId y = emit("slice", {x, indices(starts), indices(sizes)});
  if (!tensor(x).constant || cut.empty()) return y;
  if (cut.axis == static_cast<int32_t>(axis)) {
    cut.scale = {cut.scale.begin() + begin, cut.scale.begin() + begin + count};
    cut.zero_point = {cut.zero_point.begin() + begin, cut.zero_point.begin() + begin + count};
  }
  set_quantization(y, cut);
  return y;
}

TensorId Operator::cast(TensorId x, ir::DType to) {
  if (tensor(x).dtype == to) return x;
  return emit("cast", {x}, {{"to", std::string(ir::dtype_name(to))}});
}

}  // namespace mote::onnx
