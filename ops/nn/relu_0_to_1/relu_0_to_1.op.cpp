// Host half of relu_0_to_1: rectifier with two ends.
//
//   y = min(max(x, 0), 1)
//
// Input: x in float or int8. See ops/shared/unary for the arithmetic.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/unary/unary_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::UnaryKernels<UnaryFunction::relu_0_to_1> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{152, import_tflite}};  // RELU_0_TO_1

}  // namespace

extern const OpDef relu_0_to_1_op;
const OpDef relu_0_to_1_op{"relu_0_to_1", shared::infer_unary, shared::no_macs,     kernels.entries,
                           tflite_rules,  shared::elementwise, quantized::own_range};

}  // namespace mote
