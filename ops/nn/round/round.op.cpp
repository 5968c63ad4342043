// Host half of round: element-wise rounding, halves to the even number.
//
//   y = round(x)
//
// Input: x in float or int8. See ops/shared/unary for the arithmetic.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/unary/unary_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::UnaryKernels<UnaryFunction::round> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{116, import_tflite}};  // ROUND

}  // namespace

extern const OpDef round_op;
const OpDef round_op{"round",      shared::infer_unary, shared::no_macs,     kernels.entries,
                     tflite_rules, shared::elementwise, quantized::own_range};

}  // namespace mote
