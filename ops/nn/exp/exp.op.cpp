// Host half of exp: element-wise exponential.
//
//   y = e^x
//
// Input: x in float or int8. See ops/shared/unary for the arithmetic.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/unary/unary_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::UnaryKernels<UnaryFunction::exponential> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{47, import_tflite}};  // EXP

}  // namespace

extern const OpDef exp_op;
const OpDef exp_op{"exp",        shared::infer_unary, shared::no_macs,     kernels.entries,
                   tflite_rules, shared::elementwise, quantized::own_range};

}  // namespace mote
