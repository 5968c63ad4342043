// Runs a model over many input windows on a board and brings all output bytes back.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "lab/board.hpp"
#include "lab/model.hpp"

namespace mote::lab {

struct BatchOptions {
  int processes = 1;  // emulators side by side, each with a part of the windows
  std::chrono::seconds time_max{600};
};

struct Batch {
  size_t output_bytes = 0;             // of all outputs of one window together
  std::vector<uint8_t> outputs;        // windows in order
  std::vector<uint64_t> instructions;  // of each window; empty where none are counted
};

// windows: each all inputs in order, elements in memory order (little endian); the size must be a
// multiple of the model's input bytes. The model must be compiled for this board. Throws LabError.
Batch run_batch(const Board& board, const Model& model, Engine engine,
                std::span<const uint8_t> windows, const BatchOptions& options = {});

// A .mote in the virtual machine: on the board "host" the one in this process.
Batch run_batch(const Board& board, std::span<const uint8_t> package,
                std::span<const uint8_t> windows, const BatchOptions& options = {});

}  // namespace mote::lab
