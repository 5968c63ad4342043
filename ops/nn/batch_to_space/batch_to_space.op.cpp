// Host half of batch_to_space: undoes space_to_batch, and cuts the edges.
//
//   y[i, j * block_h + a - top, k * block_w + b - left, c] = x[(a * block_w + b) * n + i, j, k, c]
//
// Inputs: x [block_h * block_w * n, h, w, c] of any type; block, constant [2]; crops, constant [2,
// 2].

#include <algorithm>

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/copy/copy_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

struct Blocks {
  std::vector<int32_t> block, crop;

  Blocks(const Graph& graph, const Node& node)
      : block(shared::constant_ints(graph, node, 1)), crop(shared::constant_ints(graph, node, 2)) {
    const Shape& x = shared::input(graph, node, 0).shape;
    require(x.size() == 4 && block.size() == 2 && crop.size() == 4, node,
            "needs [n, h, w, c], two blocks and two crops");
    for (size_t k = 0; k < 2; ++k) {
      require(block[k] >= 1 && block[k] <= 1 << 12 && x[k + 1] <= 1 << 16 && crop[2 * k] >= 0 &&
                  crop[2 * k + 1] >= 0 && full(x, k) - crop[2 * k] > crop[2 * k + 1],
              node, "blocks and crops don't fit its input");
    }
    require(x[0] % (block[0] * block[1]) == 0, node, "batches are no multiple of the blocks");
  }
  int32_t full(const Shape& x, size_t k) const { return x[k + 1] * block[k]; }
};

void infer(Graph& graph, const Node& node) {
  const Blocks b(graph, node);
  const Tensor& x = shared::input(graph, node, 0);
  set_output(graph, node, 0, x.dtype,
             {x.shape[0] / (b.block[0] * b.block[1]), b.full(x.shape, 0) - b.crop[0] - b.crop[1],
              b.full(x.shape, 1) - b.crop[2] - b.crop[3], x.shape[3]});
}

// One copy for each phase.
LoweredOp lower(const Graph& graph, const Node& node) {
  const Blocks blocks(graph, node);
  const Tensor& x = shared::input(graph, node, 0);
  const Shape& y = shared::output(graph, node).shape;
  const auto from = shared::dense_strides(x.shape), to = shared::dense_strides(y);
  // First input row of the phase that isn't cut, and how many there are.
  const auto rows = [&](size_t k, int32_t phase) {
    const int32_t before = blocks.crop[2 * k], block = blocks.block[k];
    const int32_t first = phase >= before ? 0 : (before - phase + block - 1) / block;
    const int32_t last = (before + y[k + 1] - phase + block - 1) / block;
    return std::pair{first, std::min(last, x.shape[k + 1]) - first};
  };
  std::vector<LoweredOp> calls;
  for (int32_t a = 0; a < blocks.block[0]; ++a) {
    for (int32_t b = 0; b < blocks.block[1]; ++b) {
      const auto [top, height] = rows(0, a);
      const auto [left, width] = rows(1, b);
      if (height <= 0 || width <= 0) continue;
      shared::Region region;
      region.x_base = from[0] * (a * blocks.block[1] + b) * y[0] + from[1] * top + from[2] * left;
      region.y_base = to[1] * (top * blocks.block[0] + a - blocks.crop[0]) +
                      to[2] * (left * blocks.block[1] + b - blocks.crop[2]);
      region.add_axis(y[0], from[0], to[0]);
      region.add_axis(height, from[1], to[1] * blocks.block[0]);
      region.add_axis(width, from[2], to[2] * blocks.block[1]);
      region.add_axis(y[3], 1, 1);
      calls.push_back(shared::copy_call(node, region, dtype_bytes(x.dtype),
                                        Operand::of_tensor(node.inputs[0]),
                                        Operand::of_tensor(node.outputs[0])));
    }
  }
  return shared::in_order(std::move(calls));
}

const shared::CopyKernels kernels(lower);

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{37, import_tflite}};  // BATCH_TO_SPACE_ND

}  // namespace

extern const OpDef batch_to_space_op;
const OpDef batch_to_space_op{"batch_to_space",   infer,        shared::no_macs,
                              kernels.entries,    tflite_rules, {.stored = StoredForm::moved},
                              quantized::as_input};

}  // namespace mote
