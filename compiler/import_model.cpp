#include "compiler/import_model.hpp"

#include "compiler/import/onnx.hpp"
#include "compiler/import/tflite.hpp"
#include "compiler/interpret.hpp"
#include "compiler/ir/text.hpp"
#include "compiler/ir/verify.hpp"

namespace mote {

ModelFormat model_format(std::string_view file_name) {
  if (file_name.ends_with(".graph")) return ModelFormat::graph;
  return file_name.ends_with(".onnx") ? ModelFormat::onnx : ModelFormat::tflite;
}

ir::Graph import_model(std::span<const uint8_t> bytes, std::string_view file_name) {
  switch (model_format(file_name)) {
    case ModelFormat::tflite:
      return tflite::import_tflite(bytes, file_name, evaluate_on_host);
    case ModelFormat::onnx:
      return onnx::import_onnx(bytes, file_name, evaluate_on_host);
    case ModelFormat::graph:
      break;
  }
  ir::Graph graph = ir::parse_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  ir::verify(graph);
  return graph;
}

void take_channels_last(ir::Graph& graph) {
  const auto order = [&](const std::vector<int32_t>& axes) {
    return graph.add_constant("order", ir::DType::i32, {4}, axes);
  };
  std::vector<ir::Node> first;
  for (ir::TensorId& id : graph.inputs) {
    const ir::Tensor old = graph.tensor(id);
    if (old.shape.size() != 4) continue;
    const ir::Shape shape{old.shape[0], old.shape[2], old.shape[3], old.shape[1]};
    const ir::TensorId made =
        graph.add_tensor({old.name, old.dtype, shape, old.quantization, false, {}});
    first.push_back({"transpose", {made, order({0, 3, 1, 2})}, {id}, {}});
    id = made;
  }
  graph.nodes.insert(graph.nodes.begin(), first.begin(), first.end());
  for (ir::TensorId& id : graph.outputs) {
    if (graph.tensor(id).shape.size() != 4) continue;
    const ir::TensorId made = graph.add_node("transpose", {id, order({0, 2, 3, 1})}, {})[0];
    graph.tensor(made).name = graph.tensor(id).name;
    graph.tensor(made).quantization = graph.tensor(id).quantization;
    id = made;
  }
}

}  // namespace mote
