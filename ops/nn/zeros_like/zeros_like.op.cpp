// Host half of zeros_like: stored zeros in the input's shape.
//
// Input: x of any type.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/copy/copy_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  set_output(graph, node, 0, x.dtype, Shape(x.shape));
}

LoweredOp lower(const Graph& graph, const Node& node) {
  return shared::fill_call(graph, node.outputs[0], 0);
}

const shared::CopyKernels kernels(lower);

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{93, import_tflite}};  // ZEROS_LIKE

}  // namespace

extern const OpDef zeros_like_op;
const OpDef zeros_like_op{"zeros_like",    infer,        shared::no_macs,
                          kernels.entries, tflite_rules, {.axes = AxisRule::pointwise}};

}  // namespace mote
