// Host half of neg: element-wise negation.
//
//   y = -x
//
// Input: x in float or int8. See ops/shared/unary for the arithmetic.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/unary/unary_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::UnaryKernels<UnaryFunction::negate> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{59, import_tflite}};  // NEG

}  // namespace

extern const OpDef neg_op;
const OpDef neg_op{"neg",        shared::infer_unary, shared::no_macs,     kernels.entries,
                   tflite_rules, shared::elementwise, quantized::own_range};

}  // namespace mote
