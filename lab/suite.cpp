#include "lab/suite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "compiler/import/tflite.hpp"
#include "data/archive.hpp"

namespace mote::lab {
namespace {

constexpr int64_t archive_bytes_max = int64_t{1} << 30;

constexpr SuiteModel mlperf_tiny[] = {
    {"kws",
     "mlcommons-tiny/keyword_spotting/kws_ref_model.tflite",
     {10'544'363, 7'696'912, 7'760'222, 1'784'242, 22'820, 53'128}},
    {"vww",
     "mlcommons-tiny/visual_wake_words/vww_96_int8.tflite",
     {32'083'560, 24'101'966, 24'483'845, 6'433'543, 100'708, 53'128}},
    {"ic",
     "mlcommons-tiny/image_classification/pretrainedResnet_quant.tflite",
     {41'758'615, 29'864'099, 29'938'848, 4'811'513, 54'996, 50'900}},
    {"ad",
     "mlcommons-tiny/anomaly_detection/ad01_int8.tflite",
     {955'954, 582'964, 582'626, 149'966, 3'024, 27'892}},
    {"micro_speech",
     "tflite-micro/micro_speech/micro_speech_quantized.tflite",
     {1'511'404, 1'495'392, 1'487'306, 837'256, 6'836, 43'900}},
    {"person_detect",
     "tflite-micro/person_detect.tflite",
     {30'488'455, 22'928'479, 23'216'549, 6'383'304, 82'308, 43'384}},
};

// The suite's files, by their path below models/.
std::map<std::string_view, std::vector<uint8_t>> read_models(std::span<const SuiteModel> suite,
                                                             const std::string& archive) {
  std::map<std::string_view, std::vector<uint8_t>> files;
  data::for_each_entry(archive, archive_bytes_max, [&](data::ArchiveEntry&& entry) {
    for (const SuiteModel& model : suite) {
      if (!entry.path.ends_with(model.path)) continue;
      files[model.path] = {entry.bytes.begin(), entry.bytes.end()};
    }
  });
  for (const SuiteModel& model : suite) {
    if (!files.contains(model.path)) {
      throw LabError(fmt::format("{} has no {}", archive, model.path));
    }
  }
  return files;
}

}  // namespace

std::span<const SuiteModel> find_suite(std::string_view name) {
  if (name == "mlperf-tiny") return mlperf_tiny;
  throw LabError(fmt::format("there is no suite '{}'; suites: mlperf-tiny", name));
}

std::vector<std::string_view> suite_boards() {
  std::vector<std::string_view> names;
  for (const Board& board : boards()) {
    if (board.counts()) names.push_back(board.name);
  }
  return names;
}

std::vector<std::string_view> ram_boards() {
  return {"mps2-an386", "mps3-an547"};
}

std::optional<int64_t> peer_instructions(const PeerFigures& peer, std::string_view board) {
  if (board == "mps2-an385") return peer.cortex_m3;
  if (board == "mps2-an386") return peer.cortex_m4;
  if (board == "mps2-an500") return peer.cortex_m7;
  if (board == "mps3-an547") return peer.cortex_m55;
  return std::nullopt;
}

std::vector<SuiteRow> run_suite(std::span<const SuiteModel> suite,
                                std::span<const std::string_view> boards,
                                const std::string& archive, const std::function<void()>& done) {
  const auto files = read_models(suite, archive);
  BenchOptions options;
  options.ops = false;
  std::vector<SuiteRow> rows;
  for (const SuiteModel& model : suite) {
    for (const std::string_view name : boards) {
      const Board& board = find_board(name);
      const auto measure = [&](const plan::PlanOptions& planning, const BenchOptions& how) {
        CompileOptions compiling;
        compiling.target = board.target();
        compiling.planning = planning;
        return bench(
            board,
            Model(compile(tflite::import_tflite(files.at(model.path), std::string(model.name)),
                          compiling)),
            how);
      };
      SuiteRow row{model.name, board.name, model.peer, measure({}, options), {}, {}};
      if (std::ranges::count(ram_boards(), board.name) > 0) {
        row.ram = measure({plan::Optimize::ram, true}, options);
      }
      if (board.name == "mps2-an386") {
        BenchOptions small = options;
        small.optimisation = "-Os";
        row.small_code_bytes = measure({}, small).code_bytes;
      }
      rows.push_back(std::move(row));
      done();
    }
  }
  return rows;
}

std::string suite_archive() {
  const char* mirror = std::getenv("MOTE_DATA_MIRROR");
  const std::string archive =
      mirror == nullptr ? "" : (std::filesystem::path(mirror) / "models.tar.xz").string();
  if (archive.empty() || !std::filesystem::exists(archive)) {
    throw LabError(
        "the suite's models are read from models.tar.xz: set MOTE_DATA_MIRROR to the folder that "
        "holds it");
  }
  return archive;
}

}  // namespace mote::lab
