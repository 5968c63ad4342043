#include "lab/board.hpp"

#include <algorithm>

#include "device/vm/cpu.hpp"

namespace mote::lab {
namespace {

constexpr int64_t kib = 1024;
constexpr int64_t mib = 1024 * kib;

std::vector<std::string> port_sources(const char* board_file) {
  const std::string folder = "device/ports/qemu-mps2/";
  return {folder + "startup.cpp", folder + "board.cpp", folder + board_file};
}

constexpr const char* arm = "arm-none-eabi-g++";
constexpr const char* arm_package = "gcc-arm-none-eabi libstdc++-arm-none-eabi-newlib";

const std::vector<Isa> plain{Isa::reference, Isa::generic};
const std::vector<Isa> dsp{Isa::reference, Isa::generic, Isa::armv7em};
const std::vector<Isa> helium{Isa::reference, Isa::generic, Isa::armv7em, Isa::mve};

// A board that is a process of this machine.
Board process(std::string_view name, std::string_view core, std::string_view compiler,
              std::string_view package, std::vector<std::string> flags, std::vector<Isa> isas,
              std::string_view emulator) {
  return {name,
          core,
          "",
          compiler,
          package,
          std::move(flags),
          std::move(isas),
          0,
          0,
          0,
          {"lab/firmware/host_board.cpp"},
          "",
          0,
          emulator};
}

// What this machine's CPU has, and how its compiler is told.
std::vector<Isa> host_isas() {
  std::vector<Isa> isas;
#define MOTE_ISA_OF_CPU(name) \
  if (cpu_runs(Isa::name)) isas.push_back(Isa::name);
  MOTE_ISA_LIST(MOTE_ISA_OF_CPU)
#undef MOTE_ISA_OF_CPU
  return isas;
}

std::vector<std::string> host_flags() {
  std::vector<std::string> flags;
  if (cpu_runs(Isa::avx2)) flags.emplace_back("-mavx2");
  if (cpu_runs(Isa::avx512vnni)) {
    flags.insert(flags.end(), {"-mavx512f", "-mavx512bw", "-mavx512vl", "-mavx512vnni"});
  }
  if (cpu_runs(Isa::dotprod)) flags.emplace_back("-march=armv8.2-a+dotprod");
  return flags;
}

// Flash and RAM are what the port's linker scripts give to firmware and package.
std::vector<Board> make_boards() {
  const auto mps2 = port_sources("board_mps2.cpp");
  return {
      {"mps2-an385",
       "Cortex-M3",
       "mps2-an385",
       arm,
       arm_package,
       {"-mcpu=cortex-m3", "-mthumb", "-mfloat-abi=soft"},
       plain,
       4 * mib,
       4 * mib,
       6,
       mps2,
       "mps2.ld",
       0x00200000},
      {"mps2-an386",
       "Cortex-M4F",
       "mps2-an386",
       arm,
       arm_package,
       {"-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"},
       dsp,
       4 * mib,
       4 * mib,
       6,
       mps2,
       "mps2.ld",
       0x00200000},
      {"mps2-an500",
       "Cortex-M7",
       "mps2-an500",
       arm,
       arm_package,
       {"-mcpu=cortex-m7", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv5-d16"},
       dsp,
       4 * mib,
       4 * mib,
       6,
       mps2,
       "mps2.ld",
       0x00200000},
      {"mps3-an547",
       "Cortex-M55",
       "mps3-an547",
       arm,
       arm_package,
       {"-mcpu=cortex-m55", "-mthumb", "-mfloat-abi=hard"},
       helium,
       512 * kib,
       512 * kib,
       5,
       port_sources("board_an547.cpp"),
       "an547.ld",
       0x01000000},
      process("aarch64", "64-bit Arm Linux", "aarch64-linux-gnu-g++", "g++-aarch64-linux-gnu",
              {"-march=armv8.2-a+dotprod", "-static"},
              {Isa::reference, Isa::generic, Isa::neon, Isa::dotprod}, "qemu-aarch64"),
      process("host-portable", "this machine, portable kernels", "c++", "g++", {}, plain, ""),
      process("host", "this machine", "c++", "g++", host_flags(), host_isas(), ""),
  };
}

}  // namespace

bool Board::runs_thumb() const {
  return std::ranges::find(flags, "-mthumb") != flags.end();
}

ir::Target Board::target() const {
  return {std::string(name), isas, ram_bytes, flash_bytes};
}

std::span<const Board> boards() {
  static const std::vector<Board> table = make_boards();
  return table;
}

const Board& find_board(std::string_view name) {
  const auto all = boards();
  const auto found = std::ranges::find(all, name, &Board::name);
  if (found != all.end()) return *found;
  std::string known;
  for (const Board& board : all) known += (known.empty() ? "" : ", ") + std::string(board.name);
  throw LabError("there is no board '" + std::string(name) + "'; boards: " + known);
}

}  // namespace mote::lab
