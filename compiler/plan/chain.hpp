// Chains: runs of layers that are computed some rows at a time (see rows.hpp), as kernel calls and
// the memory that they need.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "compiler/plan/lowering.hpp"
#include "compiler/plan/rows.hpp"

namespace mote::plan {

// Which nodes run as one chain, and how many rows the last of them makes (or takes) at a time.
struct Chain {
  int32_t first = 0;  // nodes first to last of the graph
  int32_t last = 0;
  int32_t band = 1;
  bool fed = false;  // the graph's input comes row by row from the caller
};

struct BandOperand {
  enum class Kind : uint8_t { tensor, constant, scratch, sums };
  Kind kind = Kind::tensor;
  ir::TensorId tensor = ir::no_tensor;    // the root
  const ir::Operand* constant = nullptr;  // of the lowering
  uint32_t offset = 0;                    // in the tensor's buffer, at the first repetition
  uint32_t bytes = 0;
  uint32_t step = 0;  // bytes that offset grows by with each repetition
  bool operator==(const BandOperand&) const = default;
};

struct BandCall {
  const ir::KernelInfo* kernel = nullptr;  // null: rows of the input come in, into operand 0
  int32_t node = 0;
  std::vector<ir::Param> params;
  std::vector<BandOperand> operands;
};

// Calls first to first + count - 1 run `times` times.
struct BandLoop {
  size_t first = 0;
  size_t count = 0;
  int32_t times = 1;
};

struct BandCalls {
  std::vector<BandCall> calls;
  std::vector<BandLoop> loops;
};

// A tensor inside the chain: its rows' buffer.
struct BandBuffer {
  ir::TensorId tensor = ir::no_tensor;
  uint32_t bytes = 0;
  bool keeps = false;  // holds rows from one iteration to the next
  bool fed = false;
};

// The chain's output may overlap its input as in LoweredOp.
struct BandOverlap {
  ir::TensorId output = ir::no_tensor;
  ir::TensorId input = ir::no_tensor;
  uint32_t lead = 0;
};

// Estimates and scratch of calls for some rows, remembered over many chains.
class BandCosts {
 public:
  explicit BandCosts(const Lowering& lowering) : lowering_(lowering) {}
  // Instructions of a call that makes `rows` rows of the node.
  int64_t instructions(int32_t node, int32_t rows);

 private:
  const Lowering& lowering_;
  std::map<std::pair<int32_t, int32_t>, int64_t> known_;
  std::map<int32_t, ir::Graph> alone_;  // the node and its tensors
};

// Rows::elements: the param that counts the elements of a call; empty: the call can't be cut.
std::string_view element_count_param(const std::vector<ir::Param>& params);

class ChainPlan {
 public:
  // No value when these nodes can't run as a chain. lowering must outlive the plan.
  static std::optional<ChainPlan> make(const Lowering& lowering, const Chain& chain);

  const Chain& chain() const { return chain_; }
  const std::vector<BandBuffer>& buffers() const { return buffers_; }
  // Tensors of the chain whose rows lie where those of another are made of them, and which.
  const std::map<ir::TensorId, ir::TensorId>& homes() const { return homes_; }
  // No value: the node's kernel has none.
  std::optional<uint32_t> scratch_bytes(int32_t node) const {
    return scratch_[size_t(node - chain_.first)];
  }
  uint32_t sums_bytes() const { return sums_bytes_; }
  const std::optional<BandOverlap>& overlap() const { return overlap_; }
  int64_t instructions(BandCosts& costs) const;
  BandCalls calls() const;

 private:
  // A node of the chain. Operand indices are the lowered call's.
  struct Layer {
    int32_t node = -1;  // -1: the rows come from the caller
    ir::Rows rows = ir::Rows::none;
    bool sums = false;
    std::vector<size_t> inputs;  // operand of each input of the row stage
    size_t output = 0;
  };

  ChainPlan(const Lowering& lowering, const Chain& chain) : lowering_(&lowering), chain_(chain) {}
  const ir::Graph& graph() const { return *lowering_->graph; }
  bool describe();
  bool add_layer(int32_t node);
  bool add_sums(int32_t node);
  int32_t tensor_index(ir::TensorId id);
  bool closed() const;
  void find_homes();
  int32_t home(int32_t tensor) const { return home_[size_t(tensor)]; }
  void measure_buffers();
  bool measure_scratch();
  void find_overlap();
  std::vector<BandCall> iteration(int32_t i) const;
  std::optional<BandCall> stage_call(size_t stage, int32_t i) const;
  BandCall sums_call(const ir::LoweredOp& lowered, int32_t node, uint32_t offset,
                     uint32_t bytes) const;
  std::optional<BandCall> move_call(size_t tensor, int32_t i) const;
  uint32_t offset_of_row(int32_t tensor, int32_t row, int32_t i) const;
  bool aligned() const;

  const Lowering* lowering_;
  Chain chain_;
  std::vector<Layer> layers_;          // of rows_.stages
  std::vector<ir::TensorId> tensors_;  // roots, of rows_.tensors
  std::vector<uint32_t> row_bytes_;    // of rows_.tensors
  std::vector<int32_t> home_;          // of rows_.tensors: itself, or where its rows lie
  std::map<ir::TensorId, ir::TensorId> homes_;
  RowChain rows_;
  std::optional<RowSchedule> schedule_;
  std::vector<BandBuffer> buffers_;
  std::vector<std::optional<uint32_t>> scratch_;
  uint32_t sums_bytes_ = 0;
  std::optional<BandOverlap> overlap_;
};

}  // namespace mote::plan
