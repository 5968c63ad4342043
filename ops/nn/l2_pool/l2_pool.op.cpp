// Host half of l2_pool: the root of the mean square of each window, in float.
//
// See ops/shared/pool/pool_host.hpp.

#include "ops/shared/op_host.hpp"
#include "ops/shared/pool/pool_host.hpp"

namespace mote {
namespace {

using namespace ir;

const KernelInfo kernels[] = {
    shared::pool_kernel(shared::PoolTypes::f32, PoolFunction::root_mean_square)};

constexpr TfliteRule tflite_rules[] = {{12, shared::import_pool}};  // L2_POOL_2D

}  // namespace

extern const OpDef l2_pool_op;
const OpDef l2_pool_op{"l2_pool", shared::infer_pool, shared::no_macs, kernels, tflite_rules};

}  // namespace mote
