// Named sets of models, what they cost on the virtual boards, and what a peer costs there.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lab/bench.hpp"

namespace mote::lab {

// tflite-micro 90b983c2 with CMSIS-NN 4ab83cc3 on the same models, arm-none-eabi-gcc 12.2.1,
// instructions per inference counted by QEMU 7.2 in the same way: Cortex-M4 at its own default
// optimisation levels, the other cores at -O3. Measured once, for this comparison.
struct PeerFigures {
  int64_t cortex_m3, cortex_m4, cortex_m7, cortex_m55;  // instructions
  int64_t arena_bytes;                                  // on Cortex-M4: what it needs
  int64_t code_bytes;                                   // on Cortex-M4, with int8 kernels alone
};

struct SuiteModel {
  std::string_view name;
  std::string_view path;  // in models.tar.xz
  PeerFigures peer;
};

// The only suite so far: "mlperf-tiny", the four models of MLPerf Tiny, and tflite-micro's own two.
// Throws LabError naming the suites that exist.
std::span<const SuiteModel> find_suite(std::string_view name);

// The boards that a suite is measured on.
std::vector<std::string_view> suite_boards();

// Those of them on which models are planned for RAM, too.
std::vector<std::string_view> ram_boards();

// The peer's instructions on a board; none where it wasn't measured.
std::optional<int64_t> peer_instructions(const PeerFigures& peer, std::string_view board);

struct SuiteRow {
  std::string_view model;
  std::string_view board;
  PeerFigures peer;
  BenchReport report;
  std::optional<BenchReport> ram;           // of the plan for RAM, on ram_boards()
  std::optional<int64_t> small_code_bytes;  // the code compiled with -Os; on Cortex-M4 alone
};

// archive: models.tar.xz. Rows in the order of the suite, then of `boards`. done() is called after
// each. Throws LabError, also when the archive lacks a model.
std::vector<SuiteRow> run_suite(std::span<const SuiteModel> suite,
                                std::span<const std::string_view> boards,
                                const std::string& archive, const std::function<void()>& done);

// models.tar.xz in the folder that MOTE_DATA_MIRROR names. Throws LabError saying what to do.
std::string suite_archive();

}  // namespace mote::lab
