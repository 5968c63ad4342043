#include "lab/runner.hpp"

#include <fmt/format.h>

#include <cstring>

#include "lab/qemu.hpp"
#include "lab/source_tree.hpp"

namespace mote::lab {
namespace {

constexpr uint32_t report_version = 3;
constexpr size_t fixed_words = 9;

std::string_view text_of(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::vector<uint32_t> read_words(const std::filesystem::path& path) {
  const std::string bytes = read_file(path);
  std::vector<uint32_t> words(bytes.size() / sizeof(uint32_t));
  std::memcpy(words.data(), bytes.data(), words.size() * sizeof(uint32_t));
  return words;
}

uint64_t without(uint32_t ticks, uint64_t cost) {
  return ticks > cost ? ticks - cost : 0;
}

}  // namespace

std::vector<SourceFile> runner_sources(const Board& board) {
  std::vector<SourceFile> sources{{"lab/firmware/runner.cpp", "", {}, {}}};
  if (!board.is_process()) {
    sources.push_back({"lab/firmware/clock_board.cpp", "", {}, {}});
    sources.push_back({"lab/firmware/files_semihosting.cpp", "", {}, {}});
  }
  return sources;
}

RunReport run_windows(const Board& board, const std::filesystem::path& image,
                      std::span<const uint8_t> package, std::span<const uint8_t> windows,
                      std::chrono::seconds time_max,
                      const std::vector<std::string>& emulator_options) {
  const ScratchFolder folder;
  write_file(folder.path() / "input.bin", text_of(windows));
  Boot request{image, folder.path(), {}, time_max, emulator_options};
  if (!package.empty()) {
    request.package = folder.path() / "model.mote";
    write_file(request.package, text_of(package));
  }
  boot(board, request);

  const std::vector<uint32_t> words = read_words(folder.path() / "report.bin");
  if (words.size() < fixed_words || words[0] != report_version ||
      words.size() != fixed_words + 2 * size_t{words[8]}) {
    throw LabError(fmt::format("{}: the firmware's report is incomplete", board.name));
  }
  RunReport report;
  report.ticks_hz = words[1];
  report.arena_bytes = words[2];
  report.stack_bytes = words[3];
  const uint32_t empty_cost = words[4];
  const uint32_t mark_cost = words[5];
  report.load_ticks = without(words[6], empty_cost);
  for (uint32_t ticks : read_words(folder.path() / "ticks.bin")) {
    report.window_ticks.push_back(without(ticks, empty_cost));
  }
  if (report.window_ticks.size() != words[7]) {
    throw LabError(fmt::format("{}: {} windows were to be run, {} are reported", board.name,
                               words[7], report.window_ticks.size()));
  }
  for (size_t i = fixed_words; i < words.size(); i += 2) {
    report.op_ticks.push_back(without(words[i], uint64_t{mark_cost} * words[i + 1]));
    report.op_runs.push_back(words[i + 1]);
  }
  const std::string outputs = read_file(folder.path() / "output.bin");
  report.outputs.assign(outputs.begin(), outputs.end());
  return report;
}

}  // namespace mote::lab
