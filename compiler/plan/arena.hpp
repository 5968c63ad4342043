// Which buffers share the arena, and when each is alive: what plan_memory() places.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/plan/chain.hpp"
#include "compiler/plan/lowering.hpp"
#include "compiler/plan/memory.hpp"

namespace mote::plan {

// Time counts nodes; what outlives the last one is alive at graph.nodes.size().
class ArenaBuffers {
 public:
  // lowering and chains must outlive it. chains: in order, apart.
  ArenaBuffers(const Lowering& lowering, const std::vector<ChainPlan>& chains);

  const std::vector<Buffer>& buffers() const { return buffers_; }
  const std::vector<std::string>& labels() const { return labels_; }  // of buffers()
  const std::vector<Overlap>& overlaps() const { return overlaps_; }

  // Indices of buffers. The tensor's root isn't a constant.
  int32_t of_tensor(ir::TensorId id) const { return buffer_of_[size_t(home(id))]; }
  int32_t of_scratch(size_t node, size_t which) const { return scratch_of_[node].at(which); }
  int32_t of_sums(const ChainPlan& chain) const { return sums_of_.at(&chain); }

  const ChainPlan* chain_of(size_t node) const { return chain_of_[node]; }
  // Whether only some rows of the tensor are in the arena at a time.
  bool in_rows(ir::TensorId id) const {
    return rows_in_.contains(home(id)) || homes_.contains(lowering_.root(id));
  }

 private:
  void add_tensors();
  void start_chain(const ChainPlan& chain);
  void add_scratch();
  void add_overlap(int32_t op);
  void add_chain_overlap(const ChainPlan& chain);
  void touch(ir::TensorId id, int32_t at);
  int32_t add_buffer(uint32_t bytes, int32_t at, const std::string& label);
  // The tensor whose buffer holds this one.
  ir::TensorId home(ir::TensorId id) const {
    const auto found = homes_.find(lowering_.root(id));
    return found == homes_.end() ? lowering_.root(id) : found->second;
  }
  const ir::Tensor& root(ir::TensorId id) const { return lowering_.root_tensor(id); }

  const Lowering& lowering_;
  const ir::Graph& graph_;
  const std::vector<ChainPlan>& chains_;
  std::vector<const ChainPlan*> chain_of_;        // per node, null: none
  std::map<ir::TensorId, ir::TensorId> homes_;    // of all chains
  std::map<ir::TensorId, uint32_t> rows_in_;      // bytes of the row buffer of a tensor in a chain
  std::vector<int32_t> buffer_of_;                // per root, -1: none
  std::vector<std::vector<int32_t>> scratch_of_;  // per node
  std::map<const ChainPlan*, int32_t> sums_of_;
  std::vector<Buffer> buffers_;
  std::vector<std::string> labels_;
  std::vector<Overlap> overlaps_;
};

}  // namespace mote::plan
