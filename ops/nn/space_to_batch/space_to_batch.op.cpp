// Host half of space_to_batch: pixels of one phase become a batch of their own.
//
//   y[(a * block_w + b) * n + i, j, k, c] = padded[i, j * block_h + a, k * block_w + b, c]
//
// Inputs: x [n, h, w, c] of any type; block, constant [2]; paddings, constant [2, 2]. Padding is
// real zero: the stored zero point.

#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/copy/copy_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

struct Blocks {
  std::vector<int32_t> block, padding;

  Blocks(const Graph& graph, const Node& node)
      : block(shared::constant_ints(graph, node, 1)),
        padding(shared::constant_ints(graph, node, 2)) {
    const Shape& x = shared::input(graph, node, 0).shape;
    require(x.size() == 4 && block.size() == 2 && padding.size() == 4, node,
            "needs [n, h, w, c], two blocks and two paddings");
    for (int32_t amount : padding) require(amount >= 0 && amount <= 1 << 16, node, "bad padding");
    for (size_t k = 0; k < 2; ++k) {
      require(block[k] >= 1 && block[k] <= 1 << 12 && padded(x, k) % block[k] == 0, node,
              "padded height and width must be multiples of the block");
    }
  }
  int32_t padded(const Shape& x, size_t k) const {
    return x[k + 1] + padding[2 * k] + padding[2 * k + 1];
  }
};

void infer(Graph& graph, const Node& node) {
  const Blocks b(graph, node);
  const Tensor& x = shared::input(graph, node, 0);
  set_output(graph, node, 0, x.dtype,
             {x.shape[0] * b.block[0] * b.block[1], b.padded(x.shape, 0) / b.block[0],
              b.padded(x.shape, 1) / b.block[1], x.shape[3]});
}

// One copy for each phase; what no copy reaches is padding.
LoweredOp lower(const Graph& graph, const Node& node) {
  const Blocks blocks(graph, node);
  const Tensor& x = shared::input(graph, node, 0);
  const Tensor& y = shared::output(graph, node);
  const auto from = shared::dense_strides(x.shape), to = shared::dense_strides(y.shape);
  const uint64_t zero = y.quantization.empty() ? 0 : static_cast<uint64_t>(int64_t{y.zero_point()});
  std::vector<LoweredOp> calls{shared::fill_call(graph, node.outputs[0], zero)};
  // First output row that an input row of the phase lands in, and how many there are.
  const auto rows = [&](size_t k, int32_t phase) {
    const int32_t before = blocks.padding[2 * k], block = blocks.block[k];
    const int32_t first = phase >= before ? 0 : (before - phase + block - 1) / block;
    const int32_t last = (before + x.shape[k + 1] - phase + block - 1) / block;
    return std::pair{first, last - first};
  };
  for (int32_t a = 0; a < blocks.block[0]; ++a) {
    for (int32_t b = 0; b < blocks.block[1]; ++b) {
      const auto [top, height] = rows(0, a);
      const auto [left, width] = rows(1, b);
      if (height <= 0 || width <= 0) continue;
      shared::Region region;
      region.x_base = from[1] * (top * blocks.block[0] + a - blocks.padding[0]) +
                      from[2] * (left * blocks.block[1] + b - blocks.padding[2]);
      region.y_base = to[0] * (a * blocks.block[1] + b) * x.shape[0] + to[1] * top + to[2] * left;
      region.add_axis(x.shape[0], from[0], to[0]);
      region.add_axis(height, from[1] * blocks.block[0], to[1]);
      region.add_axis(width, from[2] * blocks.block[1], to[2]);
      region.add_axis(x.shape[3], 1, 1);
      calls.push_back(shared::copy_call(node, region, dtype_bytes(x.dtype),
                                        Operand::of_tensor(node.inputs[0]),
                                        Operand::of_tensor(node.outputs[0])));
    }
  }
  return shared::in_order(std::move(calls));
}

const shared::CopyKernels kernels(lower);

void import_tflite(const tflite::Operator&, Node&) {}
constexpr TfliteRule tflite_rules[] = {{38, import_tflite}};  // SPACE_TO_BATCH_ND

}  // namespace

extern const OpDef space_to_batch_op;
const OpDef space_to_batch_op{"space_to_batch",   infer,        shared::no_macs,
                              kernels.entries,    tflite_rules, {.stored = StoredForm::moved},
                              quantized::as_input};

}  // namespace mote
