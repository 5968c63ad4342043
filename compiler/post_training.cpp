#include "compiler/post_training.hpp"

#include <algorithm>
#include <map>

#include "compiler/compile.hpp"
#include "compiler/interpret.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/measure_moments.hpp"
#include "compiler/plan/small.hpp"
#include "compiler/quantize/equalise.hpp"

namespace mote::quantize {
namespace {

using ir::Graph;
using ir::GraphError;
using ir::Node;
using ir::Tensor;
using ir::TensorId;

std::span<const float> floats(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float)};
}

// A float32 sample as the graph takes it.
Sample fitted(const Graph& graph, const Sample& sample) {
  Sample inputs;
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.inputs[i]);
    const bool quantised = !tensor.quantization.empty();
    inputs.push_back(quantised ? input_bytes(tensor, floats(sample.at(i))) : sample.at(i));
  }
  return inputs;
}

void refuse_quantised(const Graph& graph) {
  for (const Node& node : graph.nodes) {
    for (TensorId id : node.outputs) {
      const Tensor& tensor = graph.tensor(id);
      if (tensor.quantization.empty()) continue;
      throw GraphError(graph.name + ": tensor '" + tensor.name + "' is " +
                       std::string(ir::dtype_name(tensor.dtype)) +
                       " with a scale already; quantisation starts from a float model");
    }
  }
}

// Hybrid models compute in float with int8 weights: here the weights become floats too.
void make_weights_real(Graph& graph) {
  for (Node& node : graph.nodes) {
    if (!quantizable(graph, node)) continue;
    for (TensorId& id : node.inputs) {
      if (id == ir::no_tensor) continue;
      const Tensor& stored = graph.tensor(id);
      if (!stored.constant || stored.dtype != ir::DType::i8 || stored.quantization.empty())
        continue;
      const ir::Quantization& q = stored.quantization;
      std::vector<float> values(static_cast<size_t>(stored.elements()));
      const auto integers = stored.values<int8_t>();
      for_each_run(stored.shape, q.axis < 0 ? 0 : q.axis, [&](size_t from, size_t c, size_t count) {
        const size_t at = q.axis < 0 ? 0 : c;
        for (size_t i = from; i < from + count; ++i) {
          values[i] = q.scale[at] * static_cast<float>(integers[i] - q.zero_point[at]);
        }
      });
      id = graph.add_constant(stored.name, ir::DType::f32, stored.shape, values);
      node.attributes.erase("weight_bits");
    }
  }
}

// The node that has become of a node of the source.
const Node& converted_node(const Converted& converted, const Node& node) {
  const TensorId y = converted.values.at(static_cast<size_t>(node.outputs.at(0)));
  return converted.graph.nodes.at(static_cast<size_t>(converted.graph.producer(y)));
}

// A sum of products: of a recurrent layer the error is no product of the weights' own.
bool has_integer_weights(const Graph& graph, const Node& node, Precision precision) {
  const ir::OpDef& op = ir::find_op(node.op);
  const ir::QuantizationRule& rule = op.quantization;
  return op.traits.role == ir::Role::linear && precision != Precision::float32 &&
         rule.weights >= 0 && rule.bias >= 0 &&
         graph.tensor(node.inputs.at(static_cast<size_t>(rule.weights))).constant;
}

// weights - what integers make of them.
std::vector<float> rounding_of(const Tensor& real, const Tensor& stored) {
  const auto values = real.values<float>();
  std::vector<float> rest(values.begin(), values.end());
  const auto integers = stored.values<int8_t>();
  const ir::Quantization& q = stored.quantization;
  for_each_run(real.shape, q.axis, [&](size_t offset, size_t channel, size_t count) {
    for (size_t i = offset; i < offset + count; ++i) {
      rest[i] -= q.scale[channel] * static_cast<float>(integers[i]);
    }
  });
  return rest;
}

// Beside every linear node of `graph`, one with the same input and the rounding of its weights in
// their place, without bias and activation. Returns its output by the node's index.
std::map<size_t, TensorId> add_rounding(Graph& graph, const Converted& converted) {
  std::map<size_t, TensorId> errors;
  const std::vector<Node> nodes = graph.nodes;
  for (size_t i = 0; i < nodes.size(); ++i) {
    const Node& node = nodes[i];
    if (!has_integer_weights(graph, node, converted.precisions[i])) continue;
    const ir::QuantizationRule& rule = ir::find_op(node.op).quantization;
    const auto at = static_cast<size_t>(rule.weights);
    const Tensor w = graph.tensor(node.inputs[at]);
    const Tensor& stored = converted.graph.tensor(converted_node(converted, node).inputs.at(at));
    Node error = node;
    error.inputs.resize(static_cast<size_t>(rule.bias));
    error.inputs[at] =
        graph.add_constant(w.name + "/rounding", w.dtype, w.shape, rounding_of(w, stored));
    error.attributes["activation"] = std::string("none");
    Tensor y = graph.tensor(node.outputs.at(0));
    y.name += "/rounding";
    error.outputs = {graph.add_tensor(std::move(y))};
    errors[i] = error.outputs[0];
    graph.nodes.push_back(std::move(error));
  }
  return errors;
}

Graph converted_with(const Prepared& prepared, const ConvertOptions& options) {
  return convert(prepared.graph, prepared.ranges, options).graph;
}

Noise noise_between(const std::vector<std::vector<float>>& real,
                    const std::vector<std::vector<float>>& other) {
  Noise noise;
  for (size_t i = 0; i < real.size(); ++i) noise.add(real[i], other[i]);
  return noise;
}

}  // namespace

Prepared prepare(Graph graph, std::span<const Sample> samples, const PrepareOptions& options) {
  refuse_quantised(graph);
  make_weights_real(graph);
  run_passes(graph);
  Prepared prepared;
  Calibration calibration = calibrate(graph, samples, options.calibration);
  if (options.equalise) {
    prepared.equalised = equalise(graph, calibration.peaks);
    if (prepared.equalised > 0) calibration = calibrate(graph, samples, options.calibration);
  }
  for (size_t t = 0; t < graph.tensors.size(); ++t) {
    const auto given = options.given.find(graph.tensors[t].name);
    if (given == options.given.end()) continue;
    calibration.ranges.narrow[t] = calibration.ranges.wide[t] = given->second;
  }
  prepared.ranges = std::move(calibration.ranges);
  if (options.moments) prepared.moments = measure_moments(graph, samples);
  prepared.graph = std::move(graph);
  return prepared;
}

std::vector<bool> palettes_that_pay(const Prepared& prepared, const Converted& converted,
                                    const ir::Target& target) {
  const plan::Lowering lowering = plan::lower_small(converted.graph, target);
  std::vector<bool> pay;
  for (const Node& node : prepared.graph.nodes) {
    const Node& own = converted_node(converted, node);
    const auto index = static_cast<size_t>(&own - converted.graph.nodes.data());
    const ir::KernelInfo* kernel = lowering.ops[index].kernel;
    pay.push_back((kernel != nullptr && kernel->compact) || own.integer("weight_bits", 8) == 4);
  }
  return pay;
}

Graph with_corrected_biases(const Graph& graph, const Converted& converted,
                            std::span<const Sample> samples) {
  Graph probe = graph;
  const auto errors = add_rounding(probe, converted);
  std::map<size_t, std::vector<double>> sums;
  Interpreter interpreter(probe, host_target());
  for (const Sample& sample : samples) {
    interpreter.run(sample);
    for (const auto& [node, id] : errors) {
      const auto channels = static_cast<size_t>(probe.tensor(id).shape.back());
      auto& sum = sums[node];
      sum.resize(channels, 0);
      const auto values = floats(interpreter.bytes(id));
      for (size_t i = 0; i < values.size(); ++i)
        sum[i % channels] += static_cast<double>(values[i]);
    }
  }
  Graph corrected = graph;
  for (const auto& [i, sum] : sums) {
    Node& node = corrected.nodes[i];
    const ir::QuantizationRule& rule = ir::find_op(node.op).quantization;
    const auto b = static_cast<size_t>(rule.bias);
    const Tensor& y = corrected.tensor(node.outputs[0]);
    const double count = static_cast<double>(samples.size()) * static_cast<double>(y.elements()) /
                         static_cast<double>(sum.size());
    std::vector<float> bias(sum.size(), 0.0f);
    node.inputs.resize(std::max(node.inputs.size(), b + 1), ir::no_tensor);
    std::string name = y.name + "/bias";
    if (node.inputs[b] != ir::no_tensor) {
      const Tensor& old = corrected.tensor(node.inputs[b]);
      name = old.name;
      std::ranges::copy(old.values<float>(), bias.begin());
    }
    for (size_t c = 0; c < bias.size(); ++c) bias[c] += static_cast<float>(sum[c] / count);
    node.inputs[b] =
        corrected.add_constant(name, ir::DType::f32, {static_cast<int32_t>(bias.size())}, bias);
  }
  return corrected;
}

std::vector<std::vector<float>> outputs_of(const Graph& graph, std::span<const Sample> samples) {
  Interpreter interpreter(graph, host_target());
  std::vector<std::vector<float>> results;
  for (const Sample& sample : samples) {
    interpreter.run(fitted(graph, sample));
    auto& all = results.emplace_back();
    for (TensorId id : graph.outputs) {
      const auto values = real_values(graph.tensor(id), interpreter.bytes(id));
      all.insert(all.end(), values.begin(), values.end());
    }
  }
  return results;
}

std::vector<Noise> noise_of_tensors(const Graph& real, const Converted& converted,
                                    std::span<const Sample> samples) {
  std::vector<Noise> noise(real.tensors.size());
  Interpreter exact(real, host_target());
  Interpreter rounded(converted.graph, host_target());
  for (const Sample& sample : samples) {
    exact.run(sample);
    rounded.run(fitted(converted.graph, sample));
    for (size_t t = 0; t < noise.size(); ++t) {
      const TensorId id = converted.values[t];
      if (id == ir::no_tensor || real.tensors[t].dtype != ir::DType::f32) continue;
      noise[t].add(floats(exact.bytes(static_cast<TensorId>(t))),
                   real_values(converted.graph.tensor(id), rounded.bytes(id)));
    }
  }
  return noise;
}

Noise noise_of_outputs(const Prepared& prepared, const ConvertOptions& options,
                       std::span<const Sample> samples,
                       const std::vector<std::vector<float>>& real_outputs) {
  return noise_between(real_outputs, outputs_of(converted_with(prepared, options), samples));
}

std::vector<Sensitivity> sensitivity_of(const Prepared& prepared, const Converted& base,
                                        std::span<const Sample> samples,
                                        const std::vector<std::vector<float>>& real_outputs,
                                        const std::function<void(size_t, size_t)>& done) {
  std::vector<Sensitivity> result;
  const auto set_palettes = [&](ConvertOptions& options) {
    options.palette_bits = base.palette_bits;
    options.palette_for = base.palette_for;
    options.moments = prepared.moments.empty() ? nullptr : &prepared.moments;
  };
  const size_t count = prepared.graph.nodes.size();
  for (size_t i = 0; i < count; ++i) {
    if (done) done(i, count);
    const auto output = ir::find_op(prepared.graph.nodes[i].op).quantization.output;
    if (base.precisions[i] == Precision::float32 ||
        output == ir::QuantizationRule::Output::as_input) {
      continue;
    }
    ConvertOptions alone;
    alone.float_inputs = true;
    set_palettes(alone);
    alone.by_node.assign(count, Precision::float32);
    alone.by_node[i] = base.precisions[i];
    ConvertOptions all_but;
    set_palettes(all_but);
    all_but.by_node.assign(base.precisions.begin(), base.precisions.end());
    all_but.by_node[i] = Precision::float32;
    result.push_back({i, noise_of_outputs(prepared, alone, samples, real_outputs),
                      noise_of_outputs(prepared, all_but, samples, real_outputs)});
  }
  return result;
}

Cost cost_of(const Graph& graph, const ir::Target& target, plan::Optimize optimize) {
  Graph optimised = graph;
  run_passes(optimised);
  CompileOptions options;
  options.target = target;
  options.target.ram_bytes = options.target.flash_bytes = 0;
  options.golden_seed = 0;
  options.planning.optimize = optimize;
  const Compiled compiled = compile(optimised, options);
  Cost cost{static_cast<int64_t>(compiled.package.size()), compiled.plan.arena_bytes, 0};
  const bool small = optimize == plan::Optimize::flash;
  const plan::Lowering lowering =
      small ? plan::lower_small(optimised, target) : plan::lower_all(optimised, target);
  for (size_t i = 0; i < optimised.nodes.size(); ++i) {
    const ir::KernelInfo* kernel = lowering.ops[i].kernel;
    if (kernel == nullptr || kernel->instructions == nullptr) continue;  // it copies
    cost.instructions += kernel->instructions(optimised, optimised.nodes[i]);
  }
  return cost;
}

}  // namespace mote::quantize
