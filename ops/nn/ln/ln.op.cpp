// Host half of ln: element-wise natural logarithm.
//
//   y = ln(x)
//
// Input: x in float or int8. See ops/shared/unary for the arithmetic.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/unary/unary_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::UnaryKernels<UnaryFunction::logarithm> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{73, import_tflite}};  // LOG

}  // namespace

extern const OpDef ln_op;
const OpDef ln_op{"ln",         shared::infer_unary, shared::no_macs,     kernels.entries,
                  tflite_rules, shared::elementwise, quantized::own_range};

}  // namespace mote
