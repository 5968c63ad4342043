// Imports a model of any format that the compiler reads.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "compiler/ir/graph.hpp"

namespace mote {

enum class ModelFormat : uint8_t { tflite, onnx, graph };

// By name: .onnx files carry no mark of their own, so the extension tells them from .tflite. A
// .graph is a graph as text (compiler/ir/text.hpp).
ModelFormat model_format(std::string_view file_name);

// The verified graph of a .tflite, .onnx or .graph file. Throws ir::GraphError with all reasons
// when it can't be imported.
ir::Graph import_model(std::span<const uint8_t> bytes, std::string_view file_name);

// Lets a graph with images [n, c, h, w] at its ends, as ONNX has them, take and give [n, h, w, c]:
// every input and output of four axes changes. The compiler's passes then leave no transpose there.
void take_channels_last(ir::Graph& graph);

}  // namespace mote
