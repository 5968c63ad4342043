// Host half of shape: the extents of its input, known when the model is compiled.
//
// Input: x of any type. Output: int32 [rank of x].

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "ops/shared/copy/copy_host.hpp"
#include "ops/shared/op_host.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  const auto rank = static_cast<int32_t>(shared::input(graph, node, 0).shape.size());
  set_output(graph, node, 0, DType::i32, {rank});
}

LoweredOp lower(const Graph& graph, const Node& node) {
  const std::vector<int32_t> extents = shared::input(graph, node, 0).shape;
  shared::Region region;
  region.add_axis(static_cast<int64_t>(extents.size()), 1, 1);
  return shared::copy_call(node, region, dtype_bytes(DType::i32),
                           Operand::of_constant("shape", extents),
                           Operand::of_tensor(node.outputs[0]));
}

const shared::CopyKernels kernels(lower);

void import_tflite(const tflite::Operator&, Node&) {}

constexpr int32_t shape_options = 55;

void write_tflite(tflite::OperatorWriter& out) {
  out.options(shape_options);
  out.type(0, out.outputs.at(0));
}

constexpr TfliteRule tflite_rules[] = {{77, import_tflite, write_tflite}};  // SHAPE

}  // namespace

extern const OpDef shape_op;
const OpDef shape_op{"shape", infer, shared::no_macs, kernels.entries, tflite_rules};

}  // namespace mote
