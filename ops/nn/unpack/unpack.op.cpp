// Host half of unpack: the entries along an axis, one per output, without that axis.
//
// Input: x of any type. Attribute: axis.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/copy/copy_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

size_t axis_of(const Graph& graph, const Node& node) {
  const Shape& shape = shared::input(graph, node, 0).shape;
  const size_t axis = shared::axis_index(node, node.integer("axis", 0), shape.size());
  require(static_cast<size_t>(shape[axis]) == node.outputs.size(), node,
          std::to_string(shape[axis]) + " entries for " + std::to_string(node.outputs.size()) +
              " outputs");
  return axis;
}

void infer(Graph& graph, const Node& node) {
  const size_t axis = axis_of(graph, node);
  const Tensor& x = shared::input(graph, node, 0);
  const DType dtype = x.dtype;
  Shape shape = x.shape;
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
  if (shape.empty()) shape.push_back(1);
  for (size_t i = 0; i < node.outputs.size(); ++i) set_output(graph, node, i, dtype, shape);
}

LoweredOp lower(const Graph& graph, const Node& node) {
  shared::Slab slab{node.inputs[0], axis_of(graph, node), 0, 1};
  std::vector<LoweredOp> calls;
  for (TensorId part : node.outputs) {
    calls.push_back(shared::copy_out(graph, node, slab, part));
    ++slab.begin;
  }
  return shared::in_order(std::move(calls));
}

const shared::CopyKernels kernels(lower);

constexpr int32_t unpack_options = 64;

void import_tflite(const tflite::Operator& source, Node& node) {
  node.attributes["axis"] = int64_t{source.options(unpack_options).integer(1)};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(unpack_options);
  out.integer(0, static_cast<int64_t>(out.outputs.size()));
  out.integer(1, out.node().integer("axis", 0));
}

constexpr TfliteRule tflite_rules[] = {{88, import_tflite, write_tflite}};  // UNPACK

}  // namespace

extern const OpDef unpack_op;
const OpDef unpack_op{"unpack",           infer,        shared::no_macs,
                      kernels.entries,    tflite_rules, {.stored = StoredForm::moved},
                      quantized::as_input};

}  // namespace mote
