// The plan: everything decided. Kernels, params, offsets and constants, ready to be written as a
// package or as source; both bindings are printed from this one structure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/ir/target.hpp"

namespace mote::plan {

struct PlannedOperand {
  bool constant = false;  // offset is into Plan::constants, else into the arena
  uint32_t offset = 0;
  uint32_t bytes = 0;
  std::string label;
  uint32_t step = 0;  // bytes that offset grows by with each repetition of the op's loop
};

struct PlannedOp {
  // Null: the next operands[0].bytes bytes of the input come from the caller into operand 0.
  const ir::KernelInfo* kernel = nullptr;
  std::vector<ir::Param> params;
  std::vector<PlannedOperand> operands;
  std::string name;  // op name and output shape, for reports
  int64_t macs = 0;
  int32_t source_index = -1;  // operator in the imported file, -1 if none
  int32_t layer = 0;          // node of the planned graph: a layer that runs in bands has many ops
  // One copy of the kernel's code serves all such ops: their params are data.
  bool shared_code = false;
};

// The name of the kernel's body; "caller" for the op that has none.
inline std::string_view kernel_name(const PlannedOp& op) {
  return op.kernel == nullptr ? "caller" : op.kernel->symbol;
}

// Ops first_op to first_op + op_count - 1 run `times` times.
struct Repeat {
  size_t first_op = 0;
  size_t op_count = 0;
  int32_t times = 1;
};

struct PlannedPort {
  std::string name;
  ir::DType dtype = ir::DType::i8;
  ir::Shape shape;
  float scale = 0;  // 0: not quantised
  int32_t zero_point = 0;
  uint32_t offset = 0;  // in the arena
  uint32_t bytes = 0;
  // Not 0: the input is never whole in the arena. The caller hands it over in order, in pieces of
  // at most so many bytes.
  uint32_t piece_bytes = 0;
};

// One constant in Plan::constants.
struct ConstantBlock {
  uint32_t offset = 0;
  uint32_t bytes = 0;
  std::string label;
};

// A variable: part of the arena that keeps its bytes from one inference to the next.
struct PlannedState {
  std::string name;
  uint32_t offset = 0;  // in the arena
  uint32_t bytes = 0;
  std::optional<uint8_t> fill;  // every byte at the start; else the bytes at constant_offset
  uint32_t constant_offset = 0;
};

// A buffer of the arena and when it is alive, for pictures of the memory plan.
struct ArenaBuffer {
  std::string label;
  uint32_t offset = 0;
  uint32_t bytes = 0;
  int32_t first_op = 0;
  int32_t last_op = 0;
};

enum class Decision : uint8_t { classify, anomaly };

// Sensor, window and post-processing; what a bare network lacks.
struct Pipeline {
  double rate_hz = 0;
  int32_t axes = 0;
  int32_t window_length = 0;  // frames
  int32_t window_stride = 0;  // frames
  float units_per_count = 1;
  Decision decision = Decision::classify;
  float threshold = 0.5f;  // smoothed score that an event needs
  int32_t smoothing = 1;   // windows in the moving average, >= 1
  int32_t refractory = 0;  // windows without a further event after one
  int32_t background_label = -1;
  std::vector<std::string> labels;
};

// What a plan is good at.
enum class Optimize : uint8_t { latency, ram, balanced, flash };
Optimize optimize_from_name(std::string_view name);  // throws GraphError

struct PlanOptions {
  Optimize optimize = Optimize::latency;
  // ram and balanced may ask the caller for the input piece by piece, see PlannedPort::piece_bytes.
  bool input_in_pieces = false;
  // KernelInfo::symbol of a kernel to take wherever it fits, to measure it; empty: by cost.
  std::string_view kernel = {};
};

struct Plan {
  std::string name;
  ir::Target target;
  std::vector<PlannedOp> ops;
  std::vector<Repeat> repeats;  // in order, apart
  std::vector<uint8_t> constants;
  std::vector<ConstantBlock> constant_blocks;
  uint32_t arena_bytes = 0;
  std::vector<ArenaBuffer> buffers;
  std::vector<PlannedPort> inputs;
  std::vector<PlannedPort> outputs;
  std::vector<PlannedState> states;
  std::vector<Pipeline> pipeline;  // none or one
  std::string metadata;            // JSON, for tools
};

// Lowers every node for the target and lays out arena and constants. The graph must be verified.
// Throws GraphError, naming all ops that have no kernel at once.
//   latency   every layer runs whole
//   ram       layers run in bands where that makes the arena smaller, for at most 1.3 times the
//             instructions (estimated)
//   balanced  the smallest product of arena and instructions
//   flash     layers run whole, with kernels that need fewer bytes (compiler/plan/small.hpp) and
//             code that layers share
Plan make_plan(const ir::Graph& graph, const ir::Target& target, const PlanOptions& options = {});

}  // namespace mote::plan
