#include <array>
#include <charconv>

#include "compiler/ir/text.hpp"
#include "core/crc32.hpp"

namespace mote::ir {
namespace {

// The shortest text that reads back as the same bits; always recognisable as a real.
template <class Real>
std::string real_text(Real value) {
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  std::string text(buffer.data(), end);
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return text;
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result + "\"";
}

template <class Values, class Print>
std::string list(const Values& values, Print&& print) {
  std::string text = "[";
  for (const auto& value : values) text += (text.size() == 1 ? "" : ", ") + print(value);
  return text + "]";
}

std::string integer_text(int64_t value) {
  return std::to_string(value);
}

template <class T>
std::string value_text(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    return real_text(value);
  } else {
    return std::to_string(value);
  }
}

std::string id_text(TensorId id) {
  return id == no_tensor ? "_" : "%" + std::to_string(id);
}

struct AttributeText {
  std::string operator()(int64_t value) const { return integer_text(value); }
  std::string operator()(double value) const { return real_text(value); }
  std::string operator()(const std::string& value) const { return quoted(value); }
  std::string operator()(const std::vector<int64_t>& values) const {
    return list(values, integer_text);
  }
  std::string operator()(const std::vector<double>& values) const {
    return "r" + list(values, real_text<double>);
  }
};

std::string data_text(const Tensor& tensor, const TextOptions& options) {
  if (static_cast<size_t>(tensor.elements()) > options.elements_max) {
    std::array<char, 9> crc{};
    std::snprintf(crc.data(), crc.size(), "%08x", crc32(0, tensor.data.data(), tensor.data.size()));
    return std::to_string(tensor.data.size()) + " bytes crc32 " + crc.data();
  }
  switch (tensor.dtype) {
#define MOTE_PRINT_DATA(name, type) \
  case DType::name:                 \
    return list(tensor.values<type>(), value_text<type>);
    MOTE_DTYPE_LIST(MOTE_PRINT_DATA)
#undef MOTE_PRINT_DATA
  }
  throw GraphError("unknown dtype");
}

std::string tensor_line(const Graph& graph, size_t index, const TextOptions& options) {
  const Tensor& tensor = graph.tensors[index];
  std::string line = "tensor %" + std::to_string(index) + " " + quoted(tensor.name) + " " +
                     std::string(dtype_name(tensor.dtype)) + " " + list(tensor.shape, integer_text);
  const Quantization& q = tensor.quantization;
  if (tensor.variable) line += " variable";
  if (!q.empty()) {
    line += " quant";
    if (q.axis >= 0) line += " axis " + std::to_string(q.axis);
    if (q.scale.size() > options.elements_max) {
      line += " " + std::to_string(q.scale.size()) + " scales";
      return tensor.constant ? line + " = " + data_text(tensor, options) : line;
    }
    for (size_t i = 0; i < q.scale.size(); ++i) {
      const int32_t zero = i < q.zero_point.size() ? q.zero_point[i] : 0;
      line += " " + real_text(q.scale[i]) + ":" + std::to_string(zero);
    }
  }
  if (tensor.constant || tensor.variable) line += " = " + data_text(tensor, options);
  return line;
}

std::string node_line(const Node& node) {
  std::string line = "node";
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    line += (i == 0 ? " " : ", ") + id_text(node.outputs[i]);
  }
  line += " = " + node.op + "(";
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    line += (i == 0 ? "" : ", ") + id_text(node.inputs[i]);
  }
  line += ")";
  for (const auto& [name, value] : node.attributes) {
    line += " " + name + "=" + std::visit(AttributeText{}, value);
  }
  if (node.source_index >= 0) line += " @" + std::to_string(node.source_index);
  return line;
}

}  // namespace

std::string print_text(const Graph& graph, const TextOptions& options) {
  std::string text = "graph " + quoted(graph.name) + "\n";
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    text += tensor_line(graph, i, options) + "\n";
  }
  for (TensorId id : graph.inputs) text += "input " + id_text(id) + "\n";
  for (const Node& node : graph.nodes) text += node_line(node) + "\n";
  for (TensorId id : graph.outputs) text += "output " + id_text(id) + "\n";
  return text;
}

}  // namespace mote::ir
