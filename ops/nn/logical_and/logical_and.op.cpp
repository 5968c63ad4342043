// Host half of logical_and: element-wise and of booleans.
//
//   y = a and b
//
// Inputs: a, b of one type; shapes broadcast. See ops/shared/binary for types and arithmetic.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/binary/binary_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::BinaryKernels<BinaryFunction::logical_and> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{86, import_tflite}};  // LOGICAL_AND

}  // namespace

extern const OpDef logical_and_op;
const OpDef logical_and_op{"logical_and",   shared::infer_comparison,
                           shared::no_macs, kernels.entries,
                           tflite_rules,    {.axes = AxisRule::pointwise}};

}  // namespace mote
