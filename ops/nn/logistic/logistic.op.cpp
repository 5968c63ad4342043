// Host half of logistic: element-wise logistic function.
//
//   y = 1 / (1 + e^-x)
//
// Input: x in float, int8 or int16 (ops/shared/sigmoid). int8 as TensorFlow Lite defines it
// (reference_integer_ops): x in Q4.27, gemmlowp's fixed-point function of it (core/fixed_exp.hpp).

#include <cmath>

#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/requantize.hpp"
#include "core/fixed_exp.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/sigmoid/sigmoid_host.hpp"
#include "ops/shared/unary/unary_host.hpp"

namespace mote {
namespace {

using namespace ir;

int32_t stored(const Graph& graph, const Node& node, int32_t x) {
  const Tensor& tensor = shared::input(graph, node, 0);
  const Multiplier to_q4 =
      quantize_multiplier(static_cast<double>(tensor.scale()) * (1 << 27) / (1 << 16));
  const int32_t left = to_q4.shift + 16;
  require(left >= 0 && left <= 30, node, "input scale is too large or too small");
  // Beyond it x leaves Q4.
  const double radius = 15.0 * (1 << 27) / static_cast<double>(int64_t{1} << left);
  const int32_t centred = x - tensor.zero_point();
  if (std::abs(centred) >= static_cast<int32_t>(std::floor(radius))) {
    return centred > 0 ? 127 : -128;
  }
  const int32_t q4 = multiply_by_quantized_multiplier(centred, to_q4.multiplier, left);
  return rounding_divide_by_pot(logistic_q4(q4), 23) - 128;
}

const shared::UnaryKernels<UnaryFunction::logistic, stored> other_types;
const KernelInfo kernels[] = {other_types.entries[0], other_types.entries[1],
                              shared::sigmoid_s16_kernel(shared::lower_logistic_s16)};

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{14, import_tflite}};  // LOGISTIC

}  // namespace

extern const OpDef logistic_op;
const OpDef logistic_op{"logistic",
                        shared::infer_unary,
                        shared::no_macs,
                        kernels,
                        tflite_rules,
                        {.axes = AxisRule::pointwise,
                         .stored = StoredForm::own,
                         .own_scale = 1.0f / 256,
                         .own_zero = -128},
                        quantized::fixed(1.0f / 256.0f, -128)};

}  // namespace mote
