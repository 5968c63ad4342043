// Host half of floor_div: element-wise quotient rounded down, in float and int32.
//
//   y = floor(a / b)
//
// Inputs: a, b of one type; shapes broadcast. See ops/shared/binary for types and arithmetic.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/binary/binary_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::BinaryKernels<BinaryFunction::floor_divide> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{90, import_tflite}};  // FLOOR_DIV

}  // namespace

extern const OpDef floor_div_op;
const OpDef floor_div_op{"floor_div",     shared::infer_binary, shared::no_macs,
                         kernels.entries, tflite_rules,         shared::elementwise};

}  // namespace mote
