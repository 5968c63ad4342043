#include "lab/qemu.hpp"

#include <fmt/format.h>

#include <cmath>

#include "lab/process.hpp"

namespace mote::lab {
namespace {

constexpr int exit_code_fault = 125;  // start-up code of device/ports

std::vector<std::string> qemu_arguments(const Board& board, const Boot& request) {
  std::vector<std::string> arguments = emulator_arguments(board);
  for (int uart = 0; uart < board.uarts; ++uart) {
    arguments.insert(arguments.end(), {"-serial", "null"});
  }
  arguments.insert(arguments.end(), {"-kernel", request.image.string()});
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

std::vector<std::string> emulator_arguments(const Board& board) {
  const Toolchain& tools = *board.tools;
  if (!find_program(tools.emulator)) {
    throw LabError(
        fmt::format("{} is not installed; it is the virtual board {}: apt-get install {}",
                    tools.emulator, board.name, tools.emulator_package));
  }
  std::vector<std::string> arguments{std::string(tools.emulator)};
  arguments.insert(arguments.end(), board.machine.begin(), board.machine.end());
  arguments.insert(arguments.end(), {"-nodefaults", "-display", "none", "-monitor", "none",
                                     "-icount", fmt::format("shift={}", board.icount_shift),
                                     "-semihosting-config", "enable=on,target=native"});
  return arguments;
}

std::string boot(const Board& board, const Boot& request) {
  std::vector<std::string> arguments{request.image.string()};
  if (!board.is_process()) {
    arguments = qemu_arguments(board, request);
  } else if (!board.is_host()) {
    const std::string emulator(board.tools->emulator);
    if (!find_program(emulator)) {
      throw LabError(fmt::format("{} is not installed; it runs {}: apt-get install {}", emulator,
                                 board.name, board.tools->emulator_package));
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
