// Packages to start fuzzing from, so that every kernel's checks are reached: the kept .tflite
// inputs and one of each kind of signal features, compiled for every instruction set of the host.
//
//   package_seeds OUT_FOLDER TFLITE_FOLDER
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "compiler/compile.hpp"
#include "compiler/import/tflite.hpp"
#include "compiler/interpret.hpp"
#include "features/append.hpp"

namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const mote::ir::Graph& graph) {
  mote::CompileOptions options;
  options.target = mote::host_target();
  const std::vector<uint8_t> package = mote::compile(graph, options).package;
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(package.data()),
             static_cast<std::streamsize>(package.size()));
}

// Windows are short: a mutation of a small file reaches its structure more often.
std::vector<mote::features::FeatureRecipe> recipes() {
  using namespace mote::features;
  MelBlock mfe{.frame_ms = 160, .hop_ms = 80, .bands = 4, .low_hz = 1};
  MelBlock mfcc = mfe;
  mfcc.coefficients = 3;
  mfcc.pre_emphasis = 0.5;
  const SpectralBlock spectral{.fft_length = 16, .bands = 3, .peaks = 2};
  SpectralBlock envelope = spectral;
  envelope.envelope_low_hz = 10;
  envelope.envelope_high_hz = 30;
  const double rate_hz = 100, scale = 0.01;
  return {{rate_hz, scale, {RawBlock{.remove_mean = true}}},
          {rate_hz, scale, {mfe}},
          {rate_hz, scale, {mfcc}},
          {rate_hz, scale, {StatisticsBlock{}, spectral}},
          {rate_hz, scale, {envelope}}};
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fputs("usage: package_seeds OUT_FOLDER TFLITE_FOLDER\n", stderr);
    return 2;
  }
  const fs::path out = argv[1];
  fs::create_directories(out);
  int count = 0;
  for (const auto& entry : fs::directory_iterator(argv[2])) {
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::vector<uint8_t> file{std::istreambuf_iterator<char>(stream), {}};
    const std::string name = entry.path().stem().string();
    try {
      write(out / (name + ".mote"), mote::tflite::import_tflite(file, name));
      ++count;
    } catch (const mote::ir::GraphError&) {
      // A kept input that the importer refuses is of no use here.
    }
  }
  for (const auto& recipe : recipes()) {
    write(out / ("features" + std::to_string(count++) + ".mote"),
          mote::features::feature_graph(recipe, 48, 2));
  }
  std::printf("%d packages written to %s\n", count, out.c_str());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "package_seeds: %s\n", error.what());
  return 1;
}
