// Host half of gather_nd: entries by their indices on several leading axes.
//
// Inputs: x of any type; index, int32 [..., axes], constant or not; a constant index must be inside
// x.

#include "compiler/import/tflite_operator.hpp"
#include "ops/nn/gather_nd/gather_nd_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const Tensor& index = shared::input(graph, node, 1);
  require(index.dtype == DType::i32 && !index.shape.empty(), node,
          "index must be int32 [..., axes]");
  const int32_t axes = index.shape.back();
  require(axes >= 1 && axes <= gather_nd_axes_max && static_cast<size_t>(axes) <= x.shape.size(),
          node, "an index on " + std::to_string(axes) + " axes");
  if (index.constant) {
    const auto values = index.values<int32_t>();
    for (size_t i = 0; i < values.size(); ++i) {
      const int32_t extent = x.shape[i % static_cast<size_t>(axes)];
      require(
          values[i] >= 0 && values[i] < extent, node,
          "index " + std::to_string(values[i]) + " into " + std::to_string(extent) + " entries");
    }
  }
  Shape shape(index.shape.begin(), index.shape.end() - 1);
  shape.insert(shape.end(), x.shape.begin() + axes, x.shape.end());
  if (shape.empty()) shape.push_back(1);
  set_output(graph, node, 0, x.dtype, shape);
}

bool fits(const Graph&, const Node&) {
  return true;  // bytes are bytes
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const Tensor& index = shared::input(graph, node, 1);
  const int32_t axes = index.shape.back();
  int32_t extents[gather_nd_axes_max] = {1, 1, 1, 1, 1};
  auto inner = static_cast<int32_t>(dtype_bytes(x.dtype));
  for (size_t k = 0; k < x.shape.size(); ++k) {
    const bool indexed = k < static_cast<size_t>(axes);
    (indexed ? extents[k] : inner) *= x.shape[k];
  }
  LoweredOp lowered;
  lowered.params =
      make_params(GatherNdParams{static_cast<int32_t>(index.elements()) / axes, axes, inner,
                                 extents[0], extents[1], extents[2], extents[3], extents[4]});
  lowered.operands = {Operand::of_tensor(node.inputs[0]), Operand::of_tensor(node.inputs[1]),
                      Operand::of_tensor(node.outputs[0])};
  return lowered;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 8 * shared::output(graph, node).byte_size();
}

constexpr KernelVariant reference_variant{fits, lower, instructions};
#define MOTE_OP_FOLDER "ops/nn/gather_nd"
#define MOTE_KERNEL MOTE_KERNEL_INFO
const KernelInfo kernels[] = {
#include "ops/nn/gather_nd/kernels.inc"
};

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{107, import_tflite}};  // GATHER_ND

}  // namespace

extern const OpDef gather_nd_op;
const OpDef gather_nd_op{"gather_nd", infer, shared::no_macs, kernels, tflite_rules};

}  // namespace mote
