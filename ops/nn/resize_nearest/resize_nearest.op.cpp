// Host half of resize_nearest, as TensorFlow Lite's GetNearestNeighbor places pixels.
//
// Inputs: x [n, h, w, c] of any type; size, constant [2]: height and width of the output.
// Attributes: align_corners, half_pixel_centers (0 or 1).

#include <algorithm>
#include <cmath>

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/nn/resize_nearest/resize_nearest_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const auto size = shared::constant_ints(graph, node, 1);
  require(x.shape.size() == 4 && size.size() == 2 && size[0] >= 1 && size[1] >= 1, node,
          "needs [n, h, w, c] and a height and a width");
  set_output(graph, node, 0, x.dtype, {x.shape[0], size[0], size[1], x.shape[3]});
}

bool fits(const Graph&, const Node&) {
  return true;
}

// Input position of each output position on one axis; in float, as TensorFlow Lite computes it.
std::vector<int32_t> nearest(const Node& node, int32_t in, int32_t out) {
  const bool align = node.integer("align_corners", 0) != 0 && out > 1;
  const bool half = node.integer("half_pixel_centers", 0) != 0;
  const float scale = align ? static_cast<float>(in - 1) / static_cast<float>(out - 1)
                            : static_cast<float>(in) / static_cast<float>(out);
  const bool rounds = node.integer("align_corners", 0) != 0;
  std::vector<int32_t> positions;
  for (int32_t k = 0; k < out; ++k) {
    const float exact = (static_cast<float>(k) + (half ? 0.5f : 0.0f)) * scale;
    const float at = rounds ? std::round(exact) : std::floor(exact);
    positions.push_back(std::clamp(static_cast<int32_t>(at), 0, in - 1));
  }
  return positions;
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const Shape& y = shared::output(graph, node).shape;
  LoweredOp lowered;
  lowered.params =
      make_params(ResizeNearestParams{x.shape[0], x.shape[1], x.shape[2], y[1], y[2],
                                      static_cast<int32_t>(x.shape[3] * dtype_bytes(x.dtype))});
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_constant("rows", nearest(node, x.shape[1], y[1])),
                      Operand::of_constant("columns", nearest(node, x.shape[2], y[2])),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 8 * shared::output(graph, node).byte_size();
}

constexpr KernelVariant reference_variant{fits, lower, instructions};
#define MOTE_OP_FOLDER "ops/nn/resize_nearest"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/resize_nearest/kernels.inc"
};

constexpr int32_t resize_options = 74;

void import_tflite(const tflite::Operator& source, Node& node) {
  const tflite::Options options = source.options(resize_options);
  node.attributes["align_corners"] = int64_t{options.byte(0) != 0};
  node.attributes["half_pixel_centers"] = int64_t{options.byte(1) != 0};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(resize_options);
  out.byte(0, out.node().integer("align_corners", 0));
  out.byte(1, out.node().integer("half_pixel_centers", 0));
}

constexpr TfliteRule tflite_rules[] = {
    {97, import_tflite, write_tflite}};  // RESIZE_NEAREST_NEIGHBOR

}  // namespace

extern const OpDef resize_nearest_op;
const OpDef resize_nearest_op{"resize_nearest",   infer,
                              shared::no_macs,    kernels,
                              tflite_rules,       {.stored = StoredForm::moved},
                              quantized::as_input};

}  // namespace mote
