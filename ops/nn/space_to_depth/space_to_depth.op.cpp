// Host half of space_to_depth: blocks of pixels become channels.
//
//   y[n, i, j, (a * block + b) * c + k] = x[n, i * block + a, j * block + b, k]
//
// Input: x [n, h, w, c] of any type, h and w multiples of block. Attribute: block.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/copy/copy_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const auto block = static_cast<int32_t>(node.integer("block"));
  require(x.shape.size() == 4 && block >= 1 && block <= 1 << 12 && x.shape[1] % block == 0 &&
              x.shape[2] % block == 0,
          node, "needs [n, h, w, c] with h and w multiples of the block " + std::to_string(block));
  set_output(graph, node, 0, x.dtype,
             {x.shape[0], x.shape[1] / block, x.shape[2] / block, x.shape[3] * block * block});
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const Tensor& x = shared::input(graph, node, 0);
  const Shape& y = shared::output(graph, node).shape;
  const int64_t block = node.integer("block"), c = x.shape[3];
  const auto from = shared::dense_strides(x.shape), to = shared::dense_strides(y);
  shared::Region region;
  region.add_axis(y[0], from[0], to[0]);
  region.add_axis(y[1], from[1] * block, to[1]);
  region.add_axis(y[2], from[2] * block, to[2]);
  region.add_axis(block, from[1], block * c);
  region.add_axis(block * c, 1, 1);
  return shared::copy_call(node, region, dtype_bytes(x.dtype), Operand::of_tensor(node.inputs[0]),
                           Operand::of_tensor(node.outputs[0]));
}

const shared::CopyKernels kernels(lower);

constexpr int32_t space_to_depth_options = 19;

void import_tflite(const tflite::Operator& source, Node& node) {
  node.attributes["block"] = int64_t{source.options(space_to_depth_options).integer(0)};
}

void write_tflite(tflite::OperatorWriter& out) {
  out.options(space_to_depth_options);
  out.integer(0, out.node().integer("block"));
}

constexpr TfliteRule tflite_rules[] = {{26, import_tflite, write_tflite}};  // SPACE_TO_DEPTH

}  // namespace

extern const OpDef space_to_depth_op;
const OpDef space_to_depth_op{"space_to_depth",   infer,        shared::no_macs,
                              kernels.entries,    tflite_rules, {.stored = StoredForm::moved},
                              quantized::as_input};

}  // namespace mote
