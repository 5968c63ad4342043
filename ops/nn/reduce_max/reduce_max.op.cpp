// Host half of reduce_max: largest value along some axes.
//
//   y[k] = max over r of x[k, r]
//
// Inputs: x in float, int8 or int16; axes, constant integers. Attribute: keep_dims.

#include "ops/shared/op_host.hpp"
#include "ops/shared/reduce/reduce_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::ReduceKernels<ReduceFunction::largest> kernels;

constexpr TfliteRule tflite_rules[] = {
    {82, shared::import_reduce, shared::write_reduce}};  // REDUCE_MAX

}  // namespace

extern const OpDef reduce_max_op;
const OpDef reduce_max_op{
    "reduce_max",       shared::infer_reduce,
    shared::no_macs,    kernels.entries,
    tflite_rules,       {.axes = AxisRule::listed, .stored = StoredForm::moved},
    quantized::as_input};

}  // namespace mote
