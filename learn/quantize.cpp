#include "learn/quantize.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace mote::learn {
namespace {

using ir::TensorId;
using Output = QuantizationRule::Output;

class Converter {
 public:
  explicit Converter(const Network& network) : network_(network), source_(network.graph()) {
    result_.name = source_.name;
  }

  ir::Graph run() {
    for (TensorId id : source_.inputs) {
      ir::Tensor input = source_.tensor(id);
      values_[id] = result_.add_tensor(std::move(input));
      result_.inputs.push_back(values_[id]);
    }
    for (const ir::Node& node : source_.nodes) convert(node);
    for (TensorId id : source_.outputs) result_.outputs.push_back(values_.at(id));
    return std::move(result_);
  }

 private:
  void convert(const ir::Node& node) {
    const QuantizationRule& rule = find_layer(node.op).quantization;
    std::vector<TensorId> inputs;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const TensorId id = node.inputs[i];
      if (id == ir::no_tensor) {
        inputs.push_back(id);
      } else if (source_.tensor(id).constant) {
        inputs.push_back(constant(node, i, rule, inputs));
      } else {
        inputs.push_back(rule.output == Output::real ? values_.at(id) : as_int8(id));
      }
    }
    const TensorId y = result_.add_node(node.op, inputs, node.attributes).at(0);
    const TensorId old = node.outputs.at(0);
    result_.tensor(y).name = source_.tensor(old).name;
    values_[old] = y;
    switch (rule.output) {
      case Output::own_range:
        set_grid(y, network_.activation_grid(old));
        break;
      case Output::as_input:
        result_.tensor(y).quantization = result_.tensor(inputs.at(0)).quantization;
        break;
      case Output::fixed:
        set_grid(y, {rule.scale, rule.zero_point});
        break;
      case Output::real:
      case Output::score:
        break;
    }
  }

  // The int8 form of an activation; float32 ones get a quantize node, once.
  TensorId as_int8(TensorId old) {
    const TensorId value = values_.at(old);
    if (result_.tensor(value).dtype == ir::DType::i8) return value;
    const auto known = quantized_.find(old);
    if (known != quantized_.end()) return known->second;
    const TensorId y = result_.add_node("quantize", {value}, {}).at(0);
    result_.tensor(y).name = result_.tensor(value).name + "_int8";
    set_grid(y, network_.activation_grid(old));
    return quantized_[old] = y;
  }

  TensorId constant(const ir::Node& node, size_t input, const QuantizationRule& rule,
                    const std::vector<TensorId>& inputs) {
    const ir::Tensor& tensor = source_.tensor(node.inputs[input]);
    const auto values = tensor.values<float>();
    if (rule.output == Output::real) {
      return result_.add_tensor(tensor);
    }
    if (static_cast<int32_t>(input) == rule.weights) {
      const auto scales = weight_scales(tensor.shape, values.data(), rule.channel_axis);
      const auto stored = quantize_weights(tensor.shape, values.data(), rule.channel_axis, scales);
      const TensorId id = result_.add_constant(tensor.name, ir::DType::i8, tensor.shape, stored);
      result_.tensor(id).quantization = {scales, std::vector<int32_t>(scales.size(), 0),
                                         rule.channel_axis};
      return id;
    }
    if (static_cast<int32_t>(input) == rule.bias) {
      return bias(tensor, result_.tensor(inputs.at(0)).scale(),
                  result_.tensor(inputs.at(static_cast<size_t>(rule.weights))).quantization.scale);
    }
    throw ir::GraphError("op " + node.op + ": constant '" + tensor.name +
                         "' has no int8 form; fold it away first");
  }

  TensorId bias(const ir::Tensor& tensor, float x_scale, const std::vector<float>& weight_scale) {
    std::vector<int32_t> stored;
    std::vector<float> scales;
    for (float value : tensor.values<float>()) {
      const float scale = x_scale * weight_scale.at(stored.size());
      const double steps = std::round(static_cast<double>(value) / static_cast<double>(scale));
      constexpr double limit = std::numeric_limits<int32_t>::max();
      stored.push_back(static_cast<int32_t>(std::clamp(steps, -limit, limit)));
      scales.push_back(scale);
    }
    const TensorId id = result_.add_constant(tensor.name, ir::DType::i32, tensor.shape, stored);
    result_.tensor(id).quantization = {scales, std::vector<int32_t>(scales.size(), 0), 0};
    return id;
  }

  void set_grid(TensorId id, const AffineInt8& grid) {
    result_.tensor(id).quantization = {{grid.scale}, {grid.zero_point}, -1};
  }

  const Network& network_;
  ir::Graph source_;
  ir::Graph result_;
  std::map<TensorId, TensorId> values_;     // by the source's tensor
  std::map<TensorId, TensorId> quantized_;  // float32 activations after their quantize node
};

}  // namespace

ir::Graph to_int8(const Network& network) {
  return Converter(network).run();
}

}  // namespace mote::learn
