// Host half of read_variable: the value that a variable has when this node's turn comes.
//
// Input: the variable. It costs nothing when nobody writes the variable while the value is in use.

#include <algorithm>

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/copy/copy_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& variable = shared::input(graph, node, 0);
  require(variable.variable, node, "'" + variable.name + "' is not a variable");
  set_output(graph, node, 0, variable.dtype, variable.shape);
}

bool holds(const std::vector<TensorId>& ids, TensorId id) {
  return std::ranges::find(ids, id) != ids.end();
}

// Whether a node from this one on writes the variable while `value`, or another name of its memory,
// has still to be read.
bool written_while_used(const Graph& graph, const Node& node) {
  std::vector<TensorId> names{node.outputs[0]};
  bool after = false, written = false;
  for (const Node& other : graph.nodes) {
    const bool reads =
        std::ranges::any_of(names, [&](TensorId id) { return holds(other.inputs, id); });
    if (reads && written) return true;
    written = written || (after && holds(other.outputs, node.inputs[0]));
    if (reads && written) return true;
    if (reads && find_op(other.op).traits.alias) names.push_back(other.outputs[0]);
    after = after || holds(other.outputs, node.outputs[0]);
  }
  const auto leaves = [&](TensorId id) { return graph.is_output(id); };
  return written && std::ranges::any_of(names, leaves);
}

LoweredOp lower(const Graph& graph, const Node& node) {
  if (written_while_used(graph, node)) {
    return shared::copy_all(graph, node, node.inputs[0], node.outputs[0]);
  }
  LoweredOp nothing;
  nothing.alias = true;
  return nothing;
}

const shared::CopyKernels kernels(lower);

void import_tflite(const tflite::Operator&, Node&) {}

void write_tflite(tflite::OperatorWriter& out) {
  out.inputs = {out.handle(out.node().inputs.at(0))};
}

constexpr TfliteRule tflite_rules[] = {{143, import_tflite, write_tflite}};  // READ_VARIABLE

}  // namespace

extern const OpDef read_variable_op;
const OpDef read_variable_op{"read_variable", infer, shared::no_macs, kernels.entries,
                             tflite_rules};

}  // namespace mote
