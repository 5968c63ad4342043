// Host half of average_pool; see ops/shared/pool/pool_host.hpp.

#include "ops/nn/average_pool/average_pool_s8_mve.hpp"
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

constexpr KernelVariant mve_variant{shared::fits_pool_s8, shared::lower_pool_s8, instructions_mve};
constexpr KernelVariant reference_variant{shared::fits_pool_s8, shared::lower_pool_s8,
                                          instructions_reference};

#define MOTE_OP_FOLDER "ops/nn/average_pool"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/average_pool/kernels.inc"
    shared::pool_kernel(shared::PoolTypes::f32, PoolFunction::mean),
    shared::pool_kernel(shared::PoolTypes::s8_any, PoolFunction::mean),
    shared::pool_kernel(shared::PoolTypes::s16, PoolFunction::mean),
};

constexpr TfliteRule tflite_rules[] = {{1, shared::import_pool}};  // AVERAGE_POOL_2D

}  // namespace

extern const OpDef average_pool_op;
const OpDef average_pool_op{
    "average_pool",  shared::infer_pool,
    shared::no_macs, kernels,
    tflite_rules,    {.fuses_activation = true, .channelwise = true, .stored = StoredForm::kept}};

}  // namespace mote
