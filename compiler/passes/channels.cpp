#include "compiler/passes/channels.hpp"

#include <algorithm>
#include <limits>

#include "compiler/ir/op.hpp"
#include "compiler/ir/requantize.hpp"
#include "compiler/ir/window.hpp"
#include "compiler/passes/rewrite.hpp"
#include "core/fixed_point.hpp"

namespace mote::passes {
namespace {

using ir::Graph;
using ir::Node;
using ir::Tensor;
using ir::TensorId;

bool is_int8(const Graph& graph, TensorId id) {
  const Tensor& tensor = graph.tensor(id);
  return tensor.dtype == ir::DType::i8 && !tensor.shape.empty() && !tensor.variable;
}

bool quantised_as_whole(const Tensor& tensor) {
  return tensor.quantization.scale.size() == 1;
}

ChannelFlow linear_flow(const Graph& graph, const Node& node) {
  const Tensor& x = graph.tensor(node.inputs.at(0));
  const Tensor& weights = graph.tensor(node.inputs.at(1));
  const Tensor* bias = bias_of(graph, node);
  const bool known = weights.constant && weights.dtype == ir::DType::i8 && symmetric(weights) &&
                     weights.shape.size() >= 2 && weights.shape.back() == x.shape.back() &&
                     quantised_as_whole(x) && quantised_as_whole(graph.tensor(node.outputs[0])) &&
                     (bias == nullptr || (bias->constant && bias->dtype == ir::DType::i32));
  if (!known) return ChannelFlow::opaque;
  const auto axis = static_cast<size_t>(traits(node).channel_axis);
  if (axis == 0) return ChannelFlow::mixed;
  return axis + 1 == weights.shape.size() ? ChannelFlow::weighted : ChannelFlow::opaque;
}

// The sums that an output channel of a linear node can have, in 64 bits.
struct SumRange {
  int64_t low, high;

  void add(int64_t weight, Range x, int32_t zero) {
    const int64_t a = weight * (x.low - zero), b = weight * (x.high - zero);
    low += std::min(a, b);
    high += std::max(a, b);
  }
};

std::vector<SumRange> sum_ranges(const Graph& graph, const Node& node, ChannelFlow flow,
                                 std::vector<Range> x) {
  const Tensor& weights = graph.tensor(node.inputs[1]);
  const int32_t zero = graph.tensor(node.inputs[0]).zero_point();
  if (pads(graph, node)) {
    for (Range& range : x) range = {std::min(range.low, zero), std::max(range.high, zero)};
  }
  const auto channels =
      static_cast<size_t>(weights.shape[static_cast<size_t>(traits(node).channel_axis)]);
  std::vector<SumRange> sums(channels, {0, 0});
  if (const Tensor* bias = bias_of(graph, node)) {
    const auto values = bias->values<int32_t>();
    for (size_t c = 0; c < channels; ++c) sums[c] = {values[c], values[c]};
  }
  const auto values = weights.values<int8_t>();
  const size_t per_channel = values.size() / channels;
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t to = flow == ChannelFlow::mixed ? i / per_channel : i % channels;
    sums[to].add(values[i], x[i % x.size()], zero);
  }
  return sums;
}

// What becomes of a sum in [low, high]; requantisation grows with the sum as long as it does not
// overflow.
Range requantised(SumRange sum, int32_t multiplier, int32_t shift, int32_t zero,
                  ir::ActivationRange range) {
  const int64_t limit = int64_t{std::numeric_limits<int32_t>::max()} >> std::max(shift, 0);
  if (sum.low < -limit || sum.high > limit) return {range.min, range.max};
  const auto value = [&](int64_t of) {
    const int64_t scaled =
        multiply_by_quantized_multiplier(static_cast<int32_t>(of), multiplier, shift);
    return static_cast<int32_t>(std::clamp<int64_t>(scaled + zero, range.min, range.max));
  };
  return {value(sum.low), value(sum.high)};
}

std::vector<Range> linear_ranges(const Graph& graph, const Node& node, ChannelFlow flow,
                                 const std::vector<Range>& x) {
  const Tensor& y = graph.tensor(node.outputs[0]);
  const std::vector<SumRange> sums = sum_ranges(graph, node, flow, x);
  const ir::ChannelRequantization scaling =
      requantize_linear(graph, node, static_cast<int32_t>(sums.size()));
  const ir::ActivationRange range = activation_range(node, y);
  std::vector<Range> ranges;
  for (size_t c = 0; c < sums.size(); ++c) {
    ranges.push_back(
        requantised(sums[c], scaling.multiplier[c], scaling.shift[c], y.zero_point(), range));
  }
  return ranges;
}

// The node's output when every input channel holds the low or the high end of its range.
std::optional<std::vector<uint8_t>> at_end(const Graph& graph, const Node& node,
                                           const std::vector<std::vector<Range>>& ranges,
                                           int32_t Range::*end, const ir::Evaluate& evaluate) {
  Graph alone;
  Node copy = node;
  for (TensorId& id : copy.inputs) {
    if (id == ir::no_tensor) continue;
    Tensor input = graph.tensor(id);
    if (!input.constant) {
      const std::vector<Range>& channels = ranges[static_cast<size_t>(id)];
      input.constant = true;
      for (int64_t i = 0; i < input.elements(); ++i) {
        const Range& range = channels[static_cast<size_t>(i) % channels.size()];
        input.data.push_back(static_cast<uint8_t>(range.*end));
      }
    }
    id = alone.add_tensor(std::move(input));
  }
  copy.outputs = {alone.add_tensor(graph.tensor(node.outputs[0]))};
  const auto values = evaluate(alone, copy);
  if (!values) return std::nullopt;
  return values->front();
}

// Ops that keep channels grow with their inputs (OpTraits::channelwise), so the ends of the inputs'
// ranges give the ends of the output's.
std::vector<Range> kept_ranges(const Graph& graph, const Node& node,
                               const std::vector<std::vector<Range>>& ranges,
                               const ir::Evaluate& evaluate) {
  const auto channels = static_cast<size_t>(graph.tensor(node.outputs[0]).shape.back());
  const auto low = at_end(graph, node, ranges, &Range::low, evaluate);
  const auto high = at_end(graph, node, ranges, &Range::high, evaluate);
  if (!low || !high) return std::vector<Range>(channels);
  std::vector<Range> found(channels, {127, -128});
  for (size_t i = 0; i < low->size(); ++i) {
    Range& range = found[i % channels];
    range.low = std::min<int32_t>(range.low, static_cast<int8_t>((*low)[i]));
    range.high = std::max<int32_t>(range.high, static_cast<int8_t>((*high)[i]));
  }
  return found;
}

}  // namespace

ChannelFlow channel_flow(const Graph& graph, const Node& node) {
  const bool one_output = node.outputs.size() == 1 && is_int8(graph, node.outputs[0]);
  if (!one_output || node.inputs.empty() || node.inputs[0] == ir::no_tensor ||
      !is_int8(graph, node.inputs[0])) {
    return ChannelFlow::opaque;
  }
  if (traits(node).role == ir::Role::linear) return linear_flow(graph, node);
  const int32_t channels = graph.tensor(node.outputs[0]).shape.back();
  const bool kept = std::ranges::all_of(node.inputs, [&](TensorId id) {
    return id != ir::no_tensor && is_int8(graph, id) && graph.tensor(id).shape.back() == channels;
  });
  return traits(node).channelwise && kept ? ChannelFlow::kept : ChannelFlow::opaque;
}

bool pads(const Graph& graph, const Node& node) {
  if (!node.has("padding") || node.text("padding") == "valid") return false;
  const Tensor& x = graph.tensor(node.inputs[0]);
  const Tensor& weights = graph.tensor(node.inputs[1]);
  const auto axis_pads = [&](ir::ImageAxis side, size_t axis) {
    const ir::WindowAxis window = window_axis(node, side, x.shape.at(axis), weights.shape.at(axis));
    return window.pad_before > 0 || window.pad_after > 0;
  };
  return axis_pads(ir::ImageAxis::h, 1) || axis_pads(ir::ImageAxis::w, 2);
}

std::vector<std::vector<Range>> channel_ranges(const Graph& graph, const ir::Evaluate& evaluate) {
  std::vector<std::vector<Range>> ranges(graph.tensors.size());
  for (size_t i = 0; i < ranges.size(); ++i) {
    if (!is_int8(graph, static_cast<TensorId>(i))) continue;
    ranges[i].resize(static_cast<size_t>(graph.tensors[i].shape.back()));
  }
  for (const Node& node : graph.nodes) {
    const ChannelFlow flow = channel_flow(graph, node);
    if (flow == ChannelFlow::opaque) continue;
    auto& found = ranges[static_cast<size_t>(node.outputs[0])];
    found = flow == ChannelFlow::kept
                ? kept_ranges(graph, node, ranges, evaluate)
                : linear_ranges(graph, node, flow, ranges[static_cast<size_t>(node.inputs[0])]);
  }
  return ranges;
}

}  // namespace mote::passes
