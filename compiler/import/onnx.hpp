// Imports ONNX models of operator sets 1 to 24.
//
// ONNX keeps images as [n, c, h, w], the graph as [n, h, w, c]: ops on images come with transposes
// around them, which the pass sink_transposes removes. Inputs and outputs keep the file's layout.
// An axis of an input without a fixed extent is refused, but a first one (the batch) is 1.
//
// Quantised operators become real ones between dequantize and quantize nodes with the attribute
// "simulated", which the pass fold_quantization turns into ops on stored values.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ir/evaluate.hpp"
#include "compiler/ir/graph.hpp"

namespace mote::onnx {

// Larger files, and graphs with larger tensors, are refused.
constexpr size_t file_bytes_max = size_t{1} << 28;
constexpr int64_t tensor_bytes_max = int64_t{1} << 28;
constexpr size_t rank_max = 8;

// What a file may make the importer allocate and compute.
struct Limits {
  int64_t total_bytes = int64_t{1} << 30;        // of all tensors
  int64_t node_instructions = int64_t{1} << 32;  // of a node whose inputs are constants
};

// A node that can't be imported.
struct Problem {
  int32_t node_index;  // -1: a graph input or an initializer
  std::string node_name;
  std::string op_type;
  std::string reason;
};

// Lists every node that can't be imported.
class UnsupportedError : public ir::GraphError {
 public:
  UnsupportedError(const std::string& message, std::vector<Problem> all)
      : GraphError(message), problems(std::move(all)) {}
  std::vector<Problem> problems;
};

// The verified graph of a serialised ModelProto. Exporters compute shapes with nodes; `evaluate`
// makes them known to what reads them. Throws ir::GraphError with the reason when the
// file is malformed, UnsupportedError with all nodes that aren't supported.
ir::Graph import_onnx(std::span<const uint8_t> bytes, std::string_view name,
                      const ir::Evaluate& evaluate, const Limits& limits = {});

// ONNX names of the operators that can be imported, sorted.
std::vector<std::string> supported_operators();

}  // namespace mote::onnx
