// Host half of reshape: shape rule and import. It has no kernel: the output is the input's memory.
//
// Input: x of any shape. Attribute: shape (integers), the output's; as many elements as x.

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/op.hpp"

namespace mote {
namespace {

using namespace ir;

void infer(Graph& graph, const Node& node) {
  require(!node.inputs.empty() && node.inputs[0] != no_tensor, node, "needs an input");
  const Tensor& x = graph.tensor(node.inputs[0]);
  Shape shape;
  int64_t elements = 1;
  for (int64_t extent : node.integers("shape")) {
    require(extent >= 1 && extent <= x.elements(), node, "extent " + std::to_string(extent));
    elements *= extent;
    require(elements <= x.elements(), node, "output has more elements than the input");
    shape.push_back(static_cast<int32_t>(extent));
  }
  require(elements == x.elements(), node,
          "output has " + std::to_string(elements) + " elements, input " +
              std::to_string(x.elements()));
  set_output(graph, node, 0, x.dtype, shape);
}

int64_t macs(const Graph&, const Node&) {
  return 0;
}

// The new shape stands in an option, in a second input, or in both; the converter has evaluated it
// into the output's declared shape.
void import_tflite(const tflite::Operator& source, Node& node) {
  require(!source.output_shape().empty(), node, "output has no declared shape");
  const auto shape = source.output_shape();
  node.attributes["shape"] = std::vector<int64_t>(shape.begin(), shape.end());
  require(!node.inputs.empty(), node, "needs an input");
  node.inputs.resize(1);
}

void write_tflite(tflite::OperatorWriter& out) {
  out.inputs.push_back(out.constant("shape", out.node().integers("shape")));
}

constexpr TfliteRule tflite_rules[] = {
    {22, import_tflite, write_tflite},  // RESHAPE
    {43, import_tflite},                // SQUEEZE
    {70, import_tflite},                // EXPAND_DIMS
};

}  // namespace

extern const OpDef reshape_op;
const OpDef reshape_op{"reshape",
                       infer,
                       macs,
                       {},
                       tflite_rules,
                       {.alias = true,
                        .role = Role::reshape,
                        .channelwise = true,
                        .homogeneous = true,
                        .stored = StoredForm::moved},
                       quantized::as_input};

}  // namespace mote
