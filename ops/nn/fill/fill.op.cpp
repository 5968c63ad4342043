// Host half of fill: one value in every element.
//
// Inputs: shape, constant integers; value, a constant of one element.

#include <cstring>

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/copy/copy_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& value = shared::input(graph, node, 1);
  require(value.constant && value.elements() == 1, node, "its value must be one constant");
  set_output(graph, node, 0, value.dtype, shared::constant_ints(graph, node, 0));
}

LoweredOp lower(const Graph& graph, const Node& node) {
  uint64_t bits = 0;
  const auto& data = shared::input(graph, node, 1).data;
  std::memcpy(&bits, data.data(), data.size());
  return shared::fill_call(graph, node.outputs[0], bits);
}

const shared::CopyKernels kernels(lower);

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{94, import_tflite}};  // FILL

}  // namespace

extern const OpDef fill_op;
const OpDef fill_op{"fill", infer, shared::no_macs, kernels.entries, tflite_rules};

}  // namespace mote
