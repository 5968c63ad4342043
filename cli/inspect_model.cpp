#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/inspect.hpp"
#include "cli/output.hpp"
#include "compiler/import/tflite.hpp"
#include "compiler/import_model.hpp"
#include "compiler/interpret.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/ir/text.hpp"

namespace mote::cli {
namespace {

using Json = nlohmann::json;

// What a format is called by people and, as its extension, by --json.
struct FormatName {
  const char* name;
  const char* extension;
};

FormatName format_of(const InspectOptions& options) {
  switch (model_format(options.path)) {
    case ModelFormat::onnx:
      return {"ONNX", "onnx"};
    case ModelFormat::graph:
      return {"Mote's text form", "graph"};
    case ModelFormat::tflite:
      break;
  }
  return {"TensorFlow Lite", "tflite"};
}

// What one operator costs.
struct Layer {
  const ir::Node* node;
  const ir::Tensor* output;
  int64_t macs = 0;
  int64_t constant_bytes = 0;
  std::string missing;  // why it can't be compiled; "" when it can
};

std::vector<Layer> layers_of(const ir::Graph& graph) {
  const ir::Target target = host_target();
  std::vector<Layer> layers;
  for (const ir::Node& node : graph.nodes) {
    Layer layer{&node, &graph.tensor(node.outputs[0]), 0, 0, ""};
    layer.macs = ir::find_op(node.op).macs(graph, node);
    for (ir::TensorId id : node.inputs) {
      if (id != ir::no_tensor && graph.tensor(id).constant) {
        layer.constant_bytes += graph.tensor(id).byte_size();
      }
    }
    try {
      ir::lower(graph, node, target);
    } catch (const ir::GraphError& error) {
      layer.missing = error.what();
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

std::string shape_text(const ir::Shape& shape) {
  return fmt::format("{}", fmt::join(shape, "x"));
}

std::string quantization_text(const ir::Tensor& tensor) {
  const ir::Quantization& q = tensor.quantization;
  if (q.scale.size() != 1) return q.empty() ? "" : fmt::format("{} scales", q.scale.size());
  return fmt::format("{:.6g}, {}", q.scale[0], q.zero_point[0]);
}

Json tensor_json(const ir::Tensor& tensor) {
  return {{"name", tensor.name},
          {"type", ir::dtype_name(tensor.dtype)},
          {"shape", tensor.shape},
          {"bytes", tensor.byte_size()},
          {"scale", tensor.quantization.scale},
          {"zero_point", tensor.quantization.zero_point}};
}

Json ports_json(const ir::Graph& graph, const std::vector<ir::TensorId>& ids) {
  Json ports = Json::array();
  for (ir::TensorId id : ids) ports.push_back(tensor_json(graph.tensor(id)));
  return ports;
}

void print_json_report(const InspectOptions& options, const ir::Graph& graph,
                       const std::vector<Layer>& layers) {
  Json operators = Json::array();
  int64_t macs = 0, constants = 0;
  bool compiles = true;
  for (const Layer& layer : layers) {
    Json inputs = Json::array();
    for (ir::TensorId id : layer.node->inputs) {
      if (id != ir::no_tensor) inputs.push_back(tensor_json(graph.tensor(id)));
    }
    Json item{{"index", layer.node->source_index},
              {"op", layer.node->op},
              {"macs", layer.macs},
              {"constant_bytes", layer.constant_bytes},
              {"output", tensor_json(*layer.output)},
              {"inputs", inputs}};
    if (!layer.missing.empty()) item["unsupported"] = layer.missing;
    compiles = compiles && layer.missing.empty();
    operators.push_back(std::move(item));
    macs += layer.macs;
  }
  for (const ir::Tensor& tensor : graph.tensors) {
    if (tensor.constant) constants += tensor.byte_size();
  }
  print_json({{"file", options.path},
              {"kind", format_of(options).extension},
              {"supported", compiles},
              {"macs", macs},
              {"constant_bytes", constants},
              {"inputs", ports_json(graph, graph.inputs)},
              {"outputs", ports_json(graph, graph.outputs)},
              {"operators", operators}});
}

void print_table(const InspectOptions& options, const ir::Graph& graph,
                 const std::vector<Layer>& layers) {
  fmt::print("{}: {} model, {} operators\n", options.path, format_of(options).name,
             graph.nodes.size());
  const auto ports = [&](const char* what, const std::vector<ir::TensorId>& ids) {
    for (ir::TensorId id : ids) {
      const ir::Tensor& t = graph.tensor(id);
      fmt::print("  {} '{}': {} {}  ({})\n", what, t.name, ir::dtype_name(t.dtype),
                 shape_text(t.shape), quantization_text(t));
    }
  };
  ports("input ", graph.inputs);
  ports("output", graph.outputs);
  Table table({"#", "op", "output", "type", "scale, zero point", "MACs", "constants",
               "output bytes", "note"});
  int64_t macs = 0, constants = 0;
  for (const Layer& layer : layers) {
    table.add({std::to_string(layer.node->source_index), layer.node->op,
               shape_text(layer.output->shape), std::string(ir::dtype_name(layer.output->dtype)),
               quantization_text(*layer.output), std::to_string(layer.macs),
               std::to_string(layer.constant_bytes), std::to_string(layer.output->byte_size()),
               layer.missing.empty() ? "" : "no kernel"});
    macs += layer.macs;
    constants += layer.constant_bytes;
  }
  fmt::print("\n{}\n{} multiply-accumulates, {} bytes of constants\n", table.text(), macs,
             constants);
  for (const Layer& layer : layers) {
    if (!layer.missing.empty()) fmt::print("not supported: {}\n", layer.missing);
  }
}

int print_unsupported(const InspectOptions& options, const std::vector<uint8_t>& bytes,
                      const tflite::UnsupportedError& error) {
  const auto operators = tflite::list_operators(bytes, options.path);
  std::vector<std::string> reasons(operators.size());
  for (const tflite::Problem& problem : error.problems) {
    reasons.at(static_cast<size_t>(problem.operator_index)) = problem.reason;
  }
  if (options.json) {
    Json list = Json::array();
    for (size_t i = 0; i < operators.size(); ++i) {
      Json item{{"index", i},
                {"op", operators[i].name},
                {"inputs", operators[i].inputs},
                {"outputs", operators[i].outputs}};
      if (!reasons[i].empty()) item["unsupported"] = reasons[i];
      list.push_back(std::move(item));
    }
    print_json({{"file", options.path},
                {"kind", "tflite"},
                {"supported", false},
                {"operators", list},
                {"supported_operators", tflite::supported_operators()}});
    return 1;
  }
  fmt::print("{}: TensorFlow Lite model, {} operators, {} of them not supported\n\n", options.path,
             operators.size(), error.problems.size());
  Table table({"#", "operator", "output", "not supported because"});
  for (size_t i = 0; i < operators.size(); ++i) {
    const std::string output = operators[i].outputs.empty() ? "" : operators[i].outputs[0];
    table.add({std::to_string(i), operators[i].name, output.substr(0, 40), reasons[i]});
  }
  fmt::print("{}\nsupported operators: {}\n", table.text(),
             fmt::join(tflite::supported_operators(), ", "));
  return 1;
}

}  // namespace

int inspect_model(const InspectOptions& options, const std::vector<uint8_t>& bytes) {
  ir::Graph graph;
  try {
    graph = import_model(bytes, options.path);
  } catch (const tflite::UnsupportedError& error) {
    return print_unsupported(options, bytes, error);
  }
  if (options.text) {
    const std::string text =
        ir::print_text(graph, options.full ? ir::full_text : ir::TextOptions{});
    std::fwrite(text.data(), 1, text.size(), stdout);
    return 0;
  }
  draw_model(options, graph);
  const auto layers = layers_of(graph);
  if (options.json) {
    print_json_report(options, graph, layers);
  } else {
    print_table(options, graph, layers);
  }
  for (const Layer& layer : layers) {
    if (!layer.missing.empty()) return 1;
  }
  return 0;
}

}  // namespace mote::cli
