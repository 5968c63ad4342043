// Host half of arg_min: where along an axis the smallest value stands; of equal ones the first.
//
// Inputs: x in float or int8; axis, one constant integer. Output: int32.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/arg/arg_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::ArgKernels<false> kernels;

void import_tflite(const tflite::Operator&, Node&) {}

constexpr int32_t arg_min_options = 57;

void write_tflite(tflite::OperatorWriter& out) {
  out.options(arg_min_options);
  out.type(0, out.outputs.at(0));
}

constexpr TfliteRule tflite_rules[] = {{79, import_tflite, write_tflite}};  // ARG_MIN

}  // namespace

extern const OpDef arg_min_op;
const OpDef arg_min_op{"arg_min",    shared::infer_arg,          shared::no_macs,   kernels.entries,
                       tflite_rules, {.axes = AxisRule::listed}, quantized::measure};

}  // namespace mote
