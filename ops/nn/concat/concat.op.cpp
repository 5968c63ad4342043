// Host half of concat: its inputs one after another along an axis. Types and quantisation are
// those of the output.
//
// Inputs: at least one, equal in all extents but the axis'. Attribute: axis.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/copy/copy_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& first = shared::input(graph, node, 0);
  const size_t axis = shared::axis_index(node, node.integer("axis"), first.shape.size());
  Shape shape = first.shape;
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    const Tensor& x = shared::input(graph, node, i);
    Shape others = x.shape;
    require(others.size() == shape.size() && x.dtype == first.dtype, node,
            "'" + x.name + "' and '" + first.name + "' differ in rank or type");
    require(x.shape[axis] <= INT32_MAX - shape[axis], node, "output is too large");
    shape[axis] += x.shape[axis];
    others[axis] = first.shape[axis];
    require(others == first.shape, node,
            "'" + x.name + "' and '" + first.name + "' differ on another axis than the joined one");
  }
  set_output(graph, node, 0, first.dtype, shape);
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const size_t rank = shared::output(graph, node).shape.size();
  shared::Slab slab{node.outputs[0], shared::axis_index(node, node.integer("axis"), rank), 0, 0};
  std::vector<LoweredOp> calls;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    slab.begin += slab.count;
    slab.count = shared::input(graph, node, i).shape[slab.axis];
    calls.push_back(shared::copy_in(graph, node, node.inputs[i], slab));
  }
  return shared::in_order(std::move(calls));
}

const shared::CopyKernels kernels(lower);

constexpr int32_t concatenation_options = 10;

void import_tflite(const tflite::Operator& source, Node& node) {
  const tflite::Options options = source.options(concatenation_options);
  require(options.byte(1) == 0, node, "a fused activation is not supported");
  node.attributes["axis"] = int64_t{options.integer(0)};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(concatenation_options);
  out.integer(0, out.node().integer("axis"));
  out.byte(1, 0);
}

constexpr TfliteRule tflite_rules[] = {{2, import_tflite, write_tflite}};  // CONCATENATION

}  // namespace

extern const OpDef concat_op;
const OpDef concat_op{"concat",         infer,
                      shared::no_macs,  kernels.entries,
                      tflite_rules,     {.axes = AxisRule::joined, .stored = StoredForm::moved},
                      quantized::shared};

}  // namespace mote
