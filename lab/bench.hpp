// What a model costs on a board: instructions, memory, code size.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lab/board.hpp"
#include "lab/cycle_model.hpp"
#include "lab/model.hpp"

namespace mote::lab {

struct BenchOptions {
  Engine engine = Engine::code;
  uint32_t input_seed = 1;
  std::string optimisation = "-O2";
  bool ops = true;      // count each operator too, in a further image
  bool cycles = false;  // count instructions by class too; Cortex-M boards only
};

struct BenchOp {
  std::string name;    // "conv2d [1,25,5,64]", or the kernel's name when only a package is known
  std::string kernel;  // body that runs
  int64_t macs = 0;    // 0: none, or not known
  std::optional<int64_t> instructions;
  double microseconds = 0;  // of this machine's clock; host only
};

struct BenchReport {
  // Per inference, counted without any marks between operators; none where the board is a process.
  std::optional<int64_t> instructions;
  double microseconds = 0;  // fastest of several inferences; host only
  int64_t arena_bytes = 0;
  // Of an input that the caller hands over in pieces and need not keep: none of it is in the arena.
  int64_t frame_bytes = 0;
  std::optional<int64_t> code_bytes;   // text and read-only data of runtime and kernels
  std::optional<int64_t> data_bytes;   // the model's weights and constants
  std::optional<int64_t> stack_bytes;  // high-water mark of one inference
  // Of accepting a package, all but its checksum: once at start-up. Virtual machine on boards only.
  std::optional<int64_t> load_instructions;
  std::vector<BenchOp> ops;
  std::optional<InstructionCounts> classes;  // when BenchOptions::cycles asks
  std::optional<double> cycles;              // estimate from them; none without a model of the core
  std::vector<uint8_t> output;               // all outputs of the inference
};

// Builds firmware, runs it and reports. A board that is a process under an emulator has neither
// instructions nor a time that means something: there the report has kernels and output alone.
// Operators are counted in a second image with marks between them, whose own cost is taken off;
// their sum differs from the total by at most ops_sum_tolerance(). Throws LabError.
BenchReport bench(const Board& board, const Model& model, const BenchOptions& options);

// The operators alone, in the order of the planned graph's nodes. Throws LabError.
std::vector<BenchOp> bench_ops(const Board& board, const Model& model, const BenchOptions& options);

// Marks keep values out of registers across operators: up to 24 instructions for each, and one for
// rounding ticks.
constexpr int64_t ops_sum_tolerance(size_t op_count) {
  return 32 * static_cast<int64_t>(op_count + 1);
}

}  // namespace mote::lab
