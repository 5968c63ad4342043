#include "lab/count_classes.hpp"

#include <fmt/format.h>

#include <sstream>

#include "lab/process.hpp"
#include "lab/runner.hpp"
#include "lab/source_tree.hpp"

namespace mote::lab {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds build_time_max{120};
constexpr const char* plugin_source = "lab/plugin/count_classes.cpp";

// The plugin as a shared library, built once for each version of its sources.
fs::path build_plugin() {
  std::string key;
  for (const char* name : {"count_classes.cpp", "qemu_plugin.hpp", "thumb.hpp"}) {
    key += read_file(source_tree() / "lab/plugin" / name);
  }
  const fs::path library = cache_folder("plugin") / (sha256_hex(key) + ".so");
  if (fs::exists(library)) return library;
  const ScratchFolder scratch;
  const fs::path built = scratch.path() / "plugin.so";
  const ProcessResult result =
      run_process({"c++", "-std=c++20", "-O2", "-fPIC", "-shared", "-I" + source_tree().string(),
                   "-o", built.string(), (source_tree() / plugin_source).string()},
                  "/", build_time_max);
  if (result.exit_code != 0 || result.timed_out) {
    throw LabError(fmt::format("building {} failed; it needs c++ (apt-get install g++):\n{}",
                               plugin_source, result.errors.substr(0, 4000)));
  }
  write_file(library, read_file(built));
  return library;
}

InstructionCounts parse(const std::string& text) {
  InstructionCounts counts;
  std::istringstream lines(text);
  std::string name;
  uint64_t value = 0;
  size_t known = 0;
  while (lines >> name >> value) {
    if (name == "words_loaded") counts.words_loaded = value, ++known;
    if (name == "words_stored") counts.words_stored = value, ++known;
    if (name == "words_listed") counts.words_listed = value, ++known;
    for (size_t i = 0; i < counts.by_class.size(); ++i) {
      if (name == instruction_class_names[i]) counts.by_class[i] = value, ++known;
    }
  }
  if (known != counts.by_class.size() + 3 || counts.instructions() == 0) {
    throw LabError("the instruction counter's report is incomplete");
  }
  return counts;
}

}  // namespace

InstructionCounts count_classes(const Board& board, const fs::path& image,
                                std::span<const uint8_t> package, std::span<const uint8_t> windows,
                                std::chrono::seconds time_max) {
  if (!board.runs_thumb()) {
    throw LabError(
        fmt::format("{}: instructions are told apart on Cortex-M boards only", board.name));
  }
  const ScratchFolder scratch;
  const fs::path report = scratch.path() / "counts.txt";
  // Between these two, runner.cpp measures an inference.
  const uint64_t begin = function_address(board, image, "mote::engine::invoke()");
  const uint64_t end = function_address(board, image, "mote::machine::ticks()");
  run_windows(board, image, package, windows, time_max,
              {"-plugin", fmt::format("{},begin={:#x},end={:#x},out={}", build_plugin().string(),
                                      begin, end, report.string())});
  return parse(read_file(report));
}

}  // namespace mote::lab
