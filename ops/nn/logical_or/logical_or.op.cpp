// Host half of logical_or: element-wise or of booleans.
//
//   y = a or b
//
// Inputs: a, b of one type; shapes broadcast. See ops/shared/binary for types and arithmetic.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/binary/binary_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::BinaryKernels<BinaryFunction::logical_or> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{84, import_tflite}};  // LOGICAL_OR

}  // namespace

extern const OpDef logical_or_op;
const OpDef logical_or_op{"logical_or",    shared::infer_comparison,
                          shared::no_macs, kernels.entries,
                          tflite_rules,    {.axes = AxisRule::pointwise}};

}  // namespace mote
