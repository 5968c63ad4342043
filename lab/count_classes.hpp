// Counts one inference's instructions by class, with a plugin in QEMU.
#pragma once

#include <filesystem>

#include "lab/bench.hpp"
#include "lab/cycle_model.hpp"

namespace mote::lab {

// image: firmware on lab/firmware/runner.cpp. The last of `windows` is counted. The plugin is
// built on first use, by this machine's C++ compiler, and cached. Throws LabError; also for boards
// that don't run Thumb instructions.
InstructionCounts count_classes(const Board& board, const std::filesystem::path& image,
                                std::span<const uint8_t> package, std::span<const uint8_t> windows,
                                std::chrono::seconds time_max);

}  // namespace mote::lab
