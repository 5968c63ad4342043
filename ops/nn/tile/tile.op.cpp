// Host half of tile: its input several times along each axis.
//
//   y[i0, i1, ...] = x[i0 mod extent0, i1 mod extent1, ...]
//
// Inputs: x of any type; repeats, constant integers, one per axis.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/copy/copy_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const auto repeats = shared::constant_ints(graph, node, 1);
  require(repeats.size() == x.shape.size(), node, "needs one number of repeats per axis");
  Shape shape;
  for (size_t k = 0; k < repeats.size(); ++k) {
    require(repeats[k] >= 1 && repeats[k] <= INT32_MAX / x.shape[k], node,
            std::to_string(repeats[k]) + " repeats");
    shape.push_back(x.shape[k] * repeats[k]);
  }
  set_output(graph, node, 0, x.dtype, shape);
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const auto from = shared::dense_strides(x.shape);
  const auto to = shared::dense_strides(shared::output(graph, node).shape);
  const auto repeats = shared::constant_ints(graph, node, 1);
  shared::Region region;
  for (size_t k = 0; k < repeats.size(); ++k) {
    region.add_axis(repeats[k], 0, to[k] * x.shape[k]);
    region.add_axis(x.shape[k], from[k], to[k]);
  }
  return shared::copy_call(node, region, dtype_bytes(x.dtype), Operand::of_tensor(node.inputs[0]),
                           Operand::of_tensor(node.outputs[0]));
}

const shared::CopyKernels kernels(lower);

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{69, import_tflite}};  // TILE

}  // namespace

extern const OpDef tile_op;
const OpDef tile_op{"tile",
                    infer,
                    shared::no_macs,
                    kernels.entries,
                    tflite_rules,
                    {.axes = AxisRule::per_axis, .stored = StoredForm::moved},
                    quantized::as_input};

}  // namespace mote
