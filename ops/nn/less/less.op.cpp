// Host half of less: element-wise comparison.
//
//   y = a < b
//
// Inputs: a, b of one type; shapes broadcast. See ops/shared/binary for types and arithmetic.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/binary/binary_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::BinaryKernels<BinaryFunction::less> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{58, import_tflite}};  // LESS

}  // namespace

extern const OpDef less_op;
const OpDef less_op{"less",       shared::infer_comparison,      shared::no_macs,   kernels.entries,
                    tflite_rules, {.axes = AxisRule::pointwise}, quantized::measure};

}  // namespace mote
