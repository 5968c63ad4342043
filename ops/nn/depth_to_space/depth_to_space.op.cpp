// Host half of depth_to_space: channels become blocks of pixels.
//
//   y[n, i * block + a, j * block + b, k] = x[n, i, j, (a * block + b) * c + k]
//
// Input: x [n, h, w, block * block * c] of any type. Attribute: block.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/copy/copy_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const int64_t block = node.integer("block");
  require(
      x.shape.size() == 4 && block >= 1 && block <= 1 << 12 && x.shape[3] % (block * block) == 0,
      node, "needs [n, h, w, c] with c a multiple of the squared block " + std::to_string(block));
  const int64_t h = x.shape[1] * block, w = x.shape[2] * block;
  require(h <= INT32_MAX && w <= INT32_MAX, node, "output is too large");
  set_output(graph, node, 0, x.dtype,
             {x.shape[0], static_cast<int32_t>(h), static_cast<int32_t>(w),
              static_cast<int32_t>(x.shape[3] / (block * block))});
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const Shape& y = shared::output(graph, node).shape;
  const int64_t block = node.integer("block"), c = y[3];
  const auto from = shared::dense_strides(x.shape), to = shared::dense_strides(y);
  shared::Region region;
  region.add_axis(x.shape[0], from[0], to[0]);
  region.add_axis(x.shape[1], from[1], to[1] * block);
  region.add_axis(block, block * c, to[1]);
  region.add_axis(x.shape[2], from[2], to[2] * block);
  region.add_axis(block * c, 1, 1);
  return shared::copy_call(node, region, dtype_bytes(x.dtype), Operand::of_tensor(node.inputs[0]),
                           Operand::of_tensor(node.outputs[0]));
}

const shared::CopyKernels kernels(lower);

constexpr int32_t depth_to_space_options = 94;

void import_tflite(const tflite::Operator& source, Node& node) {
  node.attributes["block"] = int64_t{source.options(depth_to_space_options).integer(0)};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(depth_to_space_options);
  out.integer(0, out.node().integer("block"));
}

constexpr TfliteRule tflite_rules[] = {{5, import_tflite, write_tflite}};  // DEPTH_TO_SPACE

}  // namespace

extern const OpDef depth_to_space_op;
const OpDef depth_to_space_op{"depth_to_space",   infer,        shared::no_macs,
                              kernels.entries,    tflite_rules, {.stored = StoredForm::moved},
                              quantized::as_input};

}  // namespace mote
