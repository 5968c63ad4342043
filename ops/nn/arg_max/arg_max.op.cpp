// Host half of arg_max: where along an axis the largest value stands; of equal ones the first.
//
// Inputs: x in float or int8; axis, one constant integer. Output: int32.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/arg/arg_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::ArgKernels<true> kernels;

void import_tflite(const tflite::Operator&, Node&) {}

constexpr int32_t arg_max_options = 40;

void write_tflite(tflite::OperatorWriter& out) {
  out.options(arg_max_options);
  out.type(0, out.outputs.at(0));
}

constexpr TfliteRule tflite_rules[] = {{56, import_tflite, write_tflite}};  // ARG_MAX

}  // namespace

extern const OpDef arg_max_op;
const OpDef arg_max_op{"arg_max",    shared::infer_arg,          shared::no_macs,   kernels.entries,
                       tflite_rules, {.axes = AxisRule::listed}, quantized::measure};

}  // namespace mote
