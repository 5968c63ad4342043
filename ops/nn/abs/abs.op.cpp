// Host half of abs: element-wise size.
//
//   y = |x|
//
// Input: x in float or int8; int8 as tflite-micro defines it: requantised when the scales differ.

#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/requantize.hpp"
#include "core/fixed_point.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/unary/unary_host.hpp"

namespace mote {
namespace {

using namespace ir;

int32_t stored(const Graph& graph, const Node& node, int32_t x) {
  const Tensor& in = shared::input(graph, node, 0);
  const Tensor& out = shared::output(graph, node);
  const int32_t size = x < in.zero_point() ? in.zero_point() - x : x - in.zero_point();
  if (in.scale() == out.scale()) return size + out.zero_point();
  const Multiplier m =
      quantize_multiplier(static_cast<double>(in.scale()) / static_cast<double>(out.scale()));
  return multiply_by_quantized_multiplier(size, m.multiplier, m.shift) + out.zero_point();
}

const shared::UnaryKernels<UnaryFunction::absolute, stored> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{101, import_tflite}};  // ABS

}  // namespace

extern const OpDef abs_op;
const OpDef abs_op{"abs",        shared::infer_unary, shared::no_macs,     kernels.entries,
                   tflite_rules, shared::elementwise, quantized::own_range};

}  // namespace mote
