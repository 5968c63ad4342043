// Host half of ceil: element-wise rounding up.
//
//   y = ceil(x)
//
// Input: x in float or int8. See ops/shared/unary for the arithmetic.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/unary/unary_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::UnaryKernels<UnaryFunction::ceiling> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{104, import_tflite}};  // CEIL

}  // namespace

extern const OpDef ceil_op;
const OpDef ceil_op{"ceil",       shared::infer_unary, shared::no_macs,     kernels.entries,
                    tflite_rules, shared::elementwise, quantized::own_range};

}  // namespace mote
