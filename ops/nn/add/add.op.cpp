// Host half of add: shape rule, import, lowering.
//
// Inputs: a, b. In int8 one has the other's shape, or its shape is the end of the other's (a bias
// [c] added to [n, h, w, c]; leading extents of 1 don't count); other types broadcast. Attribute:
// activation.

#include <algorithm>

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/ir/requantize.hpp"
#include "ops/nn/add/add_s8_armv7em.hpp"
#include "ops/nn/add/add_s8_avx2.hpp"
#include "ops/nn/add/add_s8_avx512vnni.hpp"
#include "ops/nn/add/add_s8_mve.hpp"
#include "ops/nn/add/add_s8_neon.hpp"
#include "ops/nn/add/add_s8_reference.hpp"
#include "ops/shared/binary/binary_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

// Whether `small` repeats along `large`.
bool repeats(const Shape& small, const Shape& large) {
  const auto begin = std::ranges::find_if(small, [](int32_t extent) { return extent != 1; });
  const auto rank = small.end() - begin;
  return small.size() <= large.size() &&
         std::equal(begin, small.end(), large.end() - rank, large.end());
}

// Input positions, the larger first.
struct Order {
  TensorId large, small;

  Order(const Graph& graph, const Node& node) {
    require(node.inputs.size() == 2 && node.inputs[0] != no_tensor && node.inputs[1] != no_tensor,
            node, "needs two inputs");
    large = node.inputs[0];
    small = node.inputs[1];
    const auto fits = [&] { return repeats(graph.tensor(small).shape, graph.tensor(large).shape); };
    if (fits()) return;
    std::swap(large, small);
    require(fits(), node,
            "shapes of '" + graph.tensor(small).name + "' and '" + graph.tensor(large).name +
                "' can't be added");
  }
};

void infer(Graph& graph, const Node& node) {
  if (shared::input(graph, node, 0).dtype != DType::i8) return shared::infer_binary(graph, node);
  const Order order(graph, node);
  const Tensor& large = graph.tensor(order.large);
  require(graph.tensor(order.small).dtype == large.dtype, node, "inputs differ in type");
  set_output(graph, node, 0, large.dtype, large.shape);
}

int64_t macs(const Graph&, const Node&) {
  return 0;
}

bool fits_s8(const Graph& graph, const Node& node) {
  if (shared::input(graph, node, 0).dtype != DType::i8) return false;
  const Order order(graph, node);
  return graph.tensor(order.large).dtype == DType::i8 &&
         graph.tensor(order.small).dtype == DType::i8 &&
         graph.tensor(node.outputs[0]).dtype == DType::i8;
}

LoweredOp lower_reference(const Graph& graph, const Node& node) {
  const Order order(graph, node);
  const Tensor& a = graph.tensor(order.large);
  const Tensor& b = graph.tensor(order.small);
  const Tensor& y = graph.tensor(node.outputs[0]);
  const double twice_larger = 2 * static_cast<double>(std::max(a.scale(), b.scale()));
  const Multiplier ma = quantize_multiplier(static_cast<double>(a.scale()) / twice_larger);
  const Multiplier mb = quantize_multiplier(static_cast<double>(b.scale()) / twice_larger);
  const double output_scale =
      twice_larger / ((1 << add_extra_bits) * static_cast<double>(y.scale()));
  require(output_scale < 1, node, "output scale is too small for its inputs");
  const Multiplier my = quantize_multiplier(output_scale);
  const ActivationRange range = activation_range(node, y);
  const AddParams params{static_cast<int32_t>(a.elements()),
                         static_cast<int32_t>(b.elements()),
                         a.zero_point(),
                         b.zero_point(),
                         y.zero_point(),
                         ma.multiplier,
                         ma.shift,
                         mb.multiplier,
                         mb.shift,
                         my.multiplier,
                         my.shift,
                         range.min,
                         range.max};
  LoweredOp lowered;
  lowered.params = make_params(params);
  lowered.operands = {Operand::of_tensor(order.large), Operand::of_tensor(order.small),
                      Operand::of_tensor(node.outputs[0])};
  lowered.overlap_output = 2;
  lowered.overlap_input = 0;
  return lowered;
}

int64_t instructions_reference(const Graph& graph, const Node& node) {
  return 40 * graph.tensor(node.outputs[0]).elements();
}

// Shifts that its arithmetic covers; the reference takes the rest.
bool fits_armv7em(const Graph& graph, const Node& node) {
  if (!fits_s8(graph, node)) return false;
  for (const Param& param : lower_reference(graph, node).params) {
    if (!param.name.ends_with("_shift")) continue;
    const int32_t shift = std::get<int32_t>(param.value);
    if (shift < -30 || shift > 0) return false;
  }
  return true;
}

int64_t instructions_armv7em(const Graph& graph, const Node& node) {
  return 18 * graph.tensor(node.outputs[0]).elements();
}

int64_t instructions_mve(const Graph& graph, const Node& node) {
  return 7 * graph.tensor(node.outputs[0]).elements();
}

int64_t instructions_avx512vnni(const Graph& graph, const Node& node) {
  return 3 * graph.tensor(node.outputs[0]).elements();
}

int64_t instructions_avx2(const Graph& graph, const Node& node) {
  return 6 * graph.tensor(node.outputs[0]).elements();
}

int64_t instructions_neon(const Graph& graph, const Node& node) {
  return 7 * graph.tensor(node.outputs[0]).elements();
}

constexpr KernelVariant avx512vnni_variant{fits_armv7em, lower_reference, instructions_avx512vnni};
constexpr KernelVariant avx2_variant{fits_armv7em, lower_reference, instructions_avx2};
constexpr KernelVariant neon_variant{fits_armv7em, lower_reference, instructions_neon};
constexpr KernelVariant mve_variant{fits_armv7em, lower_reference, instructions_mve};
constexpr KernelVariant armv7em_variant{fits_armv7em, lower_reference, instructions_armv7em};
constexpr KernelVariant reference_variant{fits_s8, lower_reference, instructions_reference};

const shared::BinaryKernels<BinaryFunction::add> other_types;

#define MOTE_OP_FOLDER "ops/nn/add"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/add/kernels.inc"
    other_types.entries[0],  // float
    other_types.entries[1],  // int32
    other_types.entries[2],  // int16
};

constexpr int32_t add_options = 11;

void import_tflite(const tflite::Operator& source, Node& node) {
  node.attributes["activation"] = source.options(add_options).activation(0);
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(add_options);
  out.activation(0);
  out.byte(1, 0);  // int16 scales need not be powers of 2
}

constexpr TfliteRule tflite_rules[] = {{0, import_tflite, write_tflite}};  // ADD

}  // namespace

extern const OpDef add_op;
const OpDef add_op{"add",
                   infer,
                   macs,
                   kernels,
                   tflite_rules,
                   {.role = Role::addition,
                    .fuses_activation = true,
                    .channelwise = true,
                    .axes = AxisRule::pointwise,
                    .stored = StoredForm::free,
                    .rows = Rows::elements},
                   quantized::own_range};

}  // namespace mote
