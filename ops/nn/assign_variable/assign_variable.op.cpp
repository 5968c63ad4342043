// Host half of assign_variable: gives a variable a value.
//
// Input: the value. Output: the variable, of the value's type and shape.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/copy/copy_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& value = shared::input(graph, node, 0);
  require(shared::output(graph, node).variable, node, "its output must be a variable");
  set_output(graph, node, 0, value.dtype, value.shape);
}

LoweredOp lower(const Graph& graph, const Node& node) {
  return shared::copy_all(graph, node, node.inputs[0], node.outputs[0]);
}

const shared::CopyKernels kernels(lower);

void import_tflite(const tflite::Operator&, Node& node) {
  require(node.inputs.size() == 2, node, "needs a variable and a value");
  node.outputs = {node.inputs[0]};
  node.inputs.erase(node.inputs.begin());
}

void write_tflite(tflite::OperatorWriter& out) {
  out.inputs.insert(out.inputs.begin(), out.handle(out.node().outputs.at(0)));
}

constexpr TfliteRule tflite_rules[] = {{144, import_tflite, write_tflite}};  // ASSIGN_VARIABLE

}  // namespace

extern const OpDef assign_variable_op;
const OpDef assign_variable_op{"assign_variable", infer, shared::no_macs, kernels.entries,
                               tflite_rules};

}  // namespace mote
