// Host half of squared_difference: element-wise squared difference.
//
//   y = (a - b)^2
//
// Inputs: a, b of one type; shapes broadcast. See ops/shared/binary for types and arithmetic.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/binary/binary_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::BinaryKernels<BinaryFunction::squared_difference> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{99, import_tflite}};  // SQUARED_DIFFERENCE

}  // namespace

extern const OpDef squared_difference_op;
const OpDef squared_difference_op{"squared_difference", shared::infer_binary, shared::no_macs,
                                  kernels.entries,      tflite_rules,         shared::elementwise,
                                  quantized::own_range};

}  // namespace mote
