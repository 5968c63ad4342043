// Host half of floor: element-wise rounding down.
//
//   y = floor(x)
//
// Input: x in float or int8. See ops/shared/unary for the arithmetic.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/unary/unary_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::UnaryKernels<UnaryFunction::floor> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{8, import_tflite}};  // FLOOR

}  // namespace

extern const OpDef floor_op;
const OpDef floor_op{"floor",      shared::infer_unary, shared::no_macs,     kernels.entries,
                     tflite_rules, shared::elementwise, quantized::own_range};

}  // namespace mote
