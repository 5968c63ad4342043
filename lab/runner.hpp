// Runs firmware that is built on lab/firmware/runner.cpp over input windows.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "lab/board.hpp"
#include "lab/firmware_build.hpp"

namespace mote::lab {

// Ticks are those of the board's counter; instructions_of_ticks() converts. Costs of the
// measurement itself are already taken off.
struct RunReport {
  uint64_t ticks_hz = 0;
  uint32_t arena_bytes = 0;
  uint32_t stack_bytes = 0;  // high-water mark of one inference; 0 on the host: unknown
  uint64_t load_ticks = 0;   // of accepting a package, without its checksum; 0 of emitted source
  std::vector<uint64_t> window_ticks;
  std::vector<uint64_t> op_ticks;  // of an image with marks; else empty
  std::vector<uint32_t> op_runs;   // how often each of them ran
  std::vector<uint8_t> outputs;    // all windows, one after another
};

// The runner and what it stands on, to be linked with engine_sources() or vm_sources().
std::vector<SourceFile> runner_sources(const Board& board);

// package: for the virtual machine; empty otherwise. windows: whole windows, one after another.
// emulator_options: further ones of QEMU. Throws LabError, see boot().
RunReport run_windows(const Board& board, const std::filesystem::path& image,
                      std::span<const uint8_t> package, std::span<const uint8_t> windows,
                      std::chrono::seconds time_max,
                      const std::vector<std::string>& emulator_options = {});

}  // namespace mote::lab
