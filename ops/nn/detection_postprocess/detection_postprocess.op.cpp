// Host half of detection_postprocess.
//
// Inputs: encodings [1, boxes, >= 4], scores [1, boxes, classes or classes + 1], anchors [boxes,
// 4]; each float, or int8 that stands for it (anchors then constant). Outputs, float: boxes [1,
// rows, 4], classes [1, rows], scores [1, rows], count [1]. Attributes: those of TensorFlow Lite,
// rows = max_detections * max_classes_per_detection.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/nn/detection_postprocess/detection_postprocess_f32_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

bool is_narrow(const Tensor& tensor) {
  return tensor.dtype == DType::i8;
}

int32_t count_in(const Node& node, const char* name, int64_t most) {
  const int64_t value = node.integer(name);
  require(value >= 1 && value <= most, node,
          std::string(name) + " " + std::to_string(value) + ": must be in [1, " +
              std::to_string(most) + "]");
  return static_cast<int32_t>(value);
}

float positive(const Node& node, const char* name) {
  const auto value = static_cast<float>(node.real(name));
  require(value > 0, node, std::string(name) + " must be positive");
  return value;
}

DetectionPostprocessParams params_of(const Graph& graph, const Node& node) {
  const Tensor& encodings = shared::input(graph, node, 0);
  const Tensor& scores = shared::input(graph, node, 1);
  const Tensor& anchors = shared::input(graph, node, 2);
  const Shape& e = encodings.shape;
  const Shape& s = scores.shape;
  require(e.size() == 3 && e[0] == 1 && e[1] <= 1 << 20 && e[2] >= 4 && e[2] <= 1 << 10, node,
          "encodings must be [1, boxes, 4 or more]");
  DetectionPostprocessParams p{};
  p.boxes = e[1];
  p.stride = e[2];
  p.classes = count_in(node, "num_classes", 1 << 15);
  require(
      s.size() == 3 && s[0] == 1 && s[1] == p.boxes && (s[2] == p.classes || s[2] == p.classes + 1),
      node, "scores must be [1, boxes, num_classes or one more]");
  require(anchors.shape == Shape{p.boxes, 4}, node, "anchors must be [boxes, 4]");
  p.background = s[2] - p.classes;
  p.max_detections = count_in(node, "max_detections", 1 << 15);
  const int32_t classes_each = count_in(node, "max_classes_per_detection", 32);
  p.rows = p.max_detections * classes_each;
  p.per_class = count_in(node, "detections_per_class", 1 << 20);
  p.regular = node.integer("use_regular_nms", 0) != 0;
  // TensorFlow Lite puts further classes of a detection into rows that don't follow each other.
  require(p.regular != 0 || classes_each == 1 || p.classes == 1, node,
          "several classes per detection are supported in regular suppression only");
  p.score_threshold = static_cast<float>(node.real("nms_score_threshold"));
  p.iou_threshold = positive(node, "nms_iou_threshold");
  require(p.iou_threshold <= 1, node, "nms_iou_threshold must be at most 1");
  p.y_scale = positive(node, "y_scale");
  p.x_scale = positive(node, "x_scale");
  p.h_scale = positive(node, "h_scale");
  p.w_scale = positive(node, "w_scale");
  p.narrow_boxes = is_narrow(encodings);
  p.narrow_scores = is_narrow(scores);
  p.box_scale = p.score_scale = 1;
  return p;
}

void infer(Graph& graph, const Node& node) {
  const DetectionPostprocessParams p = params_of(graph, node);
  require(node.outputs.size() == 4, node, "needs four outputs");
  set_output(graph, node, 0, DType::f32, {1, p.rows, 4});
  set_output(graph, node, 1, DType::f32, {1, p.rows});
  set_output(graph, node, 2, DType::f32, {1, p.rows});
  set_output(graph, node, 3, DType::f32, {1});
}

bool fits(const Graph& graph, const Node& node) {
  const auto known = [&](size_t k) {
    const Tensor& tensor = shared::input(graph, node, k);
    const bool quantized = is_narrow(tensor) && tensor.quantization.scale.size() == 1;
    return tensor.dtype == DType::f32 || (quantized && (k < 2 || tensor.constant));
  };
  return known(0) && known(1) && known(2);
}

Operand anchors_of(const Graph& graph, const Node& node) {
  const Tensor& anchors = shared::input(graph, node, 2);
  if (!is_narrow(anchors)) return Operand::of_tensor(node.inputs[2]);
  std::vector<float> values;
  for (const int8_t value : anchors.values<int8_t>()) {
    values.push_back(anchors.scale() * static_cast<float>(value - anchors.zero_point()));
  }
  return Operand::of_constant("anchors", values);
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Tensor& encodings = shared::input(graph, node, 0);
  const Tensor& scores = shared::input(graph, node, 1);
  DetectionPostprocessParams p = params_of(graph, node);
  if (p.narrow_boxes != 0) {
    p.box_scale = encodings.scale();
    p.box_zero = encodings.zero_point();
  }
  if (p.narrow_scores != 0) {
    p.score_scale = scores.scale();
    p.score_zero = scores.zero_point();
  }
  LoweredOp lowered;
  lowered.params = make_params(p);
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_tensor(node.inputs[1]),
                      anchors_of(graph, node),
                      Operand::of_tensor(node.outputs[0]),
                      Operand::of_tensor(node.outputs[1]),
                      Operand::of_tensor(node.outputs[2]),
                      Operand::of_tensor(node.outputs[3]),
                      Operand::of_scratch(extent(p.boxes, 25))};
  return lowered;
}

// Boxes are compared with each that is taken.
int64_t instructions(const Graph& graph, const Node& node) {
  const DetectionPostprocessParams p = params_of(graph, node);
  const int64_t rounds = p.regular != 0 ? p.classes : 1;
  return p.boxes * (300 + 8 * int64_t{p.classes}) + rounds * p.boxes * p.max_detections * 12;
}

constexpr KernelVariant f32_variant{fits, lower, instructions};
#define MOTE_OP_FOLDER "ops/nn/detection_postprocess"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/detection_postprocess/kernels.inc"
};

constexpr const char* integers[] = {"max_detections", "max_classes_per_detection", "num_classes"};
constexpr const char* reals[] = {
    "nms_score_threshold", "nms_iou_threshold", "y_scale", "x_scale", "h_scale", "w_scale"};

void import_tflite(const tflite::Operator& source, Node& node) {
  for (const char* name : integers) node.attributes[name] = int64_t{source.custom_integer(name)};
  for (const char* name : reals) node.attributes[name] = source.custom_real(name);
  constexpr int32_t per_class = 100;
  node.attributes["detections_per_class"] =
      int64_t{source.custom_integer("detections_per_class", per_class)};
  node.attributes["use_regular_nms"] = int64_t{source.custom_integer("use_regular_nms", 0) != 0};
}

void write_tflite(tflite::OperatorWriter& out) {
  for (const char* name : integers) out.custom_integer(name, out.node().integer(name));
  for (const char* name : reals) out.custom_real(name, out.node().real(name));
  out.custom_integer("detections_per_class", out.node().integer("detections_per_class"));
  out.custom_integer("use_regular_nms", out.node().integer("use_regular_nms", 0));
}

constexpr TfliteRule tflite_rules[] = {
    {32, import_tflite, write_tflite, "TFLite_Detection_PostProcess"}};

}  // namespace

extern const OpDef detection_postprocess_op;
const OpDef detection_postprocess_op{"detection_postprocess", infer, shared::no_macs, kernels,
                                     tflite_rules};

}  // namespace mote
