#include "compiler/quantize/kernel_support.hpp"

#include <algorithm>

#include "compiler/ir/op.hpp"
#include "compiler/quantize/groups.hpp"

namespace mote::quantize {
namespace {

using ir::DType;
using ir::Graph;
using ir::Node;
using ir::QuantizationRule;
using ir::Tensor;
using ir::TensorId;

void set_zero(Tensor& tensor, DType dtype) {
  tensor.dtype = dtype;
  if (!tensor.constant) return;
  tensor.data.assign(static_cast<size_t>(tensor.byte_size()), 0);
}

// An operand as it would be; kernels look at types, shapes and zero points, not at values.
Tensor operand(const Graph& graph, const Node& node, size_t input, Precision precision) {
  const QuantizationRule& rule = ir::find_op(node.op).quantization;
  const DType type = precision_info(precision).activations;
  Tensor tensor = graph.tensor(node.inputs[input]);
  if (tensor.dtype != DType::f32) return tensor;
  tensor.quantization = {{1.0f}, {0}, -1};
  if (tensor.constant && is_weights(rule, input)) {
    const int32_t axis = rule.channel_axis;
    const auto channels =
        static_cast<size_t>(axis < 0 ? 1 : tensor.shape.at(static_cast<size_t>(axis)));
    tensor.quantization = {std::vector<float>(channels, 1.0f), std::vector<int32_t>(channels, 0),
                           axis};
    set_zero(tensor, DType::i8);
  } else if (tensor.constant && is_bias(rule, input)) {
    set_zero(tensor, type == DType::i16 ? DType::i64 : DType::i32);
  } else {
    set_zero(tensor, type);
  }
  return tensor;
}

}  // namespace

bool has_kernel(const Graph& graph, const Node& node, Precision precision) {
  const ir::OpDef& op = ir::find_op(node.op);
  if (op.traits.alias) return true;
  Graph alone;
  Node copy = node;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == ir::no_tensor) continue;
    copy.inputs[i] = alone.add_tensor(operand(graph, node, i, precision));
  }
  if (precision == Precision::int4) copy.attributes["weight_bits"] = int64_t{4};
  for (TensorId& id : copy.outputs) {
    Tensor y = graph.tensor(id);
    const bool measured = op.quantization.output == QuantizationRule::Output::measure;
    if (y.dtype == DType::f32 && !measured) {
      y.dtype = precision_info(precision).activations;
      y.quantization = {{1.0f}, {0}, -1};
    }
    id = alone.add_tensor(std::move(y));
  }
  try {
    op.infer(alone, copy);
    return std::ranges::any_of(op.kernels, [&](const ir::KernelInfo& kernel) {
      return kernel.isa == Isa::reference && kernel.fits(alone, copy);
    });
  } catch (const ir::GraphError&) {
    return false;
  } catch (const std::out_of_range&) {
    return false;
  }
}

}  // namespace mote::quantize
