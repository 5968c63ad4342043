// The boards that models can be compiled for, measured and run on.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ir/target.hpp"

namespace mote::lab {

// What went wrong on the way to a measurement: an unknown board, a missing tool, a firmware that
// faulted. The message says what, where and what to do.
class LabError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What builds firmware for a family of boards and runs it.
struct Toolchain {
  std::string_view compiler;                // C++ compiler command
  std::string_view compiler_packages;       // Debian packages of it
  std::string_view emulator;                // QEMU's command; empty: none
  std::string_view emulator_package;        // Debian package of it
  std::vector<std::string> headers;         // include folders of the port, in the source tree
  std::vector<std::string> script_folders;  // of linker scripts, in the source tree
  std::vector<std::string> libraries;       // behind the port's own code
};

struct Board {
  std::string_view name;
  std::string_view core;             // what it is, for people
  std::vector<std::string> machine;  // QEMU's options that choose it; empty: this machine itself
  const Toolchain* tools;
  std::vector<std::string> flags;    // that choose core and FPU
  std::vector<Isa> isas;             // kernels of these instruction sets run on it
  int64_t ram_bytes;                 // 0: no limit
  int64_t flash_bytes;               // 0: no limit
  int icount_shift;                  // one instruction lasts 2^shift ns of virtual time
  std::vector<std::string> sources;  // start-up and drivers, relative to the source tree
  std::string_view linker_script;    // in the port's folder; empty: the system's own
  uint64_t package_address;          // where QEMU loads a .mote package
  int uarts;                         // that join it to the world: `mote run` needs three

  // Whether its code is Arm's Thumb.
  bool runs_thumb() const;
  // Whether this machine's own CPU runs it.
  bool is_host() const { return is_process() && tools->emulator.empty(); }
  // Whether the firmware is a process with files, a clock and no serial lines.
  bool is_process() const { return machine.empty(); }
  // Whether instructions are counted.
  bool counts() const { return !is_process(); }
  // What the compiler has to know of it.
  ir::Target target() const;
};

// All boards, "host" last.
std::span<const Board> boards();

// Throws LabError naming the boards that exist.
const Board& find_board(std::string_view name);

}  // namespace mote::lab
