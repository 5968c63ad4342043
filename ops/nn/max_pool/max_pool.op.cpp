// Host half of max_pool; see ops/shared/pool/pool_host.hpp.

#include "ops/nn/max_pool/max_pool_s8_reference.hpp"
#include "ops/shared/op_host.hpp"
#include "ops/shared/pool/pool_host.hpp"

namespace mote {
namespace {

using namespace ir;

int64_t instructions_reference(const Graph& graph, const Node& node) {
  const Tensor& y = graph.tensor(node.outputs[0]);
  return y.elements() * (20 + 5 * node.integer("filter_h") * node.integer("filter_w"));
}

constexpr KernelVariant reference_variant{shared::fits_pool_s8, shared::lower_pool_s8,
                                          instructions_reference};

#define MOTE_OP_FOLDER "ops/nn/max_pool"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/max_pool/kernels.inc"
    shared::pool_kernel(shared::PoolTypes::f32, PoolFunction::largest),
    shared::pool_kernel(shared::PoolTypes::s16, PoolFunction::largest),
};

constexpr TfliteRule tflite_rules[] = {
    {17, shared::import_pool, shared::write_pool}};  // MAX_POOL_2D

}  // namespace

extern const OpDef max_pool_op;
const OpDef max_pool_op{"max_pool",
                        shared::infer_pool,
                        shared::no_macs,
                        kernels,
                        tflite_rules,
                        {.fuses_activation = true,
                         .channelwise = true,
                         .homogeneous = true,
                         .stored = StoredForm::moved,
                         .rows = Rows::windows},
                        quantized::as_input};

}  // namespace mote
