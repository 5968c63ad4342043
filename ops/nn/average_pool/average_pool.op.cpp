// Host half of average_pool; see ops/shared/pool/pool_host.hpp.

#include <algorithm>

#include "compiler/ir/requantize.hpp"
#include "ops/nn/average_pool/average_pool_s8_add.hpp"
#include "ops/nn/average_pool/average_pool_s8_avx2.hpp"
#include "ops/nn/average_pool/average_pool_s8_finish.hpp"
#include "ops/nn/average_pool/average_pool_s8_mve.hpp"
#include "ops/nn/average_pool/average_pool_s8_neon.hpp"
#include "ops/nn/average_pool/average_pool_s8_reference.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/pool/pool_host.hpp"

namespace mote {
namespace {

using namespace ir;

int64_t instructions_reference(const Graph& graph, const Node& node) {
  const Tensor& y = graph.tensor(node.outputs[0]);
  return y.elements() * (20 + 5 * node.integer("filter_h") * node.integer("filter_w"));
}

// Measured on the virtual Cortex-M55.
int64_t instructions_mve(const Graph& graph, const Node& node) {
  const Tensor& y = graph.tensor(node.outputs[0]);
  const int64_t blocks = y.elements() / y.shape[3] * ((y.shape[3] + 15) / 16);
  return y.elements() * 14 +
         blocks * (40 + 10 * node.integer("filter_h") * node.integer("filter_w"));
}

bool fits_lanes(const Graph& graph, const Node& node) {
  return shared::fits_pool_s8(graph, node) && graph.tensor(node.outputs[0]).shape[3] >= 16;
}

int64_t instructions_lanes(const Graph& graph, const Node& node) {
  const Tensor& y = graph.tensor(node.outputs[0]);
  return y.elements() * (10 + node.integer("filter_h") * node.integer("filter_w") / 2);
}

constexpr KernelVariant avx2_variant{fits_lanes, shared::lower_pool_s8, instructions_lanes};
constexpr KernelVariant neon_variant = avx2_variant;
constexpr KernelVariant mve_variant{shared::fits_pool_s8, shared::lower_pool_s8, instructions_mve};
constexpr KernelVariant reference_variant{shared::fits_pool_s8, shared::lower_pool_s8,
                                          instructions_reference};

// The kernels of RowSums are never a whole node's.
bool never(const Graph&, const Node&) {
  return false;
}
constexpr KernelVariant part_variant{never, nullptr, nullptr};

#define MOTE_OP_FOLDER "ops/nn/average_pool"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/average_pool/kernels.inc"
    shared::pool_kernel(shared::PoolTypes::f32, PoolFunction::mean),
    shared::pool_kernel(shared::PoolTypes::s8_any, PoolFunction::mean),
    shared::pool_kernel(shared::PoolTypes::s16, PoolFunction::mean),
};

const KernelInfo& kernel_named(std::string_view symbol) {
  return *std::ranges::find(kernels, symbol, &KernelInfo::symbol);
}

// One window over the whole image.
bool fits_sums(const Graph& graph, const Node& node) {
  const Shape& x = shared::input(graph, node, 0).shape;
  const Shape& y = shared::output(graph, node).shape;
  return shared::fits_pool_s8(graph, node) && x[0] == 1 && y[1] == 1 && y[2] == 1 &&
         node.integer("filter_h") == x[1] && node.integer("filter_w") == x[2] &&
         int64_t{x[1]} * x[2] <= average_pool_pixels_max;
}

Operand sums_of(const Graph& graph, const Node& node) {
  return Operand::of_scratch(extent(shared::output(graph, node).shape[3], 4));
}

LoweredOp add_rows(const Graph& graph, const Node& node, int32_t rows, bool first) {
  const Shape& x = shared::input(graph, node, 0).shape;
  LoweredOp call;
  call.kernel = &kernel_named("average_pool_s8_add");
  call.params = make_params(AveragePoolAddParams{rows * x[2], x[3], first ? 1 : 0});
  call.operands = {Operand::of_tensor(node.inputs[0]), sums_of(graph, node)};
  return call;
}

LoweredOp finish_sums(const Graph& graph, const Node& node) {
  const Shape& x = shared::input(graph, node, 0).shape;
  const ActivationRange range = activation_range(node, shared::output(graph, node));
  LoweredOp call;
  call.kernel = &kernel_named("average_pool_s8_finish");
  call.params = make_params(AveragePoolFinishParams{x[1] * x[2], x[3], range.min, range.max});
  call.operands = {sums_of(graph, node), Operand::of_tensor(node.outputs[0])};
  return call;
}

constexpr RowSums sums{fits_sums, add_rows, finish_sums};

constexpr TfliteRule tflite_rules[] = {
    {1, shared::import_pool, shared::write_pool}};  // AVERAGE_POOL_2D

}  // namespace

extern const OpDef average_pool_op;
const OpDef average_pool_op{"average_pool",
                            shared::infer_pool,
                            shared::no_macs,
                            kernels,
                            tflite_rules,
                            {.fuses_activation = true,
                             .channelwise = true,
                             .homogeneous = true,
                             .stored = StoredForm::kept,
                             .rows = Rows::windows},
                            quantized::as_input,
                            &sums};

}  // namespace mote
