// Exports graphs as .tflite models, and proves each file before giving it away.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace mote {

// A graph that comes from elsewhere than a .tflite file, in TensorFlow Lite's terms: without
// simulated quantisation, which only the compiler knows, and with batch normalisations, biases and
// activations fused and transposes sunk as it does first of all. What it compiles to is the same.
ir::Graph folded_for_tflite(ir::Graph graph);

// The part of a graph that begins after everything TensorFlow Lite has no operators for: of a
// project's model the network, without its features. Its inputs are the tensors that the rest would
// compute. Throws ir::GraphError when nothing is left.
struct NetworkPart {
  ir::Graph graph;
  std::vector<std::string> left_out;  // ops, in execution order; empty: graph is the whole
};
NetworkPart network_part(const ir::Graph& graph);

struct ExportedModel {
  std::vector<uint8_t> file;
  size_t operators = 0;               // in the file
  std::vector<std::string> expanded;  // ops that became several operators, one entry per node
  bool ran = false;  // else a node has no kernel on this host, so only the graphs were compared
};

// A .tflite file of a verified graph. Nodes that TensorFlow Lite has no operator for become several
// where that gives the same bits. The file is read back: it must hold the same graph, and the bits
// that `graph` gives must come out of it for a seeded input. Throws tflite::InexpressibleError (see
// compiler/export/tflite_writer.hpp) and, when the proof fails, ir::GraphError.
ExportedModel export_tflite(const ir::Graph& graph);

}  // namespace mote
