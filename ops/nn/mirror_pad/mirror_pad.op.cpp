// Host half of mirror_pad: the input, continued by its mirror image.
//
//   y holds x in its middle; around it x continues mirrored, with (symmetric) or without (reflect)
//   its edge
//
// Inputs: x of any type; paddings, constant integers [rank, 2]. Attribute: symmetric (0 or 1).

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/copy/copy_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

struct Padding {
  std::vector<int32_t> values;
  int32_t skipped;  // 1: the edge isn't repeated

  Padding(const Graph& graph, const Node& node)
      : values(shared::constant_ints(graph, node, 1)),
        skipped(node.integer("symmetric", 0) != 0 ? 0 : 1) {
    const Shape& shape = shared::input(graph, node, 0).shape;
    require(values.size() == 2 * shape.size(), node, "paddings must be [rank, 2]");
    for (size_t k = 0; k < values.size(); ++k) {
      require(values[k] >= 0 && values[k] <= shape[k / 2] - skipped, node,
              "padding of " + std::to_string(values[k]) + " is larger than its mirror image");
    }
  }
};

void infer(Graph& graph, const Node& node) {
  const Padding padding(graph, node);
  const Tensor& x = shared::input(graph, node, 0);
  Shape shape = x.shape;
  for (size_t k = 0; k < shape.size(); ++k) {
    shape[k] += padding.values[2 * k] + padding.values[2 * k + 1];
  }
  set_output(graph, node, 0, x.dtype, shape);
}

// One copy for each combination of before, middle and after on all axes.
LoweredOp lower(const Graph& graph, const Node& node) {
  const Padding padding(graph, node);
  const Tensor& x = shared::input(graph, node, 0);
  const auto from = shared::dense_strides(x.shape);
  const auto to = shared::dense_strides(shared::output(graph, node).shape);
  std::vector<shared::Region> regions(1);
  for (size_t k = 0; k < x.shape.size(); ++k) {
    const int32_t n = x.shape[k], before = padding.values[2 * k], after = padding.values[2 * k + 1];
    std::vector<shared::Region> wider;
    const auto extend = [&](int32_t count, int32_t x_first, int32_t step, int32_t y_first) {
      if (count == 0) return;
      for (shared::Region region : regions) {
        region.x_base += from[k] * x_first;
        region.y_base += to[k] * y_first;
        region.add_axis(count, from[k] * step, to[k]);
        wider.push_back(std::move(region));
      }
    };
    extend(before, before - 1 + padding.skipped, -1, 0);
    extend(n, 0, 1, before);
    extend(after, n - 1 - padding.skipped, -1, before + n);
    regions = std::move(wider);
  }
  std::vector<LoweredOp> calls;
  for (shared::Region& region : regions) {
    calls.push_back(shared::copy_call(node, region, dtype_bytes(x.dtype),
                                      Operand::of_tensor(node.inputs[0]),
                                      Operand::of_tensor(node.outputs[0])));
  }
  return shared::in_order(std::move(calls));
}

const shared::CopyKernels kernels(lower);

constexpr int32_t mirror_pad_options = 77;

void import_tflite(const tflite::Operator& source, Node& node) {
  node.attributes["symmetric"] = int64_t{source.options(mirror_pad_options).byte(0) == 1};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(mirror_pad_options);
  out.byte(0, out.node().integer("symmetric", 0));
}

constexpr TfliteRule tflite_rules[] = {{100, import_tflite, write_tflite}};  // MIRROR_PAD

}  // namespace

extern const OpDef mirror_pad_op;
const OpDef mirror_pad_op{
    "mirror_pad",       infer,        shared::no_macs,
    kernels.entries,    tflite_rules, {.axes = AxisRule::per_axis, .stored = StoredForm::moved},
    quantized::as_input};

}  // namespace mote
