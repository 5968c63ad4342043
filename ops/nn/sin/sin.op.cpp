// Host half of sin: element-wise sine.
//
//   y = sin(x)
//
// Input: x in float or int8. See ops/shared/unary for the arithmetic.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/unary/unary_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::UnaryKernels<UnaryFunction::sine> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{66, import_tflite}};  // SIN

}  // namespace

extern const OpDef sin_op;
const OpDef sin_op{"sin",        shared::infer_unary, shared::no_macs,     kernels.entries,
                   tflite_rules, shared::elementwise, quantized::own_range};

}  // namespace mote
