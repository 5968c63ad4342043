// Host half of average_pool: shape rule, import, lowering.
//
// Input: x [n, h, w, c]. Attributes: filter_h, filter_w, stride_h, stride_w, padding ("same" or
// "valid"), activation.

#include <cmath>

#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/ir/requantize.hpp"
#include "compiler/ir/window.hpp"
#include "ops/nn/average_pool/average_pool_s8_mve.hpp"
#include "ops/nn/average_pool/average_pool_s8_reference.hpp"
#include "ops/shared/pool/pool_host.hpp"

namespace mote {
namespace {

using namespace ir;

struct Geometry {
  WindowAxis rows, columns;
  int32_t filter_h, filter_w, stride_h, stride_w;

  Geometry(const Graph& graph, const Node& node) {
    require(!node.inputs.empty() && node.inputs[0] != no_tensor, node, "needs an input");
    const Tensor& x = graph.tensor(node.inputs[0]);
    require(x.shape.size() == 4, node, "input must be [n, h, w, c]");
    filter_h = narrow(node, "filter_h");
    filter_w = narrow(node, "filter_w");
    stride_h = narrow(node, "stride_h");
    stride_w = narrow(node, "stride_w");
    rows = window_axis(node, x.shape[1], filter_h, stride_h);
    columns = window_axis(node, x.shape[2], filter_w, stride_w);
  }

  static int32_t narrow(const Node& node, const char* attribute) {
    const int64_t value = node.integer(attribute);
    require(value >= 1 && value <= 1 << 16, node,
            std::string(attribute) + " is " + std::to_string(value));
    return static_cast<int32_t>(value);
  }
};

void infer(Graph& graph, const Node& node) {
  const Geometry geometry(graph, node);
  const Tensor& x = graph.tensor(node.inputs[0]);
  const Shape shape{x.shape[0], geometry.rows.out, geometry.columns.out, x.shape[3]};
  set_output(graph, node, 0, x.dtype, shape);
}

int64_t macs(const Graph&, const Node&) {
  return 0;
}

bool fits_s8(const Graph& graph, const Node& node) {
  const Tensor& x = graph.tensor(node.inputs[0]);
  const Tensor& y = graph.tensor(node.outputs[0]);
  return x.dtype == DType::i8 && y.dtype == DType::i8 && x.shape[1] <= 1 << 16 &&
         x.shape[2] <= 1 << 16;
}

LoweredOp lower_reference(const Graph& graph, const Node& node) {
  const Tensor& x = graph.tensor(node.inputs[0]);
  const Tensor& y = graph.tensor(node.outputs[0]);
  require(x.zero_point() == y.zero_point() && std::fabs(x.scale() - y.scale()) <= 1e-6f, node,
          "input and output must have the same quantisation");
  const Geometry geometry(graph, node);
  const ActivationRange range = activation_range(node, y);
  const AveragePoolParams params{x.shape[0],
                                 x.shape[1],
                                 x.shape[2],
                                 x.shape[3],
                                 y.shape[1],
                                 y.shape[2],
                                 geometry.filter_h,
                                 geometry.filter_w,
                                 geometry.stride_h,
                                 geometry.stride_w,
                                 geometry.rows.pad_before,
                                 geometry.columns.pad_before,
                                 range.min,
                                 range.max};
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t instructions_reference(const Graph& graph, const Node& node) {
  const Tensor& y = graph.tensor(node.outputs[0]);
  return y.elements() * (20 + 5 * node.integer("filter_h") * node.integer("filter_w"));
}

// Measured on the virtual Cortex-M55.
int64_t instructions_mve(const Graph& graph, const Node& node) {
  const Tensor& y = graph.tensor(node.outputs[0]);
  const int64_t blocks = y.elements() / y.shape[3] * ((y.shape[3] + 15) / 16);
  return y.elements() * 14 +
         blocks * (40 + 10 * node.integer("filter_h") * node.integer("filter_w"));
}

constexpr KernelVariant mve_variant{fits_s8, lower_reference, instructions_mve};
constexpr KernelVariant reference_variant{fits_s8, lower_reference, instructions_reference};

#define MOTE_OP_FOLDER "ops/nn/average_pool"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/average_pool/kernels.inc"
    shared::mean_pool_f32_kernel(),
};

void import_tflite(const tflite::Operator& source, Node& node) {
  constexpr int32_t pool_2d_options = 5;
  const tflite::Options options = source.options(pool_2d_options);
  node.attributes["padding"] = options.padding(0);
  node.attributes["stride_w"] = int64_t{options.integer(1)};
  node.attributes["stride_h"] = int64_t{options.integer(2)};
  node.attributes["filter_w"] = int64_t{options.integer(3)};
  node.attributes["filter_h"] = int64_t{options.integer(4)};
  node.attributes["activation"] = options.activation(5);
}

constexpr TfliteRule tflite_rules[] = {{1, import_tflite}};  // AVERAGE_POOL_2D

}  // namespace

extern const OpDef average_pool_op;
const OpDef average_pool_op{"average_pool", infer,
                            macs,           kernels,
                            tflite_rules,   {.fuses_activation = true, .channelwise = true}};

}  // namespace mote
