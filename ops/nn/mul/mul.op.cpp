// Host half of mul: element-wise product.
//
//   y = a * b
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

const shared::BinaryKernels<BinaryFunction::multiply> kernels;

constexpr int32_t mul_options = 21;

void import_tflite(const tflite::Operator& source, Node& node) {
  node.attributes["activation"] = source.options(mul_options).activation(0);
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(mul_options);
  out.activation(0);
}

constexpr TfliteRule tflite_rules[] = {{18, import_tflite, write_tflite}};  // MUL

}  // namespace

extern const OpDef mul_op;
const OpDef mul_op{"mul",        shared::infer_binary, shared::no_macs,     kernels.entries,
                   tflite_rules, shared::elementwise,  quantized::own_range};

}  // namespace mote
