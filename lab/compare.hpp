// Where two ways of computing a model part: layer by layer, in real values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace mote::lab {

// What can compute a graph: "reference" (the reference kernels, node by node, the graph as it is),
// "vm" (compiled for this host, as a package in the virtual machine), "code" (the same as emitted
// C++), and the name of each emulated board (a package in its virtual machine).
std::vector<std::string> engine_names();

// Inputs of inferences one after another: by inference, by graph input, bytes.
using Inputs = std::vector<std::vector<std::vector<uint8_t>>>;

// A tensor's values in all inferences.
struct TracedTensor {
  std::string name;
  std::string op;                            // that wrote it
  int32_t source_index = -1;                 // of the operator in the imported file, -1: none
  ir::Tensor tensor;                         // type, shape, quantisation
  std::vector<std::vector<uint8_t>> values;  // by inference
};

struct Trace {
  std::vector<TracedTensor> layers;   // results of nodes, in execution order
  std::vector<TracedTensor> outputs;  // of the graph
  std::string note;                   // why there are no layers; "" when there are
};

// Runs the graph. State is kept from one inference to the next. Compiled engines run what the
// compiler's passes leave of the graph: once as it is, for the outputs, and once with every result
// as an output, for the layers; where that needs more memory than the board has, the layers are
// missing. "code" has no layers. Throws ir::GraphError and LabError.
Trace trace(const ir::Graph& graph, const std::string& engine, const Inputs& inputs);

// Two tensors that stand for the same value.
struct Difference {
  std::string name;
  std::string op;          // "a" or "a / b" where they differ
  int32_t layer = -1;      // index in a's layers; -1: an output of the graph
  bool same_bits = false;  // same type and quantisation, and equal in every byte
  double max_abs = 0;      // in real values: quantised ones are scale * (stored - zero point)
  double mean_abs = 0;
  double sqnr_db = 0;        // sum of a^2 over sum of (a - b)^2, decibel; infinite when equal
  double largest = 0;        // magnitude in a
  std::string incomparable;  // why there are no figures; "" when there are
};

struct Comparison {
  std::vector<Difference> layers;   // that both have, in a's order
  std::vector<Difference> outputs;  // in the graphs' order
  int32_t unmatched = 0;            // layers that only one of them has
};

// Layers are matched by their tensors' names, and by operator index and op where names don't tell.
Comparison compare(const Trace& a, const Trace& b);

// Inputs for b that mean the same as a's: the bytes where types and quantisations agree, else real
// values converted. Throws LabError when the graphs' inputs don't correspond.
Inputs translated(const Inputs& inputs, const ir::Graph& a, const ir::Graph& b);

// Real values of a tensor's bytes.
std::vector<double> real_values(const ir::Tensor& tensor, const std::vector<uint8_t>& bytes);

}  // namespace mote::lab
