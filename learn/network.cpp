#include "learn/network.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "compiler/ir/op.hpp"

namespace mote::learn {

using ir::QuantizationRule;
using Output = QuantizationRule::Output;

Network::Network(ir::Graph graph, ir::TensorId output)
    : graph_(std::move(graph)),
      output_(output),
      parameter_of_(graph_.tensors.size(), -1),
      activations_(graph_.tensors.size()),
      quantized_(graph_.tensors.size(), false),
      range_of_(graph_.tensors.size()),
      ranges_(graph_.tensors.size()),
      range_is_fixed_(graph_.tensors.size(), false) {
  if (graph_.inputs.size() != 1) {
    throw ir::GraphError("graph '" + graph_.name + "' has " + std::to_string(graph_.inputs.size()) +
                         " inputs; training needs one");
  }
  std::vector<bool> needed(graph_.tensors.size(), false);
  needed[index(output)] = true;
  std::vector<const ir::Node*> order;
  for (size_t i = graph_.nodes.size(); i-- > 0;) {
    const ir::Node& node = graph_.nodes[i];
    const auto wanted = [&](ir::TensorId id) { return needed[index(id)]; };
    if (!std::ranges::any_of(node.outputs, wanted)) continue;
    for (ir::TensorId id : node.inputs) {
      if (id != ir::no_tensor) needed[index(id)] = true;
    }
    order.insert(order.begin(), &node);
  }
  for (const ir::Node* node : order) {
    const LayerDef& def = find_layer(node->op);
    const ir::QuantizationRule& rule = ir::find_op(node->op).quantization;
    steps_.push_back({node, &def, &rule, def.make(graph_, *node), {}, {}, {}});
    for (ir::TensorId id : node->inputs) {
      if (id != ir::no_tensor && graph_.tensor(id).constant) add_parameter(id);
    }
  }
  for (size_t t = 0; t < graph_.tensors.size(); ++t) {
    if (!graph_.tensors[t].constant) activations_[t].elements = graph_.tensors[t].elements();
  }
  input_elements_ = graph_.tensor(graph_.inputs[0]).elements();
  output_elements_ = graph_.tensor(output).elements();
  mark_gradients();
  mark_quantized();
}

void Network::add_parameter(ir::TensorId id) {
  if (parameter_of_[index(id)] >= 0) return;
  const ir::Tensor& tensor = graph_.tensor(id);
  if (tensor.dtype != ir::DType::f32) {
    throw ir::GraphError("constant '" + tensor.name + "' is " +
                         std::string(ir::dtype_name(tensor.dtype)) + "; training needs f32");
  }
  parameter_of_[index(id)] = static_cast<int32_t>(parameters_.size());
  const auto values = tensor.values<float>();
  Parameter parameter{id, tensor.name, tensor.shape, {}, {}, false, tensor.shape.size() > 1};
  parameter.value.assign(values.begin(), values.end());
  parameters_.push_back(std::move(parameter));
}

void Network::mark_gradients() {
  for (const Step& step : steps_) {
    bool needs = false;
    for (size_t i = 0; i < step.node->inputs.size(); ++i) {
      const ir::TensorId id = step.node->inputs[i];
      if (id == ir::no_tensor) continue;
      const int32_t parameter = parameter_of_[index(id)];
      if (parameter >= 0 && (step.def->trained_inputs >> i & 1) != 0) {
        Parameter& p = parameters_[static_cast<size_t>(parameter)];
        p.trained = true;
        p.gradient.assign(p.value.size(), 0.0f);
        needs = true;
      }
      needs = needs || activations_[index(id)].needs_gradient;
    }
    for (ir::TensorId id : step.node->outputs) activations_[index(id)].needs_gradient = needs;
  }
  // Backward goes from the last step: the first to touch an input overwrites, later ones add.
  std::vector<bool> touched(graph_.tensors.size(), false);
  for (size_t s = steps_.size(); s-- > 0;) {
    Step& step = steps_[s];
    for (ir::TensorId id : step.node->inputs) {
      step.gradient_is_shared.push_back(id != ir::no_tensor && touched[index(id)]);
      if (id != ir::no_tensor) touched[index(id)] = true;
    }
  }
}

void Network::mark_quantized() {
  for (size_t t = 0; t < range_of_.size(); ++t) range_of_[t] = static_cast<ir::TensorId>(t);
  for (const Step& step : steps_) {
    const Output rule = step.rule->output;
    if (rule == Output::real) continue;
    for (ir::TensorId id : step.node->inputs) {
      if (id != ir::no_tensor && parameter_of_[index(id)] < 0) quantized_[index(id)] = true;
    }
    if (rule == Output::measure) continue;
    const ir::TensorId y = step.node->outputs.at(0);
    quantized_[index(y)] = true;
    if (rule == Output::as_input) {
      range_of_[index(y)] = range_of_[index(step.node->inputs.at(0))];
    }
  }
}

void Network::reserve(int32_t batch) {
  if (batch > batch_reserved_) {
    for (Activation& activation : activations_) {
      activation.value.resize(static_cast<size_t>(activation.elements * batch));
      if (activation.needs_gradient) {
        activation.gradient.resize(static_cast<size_t>(activation.elements * batch));
      }
    }
    batch_reserved_ = batch;
  }
  for (Step& step : steps_) {
    step.inputs.clear();
    step.input_gradients.clear();
    for (size_t i = 0; i < step.node->inputs.size(); ++i) {
      const ir::TensorId id = step.node->inputs[i];
      float* value = nullptr;
      float* gradient = nullptr;
      if (id != ir::no_tensor && parameter_of_[index(id)] >= 0) {
        const auto p = static_cast<size_t>(parameter_of_[index(id)]);
        value = parameters_[p].value.data();
        const bool trained = (step.def->trained_inputs >> i & 1) != 0;
        if (trained && parameters_[p].trained) gradient = parameters_[p].gradient.data();
      } else if (id != ir::no_tensor) {
        Activation& activation = activations_[index(id)];
        value = activation.value.data();
        if (activation.needs_gradient) gradient = activation.gradient.data();
      }
      step.inputs.push_back(value);
      step.input_gradients.push_back(gradient);
    }
  }
}

Pass Network::pass_of(Step& step) {
  Activation& y = activations_[index(step.node->outputs.at(0))];
  return {batch_, training_, step.inputs, y.value.data(), y.gradient.data(), step.input_gradients};
}

std::span<const float> Network::forward(std::span<const float> x, int32_t batch, bool training) {
  if (x.size() != static_cast<size_t>(input_elements_ * batch)) {
    throw ir::GraphError("graph '" + graph_.name + "': a batch of " + std::to_string(batch) +
                         " needs " + std::to_string(input_elements_ * batch) + " values, got " +
                         std::to_string(x.size()));
  }
  if (batch != batch_ || batch_reserved_ == 0) reserve(batch);
  batch_ = batch;
  training_ = training;
  const ir::TensorId input = graph_.inputs[0];
  std::ranges::copy(x, activations_[index(input)].value.begin());
  quantize_activation(input, training);
  for (Step& step : steps_) {
    if (quantization_ == Quantization::fake) quantize_weights(step);
    step.layer->forward(pass_of(step));
    quantize_activation(step.node->outputs.at(0), training);
    if (training) drop_out(step.node->outputs.at(0));
  }
  return values(output_);
}

void Network::backward(std::span<const float> output_gradient) {
  std::ranges::copy(output_gradient, activations_[index(output_)].gradient.begin());
  for (size_t s = steps_.size(); s-- > 0;) step_backward(steps_[s]);
}

void Network::step_backward(Step& step) {
  const ir::TensorId y = step.node->outputs.at(0);
  Activation& activation = activations_[index(y)];
  if (!activation.needs_gradient) return;
  const auto count = static_cast<size_t>(activation.elements * batch_);
  if (const auto drop = dropout_.find(y); drop != dropout_.end() && training_) {
    for (size_t i = 0; i < count; ++i) activation.gradient[i] *= drop->second.mask[i];
  }
  if (quantization_ == Quantization::fake && quantized_[index(y)]) {
    for (size_t i = 0; i < count; ++i) {
      activation.gradient[i] = activation.inside[i] != 0 ? activation.gradient[i] : 0.0f;
    }
  }
  Pass pass = pass_of(step);
  std::vector<float*> gradients = step.input_gradients;
  for (size_t i = 0; i < gradients.size(); ++i) {
    if (gradients[i] == nullptr || !step.gradient_is_shared[i]) continue;
    // One input may be shared per node: a node that reads one tensor twice is refused below.
    const ir::TensorId id = step.node->inputs[i];
    const size_t size =
        parameter_of_[index(id)] >= 0
            ? parameters_[static_cast<size_t>(parameter_of_[index(id)])].value.size()
            : static_cast<size_t>(activations_[index(id)].elements * batch_);
    spare_gradient_.assign(size, 0.0f);
    if (std::ranges::count(gradients, spare_gradient_.data()) > 0) {
      throw ir::GraphError("op " + step.node->op + ": two inputs are each read more than once");
    }
    gradients[i] = spare_gradient_.data();
  }
  pass.input_gradients = gradients;
  step.layer->backward(pass);
  for (size_t i = 0; i < gradients.size(); ++i) {
    if (gradients[i] == step.input_gradients[i]) continue;
    float* sum = step.input_gradients[i];
    for (size_t k = 0; k < spare_gradient_.size(); ++k) sum[k] += spare_gradient_[k];
  }
}

ir::Graph Network::graph() const {
  ir::Graph result = graph_;
  for (const Parameter& parameter : parameters_) {
    std::ranges::copy(parameter.value, result.tensor(parameter.tensor).values<float>().begin());
  }
  return result;
}

std::span<const float> Network::values(ir::TensorId tensor) const {
  const Activation& activation = activations_.at(index(tensor));
  return {activation.value.data(), static_cast<size_t>(activation.elements * batch_)};
}

void Network::set_dropout(ir::TensorId tensor, float rate, uint64_t seed) {
  dropout_.erase(tensor);
  if (rate > 0) dropout_.emplace(tensor, Dropout{rate, Random(seed), {}});
}

void Network::drop_out(ir::TensorId id) {
  const auto found = dropout_.find(id);
  if (found == dropout_.end()) return;
  Dropout& drop = found->second;
  Activation& activation = activations_[index(id)];
  const auto count = static_cast<size_t>(activation.elements * batch_);
  drop.mask.resize(activation.value.size());
  for (size_t i = 0; i < count; ++i) {
    drop.mask[i] = drop.random.uniform() < drop.rate ? 0.0f : 1.0f / (1.0f - drop.rate);
    activation.value[i] *= drop.mask[i];
  }
}

void Network::set_quantization(Quantization mode, float range_weight) {
  quantization_ = mode;
  range_weight_ = range_weight;
  batch_ = 0;  // the steps' pointers are made anew
  rounded_parameters_.assign(parameters_.size(), {});
}

void Network::fix_range(ir::TensorId tensor, float min, float max) {
  ranges_.at(index(tensor)) = {min, max, true};
  range_is_fixed_[index(tensor)] = true;
}

AffineInt8 Network::activation_grid(ir::TensorId tensor) const {
  for (const Step& step : steps_) {
    const QuantizationRule& rule = *step.rule;
    if (rule.output == Output::fixed && step.node->outputs[0] == tensor) {
      return {rule.scale, rule.zero_point};
    }
  }
  const ValueRange& range = ranges_.at(index(range_of_.at(index(tensor))));
  if (!quantized_[index(tensor)] || !range.seen) {
    throw ir::GraphError("tensor '" + graph_.tensor(tensor).name + "' has no measured range");
  }
  return affine_for(range);
}

void Network::quantize_activation(ir::TensorId id, bool training) {
  if (quantization_ == Quantization::off || !quantized_[index(id)]) return;
  Activation& activation = activations_[index(id)];
  const auto count = static_cast<size_t>(activation.elements * batch_);
  ValueRange& range = ranges_[index(range_of_[index(id)])];
  const bool follows = range_of_[index(id)] == id && !range_is_fixed_[index(id)];
  if (follows && (quantization_ == Quantization::observe || training)) {
    observe(range, activation.value.data(), count, range_weight_);
  }
  if (quantization_ != Quantization::fake) return;
  activation.inside.resize(activation.value.size());
  // Gradients don't notice how a half is rounded; what the device will answer does.
  const bool is_mean = !training && range_of_[index(id)] != id;
  const auto round = is_mean ? fake_quantize_mean : fake_quantize;
  round(activation_grid(id), activation.value.data(), count, activation.inside.data());
}

void Network::quantize_weights(Step& step) {
  const QuantizationRule& rule = *step.rule;
  if (rule.weights < 0) return;
  const auto w = static_cast<size_t>(rule.weights);
  const ir::TensorId id = step.node->inputs.at(w);
  if (parameter_of_[index(id)] < 0) return;
  const auto p = static_cast<size_t>(parameter_of_[index(id)]);
  const Parameter& weights = parameters_[p];
  const auto scales = weight_scales(weights.shape, weights.value.data(), rule.channel_axis);
  rounded_parameters_[p].resize(weights.value.size());
  fake_quantize_weights(weights.shape, weights.value.data(), rule.channel_axis, scales,
                        rounded_parameters_[p].data());
  step.inputs[w] = rounded_parameters_[p].data();

  const auto b = static_cast<size_t>(rule.bias);
  if (rule.bias < 0 || b >= step.node->inputs.size() || step.node->inputs[b] == ir::no_tensor) {
    return;
  }
  const auto q = static_cast<size_t>(parameter_of_[index(step.node->inputs[b])]);
  const Buffer& bias = parameters_[q].value;
  const double x_scale = static_cast<double>(activation_grid(step.node->inputs[0]).scale);
  rounded_parameters_[q].resize(bias.size());
  for (size_t c = 0; c < bias.size(); ++c) {
    const double unit = x_scale * static_cast<double>(scales[c]);
    rounded_parameters_[q][c] = static_cast<float>(std::round(bias[c] / unit) * unit);
  }
  step.inputs[b] = rounded_parameters_[q].data();
}

}  // namespace mote::learn
