// Host half of greater: element-wise comparison.
//
//   y = a > b
//
// Inputs: a, b of one type; shapes broadcast. See ops/shared/binary for types and arithmetic.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/binary/binary_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::BinaryKernels<BinaryFunction::greater> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{61, import_tflite}};  // GREATER

}  // namespace

extern const OpDef greater_op;
const OpDef greater_op{
    "greater",    shared::infer_comparison,      shared::no_macs,   kernels.entries,
    tflite_rules, {.axes = AxisRule::pointwise}, quantized::measure};

}  // namespace mote
