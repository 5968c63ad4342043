// Host half of strided_slice: every step-th element of each axis from begin on.
//
//   y[i0, i1, ...] = x[begin0 + i0 * step0, begin1 + i1 * step1, ...]
//
// Inputs: x of any type; begin, end, steps: constant integers, one per axis; negative ends count
// from the end, steps may be negative. Attributes: begin_mask, end_mask (bit k: the axis is taken
// from its start, to its end), shrink_mask (bit k: one element, and the axis goes away), offset
// (1: ends count from begin). As TensorFlow Lite's StridedSlice; new axes and ellipses are refused,
// as tflite-micro does.

#include <algorithm>

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/copy/copy_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

struct Range {
  int32_t begin, step, count;
  bool kept;
};

Range range(const Node& node, size_t axis, int32_t extent, int32_t begin, int32_t end,
            int32_t step) {
  const auto masked = [&](const char* mask) { return (node.integer(mask, 0) >> axis & 1) != 0; };
  require(step != 0, node, "step 0");
  const int32_t low = step > 0 ? 0 : -1, high = step > 0 ? extent : extent - 1;
  const auto place = [&](int64_t at) {
    return std::clamp<int64_t>(at < 0 ? at + extent : at, low, high);
  };
  const int64_t first = masked("begin_mask") ? (step > 0 ? low : high) : place(begin);
  int64_t last = masked("end_mask") ? (step > 0 ? high : low) : place(end);
  if (node.integer("offset", 0) != 0 && !masked("end_mask")) {
    last = std::clamp<int64_t>(first + end, low, high);
  }
  const bool shrunk = masked("shrink_mask");
  if (shrunk) last = first + (step > 0 ? 1 : -1);
  const int64_t distance = step > 0 ? last - first : first - last;
  const int64_t count = distance <= 0 ? 0 : (distance - 1) / std::abs(int64_t{step}) + 1;
  require(count >= 1 && first >= 0 && first < extent, node,
          "takes nothing of axis " + std::to_string(axis));
  return {static_cast<int32_t>(first), step, static_cast<int32_t>(count), !shrunk};
}

std::vector<Range> ranges(const Graph& graph, const Node& node) {
  const Shape& shape = shared::input(graph, node, 0).shape;
  const auto begin = shared::constant_ints(graph, node, 1);
  const auto end = shared::constant_ints(graph, node, 2);
  const auto step = shared::constant_ints(graph, node, 3);
  require(begin.size() <= shape.size() && begin.size() == end.size() && end.size() == step.size(),
          node, "begin, end and steps must have one value per axis");
  std::vector<Range> result;
  for (size_t k = 0; k < shape.size(); ++k) {
    if (k < begin.size()) {
      result.push_back(range(node, k, shape[k], begin[k], end[k], step[k]));
    } else {
      result.push_back({0, 1, shape[k], true});
    }
  }
  return result;
}

void infer(Graph& graph, const Node& node) {
  Shape shape;
  for (const Range& r : ranges(graph, node)) {
    if (r.kept) shape.push_back(r.count);
  }
  if (shape.empty()) shape.push_back(1);
  set_output(graph, node, 0, shared::input(graph, node, 0).dtype, shape);
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const auto strides = shared::dense_strides(x.shape);
  const auto all = ranges(graph, node);
  Shape counts;
  for (const Range& r : all) counts.push_back(r.count);
  const auto dense = shared::dense_strides(counts);
  shared::Region region;
  for (size_t k = 0; k < all.size(); ++k) {
    region.x_base += strides[k] * all[k].begin;
    region.add_axis(all[k].count, strides[k] * all[k].step, dense[k]);
  }
  return shared::copy_call(node, region, dtype_bytes(x.dtype), Operand::of_tensor(node.inputs[0]),
                           Operand::of_tensor(node.outputs[0]));
}

const shared::CopyKernels kernels(lower);

constexpr int32_t strided_slice_options = 32;

void import_tflite(const tflite::Operator& source, Node& node) {
  const tflite::Options options = source.options(strided_slice_options);
  require(options.integer(2) == 0 && options.integer(3) == 0, node,
          "new axes and ellipses are not supported");
  node.attributes["begin_mask"] = int64_t{options.integer(0)};
  node.attributes["end_mask"] = int64_t{options.integer(1)};
  node.attributes["shrink_mask"] = int64_t{options.integer(4)};
  node.attributes["offset"] = int64_t{options.byte(5) != 0};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(strided_slice_options);
  out.integer(0, out.node().integer("begin_mask", 0));
  out.integer(1, out.node().integer("end_mask", 0));
  out.integer(2, 0);
  out.integer(3, 0);
  out.integer(4, out.node().integer("shrink_mask", 0));
  out.byte(5, out.node().integer("offset", 0));
}

constexpr TfliteRule tflite_rules[] = {{45, import_tflite, write_tflite}};  // STRIDED_SLICE

}  // namespace

extern const OpDef strided_slice_op;
const OpDef strided_slice_op{
    "strided_slice",    infer,        shared::no_macs,
    kernels.entries,    tflite_rules, {.axes = AxisRule::per_axis, .stored = StoredForm::moved},
    quantized::as_input};

}  // namespace mote
