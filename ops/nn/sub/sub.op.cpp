// Host half of sub: element-wise difference.
//
//   y = a - b
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

const shared::BinaryKernels<BinaryFunction::subtract> kernels;

constexpr int32_t sub_options = 28;

void import_tflite(const tflite::Operator& source, Node& node) {
  node.attributes["activation"] = source.options(sub_options).activation(0);
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(sub_options);
  out.activation(0);
  out.byte(1, 0);  // int16 scales need not be powers of 2
}

constexpr TfliteRule tflite_rules[] = {{41, import_tflite, write_tflite}};  // SUB

}  // namespace

extern const OpDef sub_op;
const OpDef sub_op{"sub",        shared::infer_binary, shared::no_macs,     kernels.entries,
                   tflite_rules, shared::elementwise,  quantized::own_range};

}  // namespace mote
