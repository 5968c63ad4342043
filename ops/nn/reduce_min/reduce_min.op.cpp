// Host half of reduce_min: smallest value along some axes.
//
//   y[k] = min over r of x[k, r]
//
// Inputs: x in float, int8 or int16; axes, constant integers. Attribute: keep_dims.

#include "ops/shared/op_host.hpp"
#include "ops/shared/reduce/reduce_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::ReduceKernels<ReduceFunction::smallest> kernels;

constexpr TfliteRule tflite_rules[] = {
    {89, shared::import_reduce, shared::write_reduce}};  // REDUCE_MIN

}  // namespace

extern const OpDef reduce_min_op;
const OpDef reduce_min_op{
    "reduce_min",       shared::infer_reduce,
    shared::no_macs,    kernels.entries,
    tflite_rules,       {.axes = AxisRule::listed, .stored = StoredForm::moved},
    quantized::as_input};

}  // namespace mote
