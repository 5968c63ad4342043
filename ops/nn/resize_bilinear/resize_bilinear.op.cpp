// Host half of resize_bilinear, as TensorFlow Lite places pixels.
//
// Inputs: x [n, h, w, c] in float, int8 or int16; size, constant [2]: height and width of the
// output. Attributes: align_corners, half_pixel_centers (0 or 1, not both).

#include <algorithm>
#include <cmath>

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/nn/resize_bilinear/resize_bilinear_f32_reference.hpp"
#include "ops/nn/resize_bilinear/resize_bilinear_s16_reference.hpp"
#include "ops/nn/resize_bilinear/resize_bilinear_s8_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

constexpr int32_t extent_max = 1 << 15;  // positions in 1/1024 stay within int32

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const auto size = shared::constant_ints(graph, node, 1);
  require(x.shape.size() == 4 && size.size() == 2, node,
          "needs [n, h, w, c] and a height and a width");
  for (int32_t extent : {x.shape[1], x.shape[2], size[0], size[1]}) {
    require(extent >= 1 && extent <= extent_max, node,
            "an image side of " + std::to_string(extent) + " pixels");
  }
  require(node.integer("align_corners", 0) == 0 || node.integer("half_pixel_centers", 0) == 0, node,
          "align_corners and half_pixel_centers exclude each other");
  set_output(graph, node, 0, x.dtype, {x.shape[0], size[0], size[1], x.shape[3]});
}

// Corners of each output position on one axis, and the share of the second.
template <class Share>
struct Axis {
  std::vector<int32_t> corners;
  std::vector<Share> share;
};

Axis<int32_t> integer_axis(const Node& node, int32_t in, int32_t out) {
  constexpr int32_t one = 1 << 10;
  const bool half = node.integer("half_pixel_centers", 0) != 0;
  const bool align = node.integer("align_corners", 0) != 0 && out > 1;
  const int32_t span_in = align ? in - 1 : in, span_out = align ? out - 1 : out;
  const int32_t scale = (one * span_in + span_out / 2) / span_out;
  Axis<int32_t> axis;
  for (int32_t k = 0; k < out; ++k) {
    const int32_t at = k * scale + (half ? scale / 2 - one / 2 : 0);
    const int32_t first = std::max(at / one, 0);
    axis.corners.insert(axis.corners.end(), {first, std::min((at + one - 1) / one, in - 1)});
    axis.share.push_back(at - one * first);
  }
  return axis;
}

Axis<float> float_axis(const Node& node, int32_t in, int32_t out) {
  const bool half = node.integer("half_pixel_centers", 0) != 0;
  const bool align = node.integer("align_corners", 0) != 0 && out > 1;
  const float scale = align ? static_cast<float>(in - 1) / static_cast<float>(out - 1)
                            : static_cast<float>(in) / static_cast<float>(out);
  Axis<float> axis;
  for (int32_t k = 0; k < out; ++k) {
    const auto position = static_cast<float>(k);
    const float at = half ? (position + 0.5f) * scale - 0.5f : position * scale;
    const int32_t first = std::max(static_cast<int32_t>(std::floor(at)), 0);
    axis.corners.insert(axis.corners.end(),
                        {first, std::min(static_cast<int32_t>(std::ceil(at)), in - 1)});
    axis.share.push_back(at - static_cast<float>(first));
  }
  return axis;
}

template <class Share>
LoweredOp call(const Graph& graph, const Node& node,
               Axis<Share> (*make_axis)(const Node&, int32_t, int32_t)) {
  const Tensor& x = shared::input(graph, node, 0);
  const Tensor& y = shared::output(graph, node);
  shared::require_same_quantization(node, x, y);
  const Axis<Share> rows = make_axis(node, x.shape[1], y.shape[1]);
  const Axis<Share> columns = make_axis(node, x.shape[2], y.shape[2]);
  LoweredOp lowered;
  lowered.params = make_params(
      ResizeBilinearParams{x.shape[0], x.shape[1], x.shape[2], x.shape[3], y.shape[1], y.shape[2]});
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_constant("rows", rows.corners),
                      Operand::of_constant("columns", columns.corners),
                      Operand::of_constant("row shares", rows.share),
                      Operand::of_constant("column shares", columns.share),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

LoweredOp lower_integer(const Graph& graph, const Node& node) {
  return call(graph, node, integer_axis);
}
LoweredOp lower_f32(const Graph& graph, const Node& node) {
  return call(graph, node, float_axis);
}

template <DType type>
bool fits(const Graph& graph, const Node& node) {
  return shared::input(graph, node, 0).dtype == type;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 40 * shared::output(graph, node).elements();
}

constexpr KernelVariant s8_variant{fits<DType::i8>, lower_integer, instructions};
constexpr KernelVariant s16_variant{fits<DType::i16>, lower_integer, instructions};
constexpr KernelVariant f32_variant{fits<DType::f32>, lower_f32, instructions};
#define MOTE_OP_FOLDER "ops/nn/resize_bilinear"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/resize_bilinear/kernels.inc"
};

constexpr int32_t resize_options = 15;

void import_tflite(const tflite::Operator& source, Node& node) {
  const tflite::Options options = source.options(resize_options);
  node.attributes["align_corners"] = int64_t{options.byte(2) != 0};
  node.attributes["half_pixel_centers"] = int64_t{options.byte(3) != 0};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(resize_options);
  out.byte(2, out.node().integer("align_corners", 0));
  out.byte(3, out.node().integer("half_pixel_centers", 0));
}

constexpr TfliteRule tflite_rules[] = {{23, import_tflite, write_tflite}};  // RESIZE_BILINEAR

}  // namespace

extern const OpDef resize_bilinear_op;
const OpDef resize_bilinear_op{
    "resize_bilinear",  infer, shared::no_macs, kernels, tflite_rules, {.stored = StoredForm::kept},
    quantized::as_input};

}  // namespace mote
