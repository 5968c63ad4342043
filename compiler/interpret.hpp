// Runs a graph on this host, one node at a time, through the kernels that the compiler would
// choose for a target. It shows every layer's values, which a plan overwrites in its arena.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/ir/target.hpp"

namespace mote {

// Every microcontroller's kernels: they run on the host portably, so a board's choice of kernels
// can be tried here. Kernels for 64-bit CPUs are chosen for the board "host" (lab/board.hpp).
ir::Target host_target();

class Interpreter {
 public:
  // Lowers every node for the target's kernels. Keeps a reference: `graph` must be verified and
  // outlive the interpreter. Throws ir::GraphError when a node has no kernel.
  Interpreter(const ir::Graph& graph, const ir::Target& target);

  // Computes all nodes. inputs: bytes of each graph input, little endian, in the graph's order.
  // Throws ir::GraphError when count or sizes differ, or when a kernel's check refuses its params.
  void run(std::span<const std::vector<uint8_t>> inputs);

  // Sets the graph's variables to their initial values, as at the start.
  void reset();

  // Bytes of a tensor after `run`: input, constant, or result of a node. Valid until the next run.
  std::span<const uint8_t> bytes(ir::TensorId id) const;
  // What node `index` was bound to.
  const ir::LoweredOp& lowered(size_t index) const { return lowered_.at(index); }

 private:
  void run_node(size_t index);
  void call(const ir::Node& node, ir::LoweredOp& op);

  const ir::Graph& graph_;
  std::vector<ir::LoweredOp> lowered_;        // by node
  std::vector<std::vector<uint8_t>> values_;  // by tensor
};

// Values of a node's outputs when all its inputs are constants; nothing when it has no kernel on
// this host. For passes::fold_constants.
std::optional<std::vector<std::vector<uint8_t>>> evaluate_on_host(const ir::Graph& graph,
                                                                  const ir::Node& node);

}  // namespace mote
