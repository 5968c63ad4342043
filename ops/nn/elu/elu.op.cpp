// Host half of elu: exponential linear unit.
//
//   y = x for x >= 0, e^x - 1 below
//
// Input: x in float or int8. See ops/shared/unary for the arithmetic.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/unary/unary_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::UnaryKernels<UnaryFunction::elu> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{111, import_tflite}};  // ELU

}  // namespace

extern const OpDef elu_op;
const OpDef elu_op{"elu",        shared::infer_unary, shared::no_macs,     kernels.entries,
                   tflite_rules, shared::elementwise, quantized::own_range};

}  // namespace mote
