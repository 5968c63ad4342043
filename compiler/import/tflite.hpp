// Reads TensorFlow Lite models (schema version 3).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ir/evaluate.hpp"
#include "compiler/ir/graph.hpp"
#include "compiler/ir/op.hpp"

namespace mote::tflite {

// Why one operator of a file can't become a node.
struct Problem {
  int32_t operator_index;     // -1: an input of the graph
  std::string operator_name;  // TensorFlow Lite's, such as "CONV_2D"; "CUSTOM 'name'"
  std::string tensor;         // name of its first output
  std::string reason;
};

// The file is well-formed, but some operators are not supported; carries all of them.
class UnsupportedError : public ir::GraphError {
 public:
  UnsupportedError(const std::string& message, std::vector<Problem> all)
      : ir::GraphError(message), problems(std::move(all)) {}
  std::vector<Problem> problems;
};

// One operator as the file states it, supported or not.
struct OperatorSummary {
  std::string name;
  std::vector<std::string> inputs;  // tensor names, "" where an optional input is absent
  std::vector<std::string> outputs;
};

// Limits that a file has to stay within, so that a hostile one can't make the importer allocate
// more than a small multiple of its own size.
constexpr int64_t tensor_bytes_max = int64_t{1} << 28;
constexpr size_t tensors_max = 1 << 16;
constexpr size_t operators_max = 1 << 16;
constexpr size_t rank_max = 8;

// The main graph of a .tflite file, one node per operator in the file's order, with declared
// shapes checked against the ops' shape rules. `name` stands in error messages and becomes the
// graph's name; usually the file's name.
//
// Throws ir::GraphError when the file is malformed (what and where), and UnsupportedError, which
// lists every operator that can't be imported, when it is well-formed. Reads nothing outside
// `file`, whatever its content. Nothing in the result refers to `file`.
// `evaluate` counts the rounds of loops; without it only a loop of no round can be imported.
ir::Graph import_tflite(std::span<const uint8_t> file, std::string_view name,
                        const ir::Evaluate& evaluate = {});

// The operators of the main graph, for listings of files that can't be imported. Throws
// ir::GraphError when the file is malformed.
std::vector<OperatorSummary> list_operators(std::span<const uint8_t> file, std::string_view name);

// TensorFlow Lite's names of the operators that become this op.
std::vector<std::string> operators_of(const ir::OpDef& op);

// Names of the operators that can be imported, sorted.
std::vector<std::string> supported_operators();

}  // namespace mote::tflite
