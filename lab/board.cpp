#include "lab/board.hpp"

#include <algorithm>

#include "compiler/ir/kernel_costs.hpp"
#include "device/vm/cpu.hpp"

namespace mote::lab {
namespace {

constexpr int64_t kib = 1024;
constexpr int64_t mib = 1024 * kib;

// What the table is made of is made on first use: others may ask for it before main().
std::string shared_port(const char* file) {
  return std::string("device/ports/qemu/") + file;
}
std::string mps2_port(const char* file) {
  return std::string("device/ports/qemu-mps2/") + file;
}
std::string riscv_port(const char* file) {
  return std::string("device/ports/qemu-riscv/") + file;
}

// newlib gives memcpy and its like.
const Toolchain& arm_tools() {
  static const Toolchain tools{"arm-none-eabi-g++",
                               "gcc-arm-none-eabi libstdc++-arm-none-eabi-newlib",
                               "qemu-system-arm",
                               "qemu-system-arm",
                               {},
                               {mps2_port(""), shared_port("")},
                               {"-lc", "-lgcc"}};
  return tools;
}
// No C library: the port brings the three headers and few functions that device code needs.
const Toolchain& riscv_tools() {
  static const Toolchain tools{"riscv64-unknown-elf-g++",
                               "gcc-riscv64-unknown-elf",
                               "qemu-system-riscv32",
                               "qemu-system-misc",
                               {riscv_port("include")},
                               {riscv_port(""), shared_port("")},
                               {"-lgcc"}};
  return tools;
}
// Processes: the system brings start-up and libraries.
const Toolchain& native_tools() {
  static const Toolchain tools{"c++", "g++", "", "", {}, {}, {}};
  return tools;
}
const Toolchain& aarch64_tools() {
  static const Toolchain tools{
      "aarch64-linux-gnu-g++", "g++-aarch64-linux-gnu", "qemu-aarch64", "qemu-user", {}, {}, {}};
  return tools;
}

std::vector<Isa> plain() {
  return {Isa::reference, Isa::generic};
}
std::vector<Isa> dsp() {
  return {Isa::reference, Isa::generic, Isa::armv7em};
}
std::vector<Isa> helium() {
  return {Isa::reference, Isa::generic, Isa::armv7em, Isa::mve};
}

// A Cortex-M board. Its network chip gets a peer that leads nowhere, or QEMU warns about it.
Board cortex(std::string_view name, std::string_view core, const std::string& machine,
             std::vector<std::string> flags, std::vector<Isa> isas) {
  flags.emplace_back("-mthumb");
  return {name,
          core,
          {"-M", machine, "-nic", "user,restrict=on"},
          &arm_tools(),
          std::move(flags),
          std::move(isas),
          4 * mib,
          4 * mib,
          6,
          {shared_port("memory.cpp"), mps2_port("startup.cpp"), mps2_port("board.cpp"),
           mps2_port("board_mps2.cpp")},
          "mps2.ld",
          0x00200000,
          3};
}

Board cortex_m33() {
  Board board = cortex("mps2-an505", "Cortex-M33", "mps2-an505",
                       {"-mcpu=cortex-m33", "-mfloat-abi=hard", "-mfpu=fpv5-sp-d16"}, dsp());
  board.sources.back() = mps2_port("board_an505.cpp");
  board.linker_script = "an505.ld";
  board.package_address = 0x10200000;
  return board;
}

Board cortex_m55() {
  Board board = cortex("mps3-an547", "Cortex-M55", "mps3-an547",
                       {"-mcpu=cortex-m55", "-mfloat-abi=hard"}, helium());
  board.ram_bytes = 512 * kib;
  board.flash_bytes = 2 * mib;  // of constants and packages; code has 512 KiB of its own
  board.icount_shift = 5;
  board.sources.back() = mps2_port("board_an547.cpp");
  board.linker_script = "an547.ld";
  board.package_address = 0x01000000;
  return board;
}

Board riscv_virt() {
  return {"riscv-virt",
          "RV32IMC",
          {"-M", "virt", "-cpu", "rv32", "-bios", "none"},
          &riscv_tools(),
          {"-march=rv32imc", "-mabi=ilp32", "-msmall-data-limit=0"},
          plain(),
          4 * mib,
          4 * mib,
          0,
          {shared_port("memory.cpp"), riscv_port("startup.cpp"), riscv_port("board.cpp"),
           riscv_port("memory_functions.cpp")},
          "virt.ld",
          0x80200000,
          1};
}

// A board that is a process of this machine.
Board process(std::string_view name, std::string_view core, const Toolchain& tools,
              std::vector<std::string> flags, std::vector<Isa> isas) {
  return {name,
          core,
          {},
          &tools,
          std::move(flags),
          std::move(isas),
          0,
          0,
          0,
          {"lab/firmware/host_board.cpp"},
          "",
          0,
          0};
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
  return {
      // QEMU has no Cortex-M0+ with memory enough: its code runs on the Cortex-M3's board, which
      // executes all of Armv6-M.
      cortex("mps2-m0plus", "Cortex-M0+", "mps2-an385", {"-mcpu=cortex-m0plus", "-mfloat-abi=soft"},
             plain()),
      cortex("mps2-an385", "Cortex-M3", "mps2-an385", {"-mcpu=cortex-m3", "-mfloat-abi=soft"},
             plain()),
      cortex("mps2-an386", "Cortex-M4F", "mps2-an386",
             {"-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"}, dsp()),
      cortex("mps2-an500", "Cortex-M7", "mps2-an500",
             {"-mcpu=cortex-m7", "-mfloat-abi=hard", "-mfpu=fpv5-d16"}, dsp()),
      cortex_m33(),
      cortex_m55(),
      riscv_virt(),
      process("aarch64", "64-bit Arm Linux", aarch64_tools(),
              {"-march=armv8.2-a+dotprod", "-static"},
              {Isa::reference, Isa::generic, Isa::neon, Isa::dotprod}),
      process("host-portable", "this machine, portable kernels", native_tools(), {}, plain()),
      process("host", "this machine", native_tools(), host_flags(), host_isas()),
  };
}

}  // namespace

bool Board::runs_thumb() const {
  return std::ranges::find(flags, "-mthumb") != flags.end();
}

ir::Target Board::target() const {
  return {std::string(name), isas, ram_bytes, flash_bytes, ir::kernel_costs(name)};
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
