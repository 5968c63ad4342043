// Host half of floor_mod: element-wise remainder with the sign of b, in float and int32.
//
//   y = a - floor(a / b) * b
//
// Inputs: a, b of one type; shapes broadcast. See ops/shared/binary for types and arithmetic.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/binary/binary_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::BinaryKernels<BinaryFunction::floor_modulo> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{95, import_tflite}};  // FLOOR_MOD

}  // namespace

extern const OpDef floor_mod_op;
const OpDef floor_mod_op{"floor_mod",     shared::infer_binary, shared::no_macs,
                         kernels.entries, tflite_rules,         shared::elementwise};

}  // namespace mote
