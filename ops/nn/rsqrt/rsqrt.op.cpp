// Host half of rsqrt: element-wise inverse square root.
//
//   y = 1 / sqrt(x)
//
// Input: x in float or int8. int8 as tflite-micro defines it, with 20 extra bits: the largest value
// for x = 0. Below zero, where tflite-micro stops, the result is the largest value too.

#include <cmath>

#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/requantize.hpp"
#include "core/fixed_inverse_sqrt.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/unary/unary_host.hpp"

namespace mote {
namespace {

using namespace ir;

int32_t stored(const Graph& graph, const Node& node, int32_t x) {
  const Tensor& in = shared::input(graph, node, 0);
  const Tensor& out = shared::output(graph, node);
  const int32_t value = x - in.zero_point();
  if (value <= 0) return 127;
  const double scale =
      1.0 / (std::sqrt(static_cast<double>(in.scale())) * static_cast<double>(out.scale()));
  const Multiplier to_output = quantize_multiplier(scale);
  const InverseSqrt root = inverse_sqrt(value);
  const int32_t inverse = multiply_by_quantized_multiplier(1, root.multiplier, root.shift + 20);
  return multiply_by_quantized_multiplier(inverse, to_output.multiplier, to_output.shift - 20) +
         out.zero_point();
}

const shared::UnaryKernels<UnaryFunction::inverse_square_root, stored> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{76, import_tflite}};  // RSQRT

}  // namespace

extern const OpDef rsqrt_op;
const OpDef rsqrt_op{"rsqrt",      shared::infer_unary, shared::no_macs,     kernels.entries,
                     tflite_rules, shared::elementwise, quantized::own_range};

}  // namespace mote
