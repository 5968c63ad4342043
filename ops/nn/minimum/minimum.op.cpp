// Host half of minimum: element-wise smaller value.
//
//   y = min(a, b)
//
// Inputs: a, b of one type; shapes broadcast. See ops/shared/binary for types and arithmetic.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/binary/binary_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::BinaryKernels<BinaryFunction::minimum> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{57, import_tflite}};  // MINIMUM

}  // namespace

extern const OpDef minimum_op;
const OpDef minimum_op{"minimum",        shared::infer_binary,
                       shared::no_macs,  kernels.entries,
                       tflite_rules,     {.axes = AxisRule::pointwise, .stored = StoredForm::moved},
                       quantized::shared};

}  // namespace mote
