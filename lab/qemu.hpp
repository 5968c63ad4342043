// Boots an image on a board: in QEMU with an exact instruction clock, or as a process of this
// machine for the boards that are one.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "lab/board.hpp"

namespace mote::lab {

// QEMU's command for the board: machine, exact clock and semihosting; image, serial lines and what
// is loaded beside are the caller's. Throws LabError naming the Debian package when QEMU is
// missing.
std::vector<std::string> emulator_arguments(const Board& board);

struct Boot {
  std::filesystem::path image;
  std::filesystem::path folder;   // the firmware's working folder for semihosting files
  std::filesystem::path package;  // loaded at the board's package address; empty for none
  std::chrono::seconds time_max{600};
  std::vector<std::string> emulator_options = {};  // further ones of QEMU
};

// Runs until the firmware ends itself. Result: what it wrote with board::debug_write(). Throws
// LabError when QEMU is missing (naming its Debian package), when the firmware faults, ends with an
// exit code other than 0, or does not end in time.
std::string boot(const Board& board, const Boot& request);

// Instructions that took `ticks` of the board's counter; see device/ports/qemu/board.hpp.
// ticks_hz: what the firmware reported.
double instructions_of_ticks(const Board& board, uint64_t ticks, uint64_t ticks_hz);

}  // namespace mote::lab
