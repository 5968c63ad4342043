// Host half of sqrt: element-wise square root.
//
//   y = sqrt(x)
//
// Input: x in float or int8. See ops/shared/unary for the arithmetic.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/unary/unary_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::UnaryKernels<UnaryFunction::square_root> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{75, import_tflite}};  // SQRT

}  // namespace

extern const OpDef sqrt_op;
const OpDef sqrt_op{"sqrt",       shared::infer_unary, shared::no_macs,     kernels.entries,
                    tflite_rules, shared::elementwise, quantized::own_range};

}  // namespace mote
