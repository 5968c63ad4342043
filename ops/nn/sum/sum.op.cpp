// Host half of sum: sum along some axes.
//
//   y[k] = sum over r of x[k, r]
//
// Inputs: x in float, int8 or int16; axes, constant integers. Attribute: keep_dims.

#include "ops/shared/op_host.hpp"
#include "ops/shared/reduce/reduce_host.hpp"

namespace mote {
namespace {

using namespace ir;

const shared::ReduceKernels<ReduceFunction::sum> kernels;

constexpr TfliteRule tflite_rules[] = {{74, shared::import_reduce, shared::write_reduce}};  // SUM

}  // namespace

extern const OpDef sum_op;
const OpDef sum_op{"sum",
                   shared::infer_reduce,
                   shared::no_macs,
                   kernels.entries,
                   tflite_rules,
                   {.axes = AxisRule::listed, .stored = StoredForm::free},
                   quantized::own_range};

}  // namespace mote
