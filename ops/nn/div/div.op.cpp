// Host half of div: element-wise quotient, in float and int32.
//
//   y = a / b
//
// Inputs: a, b of one type; shapes broadcast. Attribute: activation. See ops/shared/binary for
// types and arithmetic.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/binary/binary_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::BinaryKernels<BinaryFunction::divide> kernels;

constexpr int32_t div_options = 29;

void import_tflite(const tflite::Operator& source, Node& node) {
  node.attributes["activation"] = source.options(div_options).activation(0);
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(div_options);
  out.activation(0);
}

constexpr TfliteRule tflite_rules[] = {{42, import_tflite, write_tflite}};  // DIV

}  // namespace

extern const OpDef div_op;
const OpDef div_op{"div",           shared::infer_binary, shared::no_macs,
                   kernels.entries, tflite_rules,         shared::elementwise};

}  // namespace mote
