// Host half of split: parts of its input along an axis, one per output.
//
// Input: x of any type. Attributes: axis; sizes: entries of each part, -1 once for the rest.
// TensorFlow Lite has the axis, and SPLIT_V the sizes, in constant inputs.

#include <algorithm>

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/copy/copy_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

struct Parts {
  TensorId x;
  size_t axis;
  std::vector<int32_t> sizes;

  Parts(const Graph& graph, const Node& node) {
    // SPLIT (axis, x) has equal parts; SPLIT_V (x, sizes, axis).
    const bool equal = node.inputs.size() == 2;
    require(equal || node.inputs.size() == 3, node, "needs two or three inputs");
    x = node.inputs[equal ? 1 : 0];
    const Shape& shape = shared::input(graph, node, equal ? 1 : 0).shape;
    const auto axes = shared::constant_ints(graph, node, equal ? 0 : 2);
    require(axes.size() == 1, node, "needs one axis");
    axis = shared::axis_index(node, axes[0], shape.size());
    const auto count = static_cast<int32_t>(node.outputs.size());
    if (equal) {
      require(shape[axis] % count == 0, node, "parts can't be equal");
      sizes.assign(node.outputs.size(), shape[axis] / count);
    } else {
      sizes = shared::constant_ints(graph, node, 1);
    }
    require(sizes.size() == node.outputs.size(), node, "needs a size per output");
    complete(node, shape[axis]);
  }

 private:
  void complete(const Node& node, int32_t extent) {
    const auto rest = std::ranges::find(sizes, -1);
    int64_t sum = rest == sizes.end() ? 0 : 1;
    for (int32_t size : sizes) sum += size;
    if (rest != sizes.end()) {
      *rest = static_cast<int32_t>(std::clamp<int64_t>(extent - sum, 0, INT32_MAX));
      sum = extent;
    }
    require(std::ranges::all_of(sizes, [](int32_t size) { return size >= 1; }) && sum == extent,
            node, "sizes of its parts don't add up to " + std::to_string(extent));
  }
};

void infer(Graph& graph, const Node& node) {
  const Parts parts(graph, node);
  Shape shape = graph.tensor(parts.x).shape;
  for (size_t i = 0; i < parts.sizes.size(); ++i) {
    shape[parts.axis] = parts.sizes[i];
    set_output(graph, node, i, graph.tensor(parts.x).dtype, shape);
  }
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Parts parts(graph, node);
  shared::Slab slab{parts.x, parts.axis, 0, 0};
  std::vector<LoweredOp> calls;
  for (size_t i = 0; i < parts.sizes.size(); ++i) {
    slab.begin += slab.count;
    slab.count = parts.sizes[i];
    calls.push_back(shared::copy_out(graph, node, slab, node.outputs[i]));
  }
  return shared::in_order(std::move(calls));
}

const shared::CopyKernels kernels(lower);

void import_tflite(const tflite::Operator&, Node&) {}

constexpr int32_t split_v = 102, split_options = 35, split_v_options = 79;

void write_tflite(tflite::OperatorWriter& out) {
  const bool equal = out.inputs.size() == 2;
  if (!equal) out.builtin_code = split_v;
  out.options(equal ? split_options : split_v_options);
  out.integer(0, static_cast<int64_t>(out.outputs.size()));
}

constexpr TfliteRule tflite_rules[] = {{49, import_tflite, write_tflite},
                                       {split_v, import_tflite}};  // SPLIT, SPLIT_V

}  // namespace

extern const OpDef split_op;
const OpDef split_op{"split",
                     infer,
                     shared::no_macs,
                     kernels.entries,
                     tflite_rules,
                     {.stored = StoredForm::moved},
                     quantized::as_input};

}  // namespace mote
