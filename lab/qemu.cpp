#include "lab/qemu.hpp"

#include <fmt/format.h>

#include <cmath>

#include "lab/process.hpp"

namespace mote::lab {
namespace {

constexpr const char* qemu = "qemu-system-arm";
constexpr int exit_code_fault = 125;  // device/ports/qemu-mps2/startup.cpp

std::vector<std::string> qemu_arguments(const Board& board, const Boot& request) {
  if (!find_program(qemu)) {
    throw LabError(
        fmt::format("{} is not installed; it is the virtual board {}: apt-get install {}", qemu,
                    board.name, qemu));
  }
  // The boards' network chip gets a peer that leads nowhere, or QEMU warns about it.
  std::vector<std::string> arguments{qemu,
                                     "-M",
                                     std::string(board.qemu_machine),
                                     "-nodefaults",
                                     "-nic",
                                     "user,restrict=on",
                                     "-display",
                                     "none",
                                     "-monitor",
                                     "none",
                                     "-serial",
                                     "null",
                                     "-serial",
                                     "null",
                                     "-serial",
                                     "null",
                                     "-icount",
                                     fmt::format("shift={}", board.icount_shift),
                                     "-semihosting-config",
                                     "enable=on,target=native",
                                     "-kernel",
                                     request.image.string()};
  if (!request.package.empty()) {
    arguments.insert(arguments.end(),
                     {"-device", fmt::format("loader,file={},addr={:#x},force-raw=on",
                                             request.package.string(), board.package_address)});
  }
  arguments.insert(arguments.end(), request.emulator_options.begin(),
                   request.emulator_options.end());
  return arguments;
}

}  // namespace

std::string boot(const Board& board, const Boot& request) {
  std::vector<std::string> arguments{request.image.string()};
  if (!board.is_process()) {
    arguments = qemu_arguments(board, request);
  } else if (!board.is_host()) {
    const std::string emulator(board.process_emulator);
    if (!find_program(emulator)) {
      throw LabError(fmt::format("{} is not installed; it runs {}: apt-get install qemu-user",
                                 emulator, board.name));
    }
    arguments.insert(arguments.begin(), {emulator, "-cpu", "max"});
  }
  const ProcessResult result = run_process(arguments, request.folder, request.time_max);
  const std::string said = result.errors.substr(0, 2000);
  if (result.timed_out) {
    throw LabError(fmt::format("{}: the firmware did not end within {} s{}{}", board.name,
                               request.time_max.count(), said.empty() ? "" : ": ", said));
  }
  if (result.exit_code == exit_code_fault) {
    throw LabError(
        fmt::format("{}: the firmware faulted: {}; find the place with addr2line -e {} and the pc",
                    board.name, said, request.image.string()));
  }
  if (result.exit_code != 0) {
    throw LabError(fmt::format("{}: the firmware ended with exit code {}: {}", board.name,
                               result.exit_code, said));
  }
  return result.errors;
}

double instructions_of_ticks(const Board& board, uint64_t ticks, uint64_t ticks_hz) {
  const double ns = static_cast<double>(ticks) * 1e9 / static_cast<double>(ticks_hz);
  return std::ldexp(ns, -board.icount_shift);
}

}  // namespace mote::lab
