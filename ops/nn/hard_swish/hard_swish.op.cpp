// Host half of hard_swish.
//
//   y = x * min(max(x + 3, 0), 6) / 6
//
// Input: x in float or int8; int8 as TensorFlow Lite defines it, in 16-bit fixed point.

#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/requantize.hpp"
#include "core/fixed_point.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/unary/unary_host.hpp"

namespace mote {
namespace {

using namespace ir;

int32_t clamp16(int32_t x) {
  return clamp(x, -32768, 32767);
}

// (a * b + 2^14) >> 15, saturated: halves round away from zero.
int32_t high_mul16(int32_t a, int32_t b) {
  const int32_t product = a * b;
  return clamp16((product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15));
}

// A multiplier on 16 bits, as TensorFlow Lite's DownScaleInt32ToInt16Multiplier rounds it.
int32_t narrow(const Multiplier& m) {
  return m.multiplier >= INT32_MAX - (1 << 15) ? 32767 : (m.multiplier + (1 << 15)) >> 16;
}

// min(max(x + 3, 0), 6) / 6 in Q0.15, of x on the fine scale.
int32_t reluish(int32_t fine, const Multiplier& m) {
  int32_t value = fine;
  if (m.shift > 0) value = clamp16(value * (1 << clamp(m.shift - 1, 0, 15)));
  value = high_mul16(value, narrow(m));
  if (m.shift > 0) value = clamp16(value * 2);
  if (m.shift < 0) value = rounding_divide_by_pot(value, -m.shift);
  return (value + (1 << 15)) >> 1;
}

int32_t stored(const Graph& graph, const Node& node, int32_t x) {
  const Tensor& in = shared::input(graph, node, 0);
  const Tensor& out = shared::output(graph, node);
  const float fine_scale = 1.0f / 128.0f * in.scale();
  const Multiplier to_output = quantize_multiplier(static_cast<double>(fine_scale / out.scale()));
  const Multiplier to_relu =
      quantize_multiplier(static_cast<double>(fine_scale / (3.0f / 32768.0f)));
  require(to_output.shift <= 0, node, "output scale is too small for its input");
  const int32_t fine = static_cast<int16_t>((x - in.zero_point()) * 128);
  const int32_t scaled = high_mul16(fine, narrow(to_output));
  const int32_t product = reluish(fine, to_relu) * scaled / (1 << 15);
  return rounding_divide_by_pot(product, -to_output.shift) + out.zero_point();
}

const shared::UnaryKernels<UnaryFunction::hard_swish, stored> kernels;

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{117, import_tflite}};  // HARD_SWISH

}  // namespace

extern const OpDef hard_swish_op;
const OpDef hard_swish_op{"hard_swish", shared::infer_unary, shared::no_macs,     kernels.entries,
                          tflite_rules, shared::elementwise, quantized::own_range};

}  // namespace mote
