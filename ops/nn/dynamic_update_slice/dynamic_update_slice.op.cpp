// Host half of dynamic_update_slice: a tensor of which a part is replaced.
//
// Inputs: x of any type and at most six axes; update, as x and on no axis larger; index, int32 or
// int64 [rank], constant or not: where the part begins, moved so that it lies inside x.

#include <algorithm>

#include "compiler/import/tflite_operator.hpp"
#include "ops/nn/dynamic_update_slice/dynamic_update_slice_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const Tensor& update = shared::input(graph, node, 1);
  const Tensor& index = shared::input(graph, node, 2);
  const size_t rank = x.shape.size();
  require(rank >= 1 && rank <= update_slice_axes, node, "needs 1 to 6 axes");
  require(update.dtype == x.dtype && update.shape.size() == rank &&
              std::ranges::equal(update.shape, x.shape, std::ranges::less_equal{}),
          node, "the update must have its type and axes and fit into it");
  require((index.dtype == DType::i32 || index.dtype == DType::i64) &&
              index.shape == Shape{static_cast<int32_t>(rank)},
          node, "the index must be int32 or int64 [" + std::to_string(rank) + "]");
  const Shape shape = x.shape;
  set_output(graph, node, 0, x.dtype, shape);
}

bool fits(const Graph&, const Node&) {
  return true;  // any type
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const Tensor& update = shared::input(graph, node, 1);
  const Tensor& y = shared::output(graph, node);
  shared::require_same_quantization(node, x, y);
  shared::require_same_quantization(node, update, y);
  const size_t first = update_slice_axes - x.shape.size();
  int32_t of_x[update_slice_axes], of_update[update_slice_axes];
  for (size_t k = 0; k < update_slice_axes; ++k) {
    of_x[k] = k < first ? 1 : x.shape[k - first];
    of_update[k] = k < first ? 1 : update.shape[k - first];
  }
  LoweredOp lowered;
  lowered.params = make_params(DynamicUpdateSliceParams{
      static_cast<int32_t>(dtype_bytes(x.dtype)), shared::input(graph, node, 2).dtype == DType::i64,
      static_cast<int32_t>(first), of_x[0], of_x[1], of_x[2], of_x[3], of_x[4], of_x[5],
      of_update[0], of_update[1], of_update[2], of_update[3], of_update[4], of_update[5]});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.inputs[1]),
                      Operand::of_tensor(node.inputs[2]), Operand::of_tensor(node.outputs[0])};
  lowered.overlap_output = 3;
  lowered.overlap_input = 0;
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 4 * shared::output(graph, node).byte_size() +
         8 * shared::input(graph, node, 1).byte_size();
}

constexpr KernelVariant reference_variant{fits, lower, instructions};
#define MOTE_OP_FOLDER "ops/nn/dynamic_update_slice"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/dynamic_update_slice/kernels.inc"
};

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{151, import_tflite}};  // DYNAMIC_UPDATE_SLICE

}  // namespace

extern const OpDef dynamic_update_slice_op;
const OpDef dynamic_update_slice_op{"dynamic_update_slice", infer,
                                    shared::no_macs,        kernels,
                                    tflite_rules,           {.stored = StoredForm::moved},
                                    quantized::shared};

}  // namespace mote
