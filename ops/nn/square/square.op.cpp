// Host half of square: element-wise square.
//
//   y = x^2
//
// Input: x in float or int8. See ops/shared/unary for the arithmetic.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/unary/unary_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::UnaryKernels<UnaryFunction::square> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{92, import_tflite}};  // SQUARE

}  // namespace

extern const OpDef square_op;
const OpDef square_op{"square",     shared::infer_unary, shared::no_macs,     kernels.entries,
                      tflite_rules, shared::elementwise, quantized::own_range};

}  // namespace mote
