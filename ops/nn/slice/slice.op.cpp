// Host half of slice: a box of its input.
//
//   y[i0, i1, ...] = x[begin0 + i0, begin1 + i1, ...]
//
// Inputs: x of any type; begin and size: constant integers, one per axis; size -1: up to the end.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/copy/copy_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

Shape box(const Graph& graph, const Node& node) {
  const Shape& shape = shared::input(graph, node, 0).shape;
  const auto begin = shared::constant_ints(graph, node, 1);
  auto size = shared::constant_ints(graph, node, 2);
  require(begin.size() == shape.size() && size.size() == shape.size(), node,
          "begin and size must have one value per axis");
  for (size_t k = 0; k < shape.size(); ++k) {
    if (size[k] == -1) size[k] = shape[k] - begin[k];
    require(begin[k] >= 0 && size[k] >= 1 && size[k] <= shape[k] - begin[k], node,
            "leaves its input on axis " + std::to_string(k));
  }
  return size;
}

void infer(Graph& graph, const Node& node) {
  set_output(graph, node, 0, shared::input(graph, node, 0).dtype, box(graph, node));
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const auto begin = shared::constant_ints(graph, node, 1);
  const Shape size = box(graph, node);
  const auto from = shared::dense_strides(x.shape), to = shared::dense_strides(size);
  shared::Region region;
  for (size_t k = 0; k < size.size(); ++k) {
    region.x_base += from[k] * begin[k];
    region.add_axis(size[k], from[k], to[k]);
  }
  return shared::copy_call(node, region, dtype_bytes(x.dtype), Operand::of_tensor(node.inputs[0]),
                           Operand::of_tensor(node.outputs[0]));
}

const shared::CopyKernels kernels(lower);

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{65, import_tflite}};  // SLICE

}  // namespace

extern const OpDef slice_op;
const OpDef slice_op{"slice",
                     infer,
                     shared::no_macs,
                     kernels.entries,
                     tflite_rules,
                     {.axes = AxisRule::per_axis, .stored = StoredForm::moved},
                     quantized::as_input};

}  // namespace mote
