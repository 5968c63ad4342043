#include "compiler/quantize/convert.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "compiler/ir/op.hpp"
#include "compiler/quantize/kernel_support.hpp"
#include "compiler/quantize/palette.hpp"

namespace mote::quantize {
namespace {

using ir::DType;
using ir::Graph;
using ir::GraphError;
using ir::Node;
using ir::QuantizationRule;
using ir::Tensor;
using ir::TensorId;
using Output = QuantizationRule::Output;

void require_finite(const Tensor& tensor) {
  for (float value : tensor.values<float>()) {
    if (std::isfinite(value)) continue;
    throw GraphError("constant '" + tensor.name + "' holds " + std::to_string(value) +
                     ", which no integer stands for");
  }
}

// round(value / scale) of every channel, within what int32 holds.
template <class T>
std::vector<T> round_bias(const Tensor& tensor, const std::vector<float>& scales) {
  std::vector<T> stored;
  for (float value : tensor.values<float>()) {
    const double steps =
        std::round(static_cast<double>(value) / static_cast<double>(scales.at(stored.size())));
    constexpr auto limit = static_cast<double>(std::numeric_limits<int32_t>::max());
    stored.push_back(static_cast<T>(std::clamp(steps, -limit, limit)));
  }
  return stored;
}

// Channels with next to no weights would have biases beyond 32 bits. TensorFlow's converter makes
// their scale larger, so that the bias takes half of what int32 holds.
void make_room_for(std::span<const float> bias, float x_scale, std::vector<float>& scales) {
  constexpr float half_range = 1073741824.0f;
  const bool one = scales.size() == 1;
  for (size_t c = 0; c < bias.size() && (one || c < scales.size()); ++c) {
    float& scale = scales[one ? 0 : c];
    scale = std::max(scale, std::fabs(bias[c]) / half_range / x_scale);
  }
}

class Converter {
 public:
  Converter(const Graph& source, const Ranges& ranges, const ConvertOptions& options)
      : source_(source), ranges_(ranges), options_(options), groups_(source) {
    result_.graph.name = source.name;
    result_.palette_bits = options.palette_bits;
    result_.palette_for = options.palette_for;
    result_.values.assign(source.tensors.size(), ir::no_tensor);
  }

  Converted run() {
    for (TensorId id : source_.inputs) add_input(id);
    for (size_t t = 0; t < source_.tensors.size(); ++t) {
      if (source_.tensors[t].variable) result_.values[t] = graph().add_tensor(source_.tensors[t]);
    }
    for (size_t i = 0; i < source_.nodes.size(); ++i) {
      const Precision precision = choose(i);
      result_.precisions.push_back(precision);
      convert(source_.nodes[i], precision);
    }
    for (TensorId id : source_.outputs) {
      const bool as_real = options_.float_outputs && source_.tensor(id).dtype == DType::f32;
      graph().outputs.push_back(as_real ? as_float(id) : value(id));
    }
    return std::move(result_);
  }

 private:
  Graph& graph() { return result_.graph; }
  TensorId& value(TensorId id) { return result_.values.at(static_cast<size_t>(id)); }
  const QuantizationRule& rule_of(const Node& node) const {
    return ir::find_op(node.op).quantization;
  }

  Precision wish(size_t index) const {
    const bool given = index < options_.by_node.size() && options_.by_node[index].has_value();
    return given ? *options_.by_node[index] : options_.precision;
  }

  // The type that graph inputs have: the first linear op's.
  DType input_type() const {
    for (size_t i = 0; i < source_.nodes.size(); ++i) {
      if (!quantizable(source_, source_.nodes[i]) || rule_of(source_.nodes[i]).weights < 0)
        continue;
      return precision_info(wish(i)).activations;
    }
    return precision_info(options_.precision).activations;
  }

  void add_input(TensorId id) {
    Tensor input = source_.tensor(id);
    const DType type = input_type();
    const auto wants_integers = [&](int32_t node) {
      return quantizable(source_, source_.nodes[static_cast<size_t>(node)]);
    };
    if (!options_.float_inputs && input.dtype == DType::f32 && type != DType::f32 &&
        std::ranges::any_of(source_.consumers(id), wants_integers)) {
      input.dtype = type;
      input.quantization = groups_.quantization(id, type, ranges_);
    }
    value(id) = graph().add_tensor(std::move(input));
    graph().inputs.push_back(value(id));
  }

  // What node `index` becomes: what is wished for, as far as there are kernels.
  Precision choose(size_t index) {
    const Node& node = source_.nodes[index];
    if (!quantizable(source_, node)) return Precision::float32;
    const bool given = index < options_.by_node.size() && options_.by_node[index].has_value();
    Precision precision = wish(index);
    if (!given && rule_of(node).weights < 0) {
      const TensorId x = node.inputs[0];
      const bool wide = !source_.tensor(x).constant && graph().tensor(value(x)).dtype == DType::i16;
      precision = wide ? Precision::int16x8 : Precision::int8;
    }
    for (const Precision candidate : {precision, Precision::int8}) {
      if (candidate == Precision::float32 || has_kernel(source_, node, candidate)) return candidate;
    }
    return Precision::float32;
  }

  void convert(const Node& node, Precision precision) {
    Node copy = node;
    const DType type = precision_info(precision).activations;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] == ir::no_tensor) continue;
      copy.inputs[i] = precision == Precision::float32 ? plain_input(node.inputs[i])
                                                       : integer_input(node, i, precision, copy);
    }
    if (precision == Precision::int4 && rule_of(node).weights >= 0) {
      copy.attributes["weight_bits"] = int64_t{4};
    }
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      const TensorId old = node.outputs[i];
      if (source_.tensor(old).variable) {
        copy.outputs[i] = value(old);
        continue;
      }
      Tensor y = source_.tensor(old);
      if (precision != Precision::float32 && y.dtype == DType::f32 &&
          rule_of(node).output != Output::measure) {
        y.dtype = type;
        y.quantization = groups_.quantization(old, type, ranges_);
      }
      copy.outputs[i] = value(old) = graph().add_tensor(std::move(y));
    }
    graph().nodes.push_back(std::move(copy));
  }

  TensorId plain_input(TensorId id) {
    const Tensor& tensor = source_.tensor(id);
    if (tensor.constant) return graph().add_tensor(tensor);
    return tensor.dtype == DType::f32 ? as_float(id) : value(id);
  }

  TensorId integer_input(const Node& node, size_t input, Precision precision, const Node& copy) {
    const TensorId id = node.inputs[input];
    const Tensor& tensor = source_.tensor(id);
    const QuantizationRule& rule = rule_of(node);
    const DType type = precision_info(precision).activations;
    if (tensor.dtype != DType::f32) return tensor.constant ? graph().add_tensor(tensor) : value(id);
    const bool with_others =
        rule.output == Output::shared || (rule.output == Output::as_input && input > 0);
    const TensorId whose = with_others ? node.outputs.at(0) : id;
    if (!tensor.constant) return as_integer(id, type, groups_.quantization(whose, type, ranges_));
    require_finite(tensor);
    if (is_weights(rule, input)) return weights(node, input, precision, copy);
    if (is_bias(rule, input)) return bias(node, input, copy, type);
    const auto [low, high] = std::ranges::minmax(tensor.values<float>());
    return constant(tensor, type,
                    with_others ? groups_.quantization(whose, type, ranges_)
                                : quantization_for({low, high, true}, type));
  }

  TensorId as_float(TensorId old) { return border(old, DType::f32, {}, "dequantize", "_float"); }

  TensorId as_integer(TensorId old, DType type, const ir::Quantization& quantization) {
    return border(old, type, quantization, "quantize", type == DType::i8 ? "_int8" : "_int16");
  }

  // The value of a source's tensor in a type and on a grid; made by a node `op` if need be, once.
  TensorId border(TensorId old, DType type, const ir::Quantization& quantization, const char* op,
                  const char* suffix) {
    const TensorId from = value(old);
    const Tensor& tensor = graph().tensor(from);
    const bool fits = type == DType::f32 || tensor.quantization == quantization;
    if (tensor.dtype == type && fits) return from;
    for (const Border& known : borders_) {
      const Tensor& made = graph().tensor(known.made);
      if (known.old == old && made.dtype == type && made.quantization == quantization) {
        return known.made;
      }
    }
    Tensor y = tensor;
    y.name = tensor.name + suffix;
    y.dtype = type;
    y.quantization = quantization;
    y.variable = false;
    y.data.clear();
    const TensorId made = graph().add_tensor(std::move(y));
    graph().nodes.push_back({op, {from}, {made}, {}, -1});
    borders_.push_back({old, made});
    return made;
  }

  // The bias that is added to the products of the weights at `input`; nothing when there is none.
  std::span<const float> bias_beside(const Node& node, size_t input) const {
    const QuantizationRule& rule = rule_of(node);
    const auto part = static_cast<int32_t>(input) - rule.weights;
    const bool of_several = rule.biases > 1;
    const auto b = static_cast<size_t>(rule.bias + (of_several ? part : 0));
    const bool there = rule.bias >= 0 && (!of_several || part < rule.biases) &&
                       b < node.inputs.size() && node.inputs[b] != ir::no_tensor &&
                       source_.tensor(node.inputs[b]).constant;
    if (!there) return {};
    const auto all = source_.tensor(node.inputs[b]).values<float>();
    if (of_several) return all;
    const auto& shape = source_.tensor(node.inputs[input]).shape;
    return all.subspan(static_cast<size_t>(part) * channels_on(shape, rule.channel_axis));
  }

  // Scale of what the weights at `input` multiply: the node's first input or its earlier outputs.
  float scale_of_factor(const Node& node, size_t input, const Node& copy, DType type) const {
    const QuantizationRule& rule = rule_of(node);
    if (static_cast<int32_t>(input) < rule.weights + rule.biases) {
      return result_.graph.tensor(copy.inputs.at(0)).scale();
    }
    return groups_.quantization(node.outputs.at(0), type, ranges_).scale.at(0);
  }

  size_t index_of(const Node& node) const {
    return static_cast<size_t>(&node - source_.nodes.data());
  }

  // Of the values that the node's weights may have; 0: any.
  int32_t palette_bits(const Node& node, Precision precision) const {
    constexpr int32_t int4_bits = 4;
    const bool wanted = options_.palette_bits > 0 &&
                        precision_info(precision).activations == DType::i8 &&
                        (options_.palette_for.empty() || options_.palette_for.at(index_of(node)));
    if (precision == Precision::int4 && options_.moments != nullptr) {
      return wanted ? std::min(options_.palette_bits, int4_bits) : int4_bits;
    }
    return wanted ? options_.palette_bits : 0;
  }

  SecondMoments moments_of(const Node& node) const {
    return options_.moments == nullptr ? SecondMoments{} : options_.moments->at(index_of(node));
  }

  TensorId weights(const Node& node, size_t input, Precision precision, const Node& copy) {
    const QuantizationRule& rule = rule_of(node);
    const Tensor& tensor = source_.tensor(node.inputs.at(input));
    const DType type = precision_info(precision).activations;
    const int32_t limit = precision_info(precision).weight_limit;
    const float* values = tensor.values<float>().data();
    auto scales = weight_scales(tensor.shape, values, rule.channel_axis, limit);
    make_room_for(bias_beside(node, input), scale_of_factor(node, input, copy, type), scales);
    const int32_t bits = palette_bits(node, precision);
    const auto stored =
        bits > 0 ? fit_to_palette(
                       {tensor.shape, tensor.values<float>(), rule.channel_axis, scales, limit},
                       bits, moments_of(node))
                 : quantize_weights(tensor.shape, values, rule.channel_axis, scales, limit);
    const TensorId id = graph().add_constant(tensor.name, DType::i8, tensor.shape, stored);
    graph().tensor(id).quantization = {scales, std::vector<int32_t>(scales.size(), 0),
                                       rule.channel_axis};
    return id;
  }

  // The scales of a bias' values. One bias of several weights has a part for each, one after
  // another; of several biases each is that of the weights at its place.
  std::vector<float> bias_scales(const Node& node, size_t input, const Node& copy, DType type) {
    const QuantizationRule& rule = rule_of(node);
    const auto first = static_cast<size_t>(rule.weights);
    const size_t part = input - static_cast<size_t>(rule.bias);
    const size_t elements = static_cast<size_t>(source_.tensor(node.inputs[input]).elements());
    std::vector<float> scales;
    for (size_t w = first + part; is_weights(rule, w); ++w) {
      const float factor = scale_of_factor(node, w, copy, type);
      for (const float scale : graph().tensor(copy.inputs.at(w)).quantization.scale) {
        scales.push_back(factor * scale);
      }
      if (rule.biases > 1) break;
    }
    if (rule.channel_axis < 0) scales.resize(elements, scales.at(0));
    return scales;
  }

  TensorId bias(const Node& node, size_t input, const Node& copy, DType type) {
    const Tensor& tensor = source_.tensor(node.inputs[input]);
    const std::vector<float> scales = bias_scales(node, input, copy, type);
    const TensorId id = type == DType::i16
                            ? graph().add_constant(tensor.name, DType::i64, tensor.shape,
                                                   round_bias<int64_t>(tensor, scales))
                            : graph().add_constant(tensor.name, DType::i32, tensor.shape,
                                                   round_bias<int32_t>(tensor, scales));
    // A bias of several parts has no axis that its scales run along.
    if (rule_of(node).channel_axis < 0) {
      graph().tensor(id).quantization = {{scales.at(0)}, {0}, -1};
    } else if (tensor.shape.size() == 1) {
      graph().tensor(id).quantization = {scales, std::vector<int32_t>(scales.size(), 0), 0};
    }
    return id;
  }

  TensorId constant(const Tensor& tensor, DType type, const ir::Quantization& quantization) {
    const int32_t zero = quantization.zero_point.at(0);
    const double scale = static_cast<double>(quantization.scale.at(0));
    const auto store = [&](auto low, auto high) {
      std::vector<decltype(low)> stored;
      for (float v : tensor.values<float>()) {
        const double steps = std::round(static_cast<double>(v) / scale) + zero;
        stored.push_back(static_cast<decltype(low)>(
            std::clamp(steps, static_cast<double>(low), static_cast<double>(high))));
      }
      return graph().add_constant(tensor.name, type, tensor.shape, stored);
    };
    const TensorId id = type == DType::i16 ? store(int16_t{-32767}, int16_t{32767})
                                           : store(int8_t{-128}, int8_t{127});
    graph().tensor(id).quantization = quantization;
    return id;
  }

  struct Border {
    TensorId old, made;
  };

  const Graph& source_;
  const Ranges& ranges_;
  const ConvertOptions& options_;
  RangeGroups groups_;
  Converted result_;
  std::vector<Border> borders_;
};

}  // namespace

Converted convert(const Graph& source, const Ranges& ranges, const ConvertOptions& options) {
  return Converter(source, ranges, options).run();
}

}  // namespace mote::quantize
