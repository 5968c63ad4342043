// Host half of gelu: Gaussian error linear unit.
//
//   y = x / 2 * (1 + erf(x / sqrt(2))), or with approximate = 1
//   y = x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))
//
// Input: x in float or int8. Attribute: approximate.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/unary/unary_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::UnaryKernels<UnaryFunction::gelu> exact;
const shared::UnaryKernels<UnaryFunction::gelu_tanh> approximate;

template <size_t type>
LoweredOp lower(const Graph& graph, const Node& node) {
  const bool rough = node.integer("approximate", 0) != 0;
  return (rough ? approximate.entries : exact.entries)[type].lower(graph, node);
}

struct Kernels {
  KernelInfo entries[2];
  Kernels() : entries{exact.entries[0], exact.entries[1]} {
    entries[0].lower = lower<0>;
    entries[1].lower = lower<1>;
  }
};
const Kernels kernels;

constexpr int32_t gelu_options = 116;

void import_tflite(const tflite::Operator& source, Node& node) {
  node.attributes["approximate"] = int64_t{source.options(gelu_options).byte(0) != 0};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(gelu_options);
  out.byte(0, out.node().integer("approximate", 0));
}

constexpr TfliteRule tflite_rules[] = {{150, import_tflite, write_tflite}};  // GELU

}  // namespace

extern const OpDef gelu_op;
const OpDef gelu_op{"gelu",       shared::infer_unary, shared::no_macs,     kernels.entries,
                    tflite_rules, shared::elementwise, quantized::own_range};

}  // namespace mote
