// Host half of pack: inputs of equal shape along a new axis.
//
// Attribute: axis of the output, in [-rank - 1, rank].

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/copy/copy_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

// A scalar that has been given the shape [1] packs into [count], not [count, 1].
bool scalars(const Graph& graph, const Node& node) {
  const Shape& shape = shared::output(graph, node).shape;
  const Shape& first = shared::input(graph, node, 0).shape;
  return first.empty() || (first == Shape{1} && shape.size() == 1);
}

void infer(Graph& graph, const Node& node) {
  const Tensor& first = shared::input(graph, node, 0);
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    const Tensor& x = shared::input(graph, node, i);
    require(x.elements() == first.elements() && x.dtype == first.dtype, node,
            "'" + x.name + "' and '" + first.name + "' differ in shape or type");
  }
  Shape shape = scalars(graph, node) ? Shape{} : first.shape;
  const size_t axis = shared::axis_index(node, node.integer("axis", 0), shape.size() + 1);
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis),
               static_cast<int32_t>(node.inputs.size()));
  set_output(graph, node, 0, first.dtype, shape);
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const size_t rank = shared::output(graph, node).shape.size();
  shared::Slab slab{node.outputs[0], shared::axis_index(node, node.integer("axis", 0), rank), 0, 1};
  std::vector<LoweredOp> calls;
  for (TensorId part : node.inputs) {
    calls.push_back(shared::copy_in(graph, node, part, slab));
    ++slab.begin;
  }
  return shared::in_order(std::move(calls));
}

const shared::CopyKernels kernels(lower);

constexpr int32_t pack_options = 59;

void import_tflite(const tflite::Operator& source, Node& node) {
  node.attributes["axis"] = int64_t{source.options(pack_options).integer(1)};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(pack_options);
  out.integer(0, static_cast<int64_t>(out.inputs.size()));
  out.integer(1, out.node().integer("axis", 0));
}

constexpr TfliteRule tflite_rules[] = {{83, import_tflite, write_tflite}};  // PACK

}  // namespace

extern const OpDef pack_op;
const OpDef pack_op{"pack",           infer,        shared::no_macs,
                    kernels.entries,  tflite_rules, {.stored = StoredForm::moved},
                    quantized::shared};

}  // namespace mote
