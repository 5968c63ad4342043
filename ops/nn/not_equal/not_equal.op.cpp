// Host half of not_equal: element-wise comparison.
//
//   y = a != b
//
// Inputs: a, b of one type; shapes broadcast. See ops/shared/binary for types and arithmetic.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/binary/binary_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::BinaryKernels<BinaryFunction::not_equal> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{72, import_tflite}};  // NOT_EQUAL

}  // namespace

extern const OpDef not_equal_op;
const OpDef not_equal_op{
    "not_equal",  shared::infer_comparison,      shared::no_macs,   kernels.entries,
    tflite_rules, {.axes = AxisRule::pointwise}, quantized::measure};

}  // namespace mote
