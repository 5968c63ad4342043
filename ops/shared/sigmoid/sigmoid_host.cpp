#include "ops/shared/sigmoid/sigmoid_host.hpp"

#include <cmath>

#include "ops/shared/op_host.hpp"
#include "ops/shared/sigmoid/sigmoid_s16_reference.hpp"

namespace mote::shared {
namespace {

using namespace ir;

bool fits(const Graph& graph, const Node& node) {
  return input(graph, node, 0).dtype == DType::i16 && output(graph, node).dtype == DType::i16;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 25 * output(graph, node).elements();
}

constexpr KernelVariant s16_variant{fits, nullptr, instructions};
#define MOTE_OP_FOLDER "ops/shared/sigmoid"
#define MOTE_KERNEL MOTE_KERNEL_INFO
constexpr KernelInfo kernels[] = {
#include "ops/shared/sigmoid/kernels.inc"
};

// TensorFlow Lite's CheckedLog2: whether x is a power of 2 but for a thousandth of the exponent.
bool power_of_two(float x, int32_t& exponent) {
  const float exact = std::log2(x);
  exponent = static_cast<int32_t>(std::round(exact));
  return std::abs(exact - std::round(exact)) < 1e-3f;
}

// fine_shifts: the largest n for which a scale of 2^(n - 12) is taken without a multiplier.
LoweredOp lower(const Graph& graph, const Node& node, bool tanh, int32_t fine_shifts) {
  const Tensor& x = input(graph, node, 0);
  const Tensor& y = output(graph, node);
  int32_t exponent = 0;
  require(x.zero_point() == 0 && y.zero_point() == 0 && power_of_two(y.scale(), exponent) &&
              exponent == -15,
          node, "int16 needs zero points of 0 and the output scale 1/32768");
  const bool exact = power_of_two(x.scale(), exponent);
  const int32_t left = 12 + exponent;
  SigmoidParams params{static_cast<int32_t>(y.elements()), tanh ? 1 : 0, 3 << (left & 1), 0};
  if (!exact || left < 0 || left > fine_shifts) {
    double multiplier = static_cast<double>(x.scale()) * 4096.0 * 3.0;
    while (multiplier <= 32767.0 / 2.0 && params.shift <= 30) {
      ++params.shift;
      multiplier *= 2.0;
    }
    require(multiplier <= 1 << 15, node, "input scale is too large");
    params.multiplier = static_cast<int32_t>(multiplier);
  }
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(node.inputs[0]),
                      Operand::of_constant("sigmoid", sigmoid_table()),
                      Operand::of_tensor(node.outputs[0])};
  lowered.overlap_output = 2;
  lowered.overlap_input = 0;
  return lowered;
}

}  // namespace

// See core/fixed_sigmoid.hpp. Only + - * / of doubles, so it has the same bits everywhere.
std::vector<uint16_t> sigmoid_table() {
  double step = 1, term = 1;  // e^(-1/48), half a piece
  for (int n = 1; n < 16; ++n) {
    term *= -1.0 / 48 / n;
    step += term;
  }
  std::vector<double> exact(2 * sigmoid_entries + 1);
  double power = 1;
  for (double& value : exact) {
    value = 65536 / (1 + power);
    power *= step;
  }
  std::vector<uint16_t> table;
  for (size_t i = 0; i < sigmoid_entries; ++i) {
    const double chord = (exact[2 * i] + exact[2 * i + 2]) / 2;
    const double value = exact[2 * i] + (exact[2 * i + 1] - chord) / 2;
    table.push_back(static_cast<uint16_t>(std::lround(value)));
  }
  table.back() = 65535;
  return table;
}

KernelInfo sigmoid_s16_kernel(LoweredOp (*lower_function)(const Graph&, const Node&)) {
  KernelInfo info = kernels[0];
  info.lower = lower_function;
  return info;
}

LoweredOp lower_logistic_s16(const Graph& graph, const Node& node) {
  return lower(graph, node, false, 0);
}
LoweredOp lower_tanh_s16(const Graph& graph, const Node& node) {
  return lower(graph, node, true, 1);
}

}  // namespace mote::shared
