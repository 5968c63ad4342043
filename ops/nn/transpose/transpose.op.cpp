// Host half of transpose: the axes in another order.
//
//   y[i_perm0, i_perm1, ...] = x[i0, i1, ...]
//
// Inputs: x of any type; perm: constant integers, each axis of x once.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/copy/copy_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

std::vector<size_t> order(const Graph& graph, const Node& node) {
  const size_t rank = shared::input(graph, node, 0).shape.size();
  std::vector<size_t> axes;
  std::vector<bool> seen(rank, false);
  for (int32_t axis : shared::constant_ints(graph, node, 1)) {
    axes.push_back(shared::axis_index(node, axis, rank));
    require(!seen[axes.back()], node, "axis " + std::to_string(axis) + " twice");
    seen[axes.back()] = true;
  }
  require(axes.size() == rank, node, "needs every axis once");
  return axes;
}

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  Shape shape;
  for (size_t axis : order(graph, node)) shape.push_back(x.shape[axis]);
  set_output(graph, node, 0, x.dtype, shape);
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const Tensor& y = shared::output(graph, node);
  const auto from = shared::dense_strides(x.shape), to = shared::dense_strides(y.shape);
  const auto axes = order(graph, node);
  shared::Region region;
  for (size_t k = 0; k < axes.size(); ++k) region.add_axis(y.shape[k], from[axes[k]], to[k]);
  return shared::copy_call(node, region, dtype_bytes(x.dtype), Operand::of_tensor(node.inputs[0]),
                           Operand::of_tensor(node.outputs[0]));
}

const shared::CopyKernels kernels(lower);

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{39, import_tflite}};  // TRANSPOSE

}  // namespace

extern const OpDef transpose_op;
const OpDef transpose_op{
    "transpose",        infer,        shared::no_macs,
    kernels.entries,    tflite_rules, {.role = Role::permutation, .stored = StoredForm::moved},
    quantized::as_input};

}  // namespace mote
