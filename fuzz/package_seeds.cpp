// Packages to start fuzzing from, so that every kernel's checks are reached: the kept .tflite
// inputs and one of each kind of signal features, compiled for every instruction set of the host;
// the former, and a network that is made for it, also planned for RAM, with loops and an input in
// pieces; and one with weights from a palette.
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
#include "ops/kernel_trial.hpp"

namespace {

namespace fs = std::filesystem;

using mote::plan::Optimize;

void write(const fs::path& path, const mote::ir::Graph& graph,
           Optimize optimize = Optimize::latency) {
  mote::CompileOptions options;
  options.target = mote::host_target();
  options.planning = {optimize, true};
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

// Rows of all kinds: windows, shortcuts, sums.
mote::ir::Graph rows_network() {
  mote::TrialRandom random(5);
  mote::ir::Graph graph;
  graph.name = "rows";
  const mote::ir::Quantization q{{0.1f}, {-5}, -1};
  const auto add = [&](const char* op, const std::vector<mote::ir::TensorId>& inputs,
                       const mote::ir::Attributes& attributes) {
    const mote::ir::TensorId y = graph.add_node(op, inputs, attributes)[0];
    graph.tensor(y).quantization = q;
    return y;
  };
  const auto windows = [](int64_t filter, const char* padding) {
    return mote::ir::Attributes{{"stride_h", int64_t{1}},
                                {"stride_w", int64_t{1}},
                                {"filter_h", filter},
                                {"filter_w", int64_t{4}},
                                {"padding", std::string(padding)},
                                {"activation", std::string("none")}};
  };
  const mote::ir::TensorId x =
      graph.add_tensor({"x", mote::ir::DType::i8, {1, 16, 4, 4}, q, false, {}, false});
  graph.inputs = {x};
  const auto w = mote::add_trial_weights(graph, random, {4, 3, 3, 4}, 0);
  const auto d = mote::add_trial_weights(graph, random, {1, 3, 3, 4}, 3);
  const auto a = add("conv2d", {x, w[0], w[1]}, windows(1, "same"));
  const auto b = add("depthwise_conv2d", {a, d[0], d[1]}, windows(1, "same"));
  const auto sum = add("add", {a, b}, {{"activation", std::string("none")}});
  graph.outputs = {add("average_pool", {sum}, windows(16, "valid"))};
  return graph;
}

// Weights of two values, so that planning for flash makes palettes of them.
mote::ir::Graph palette_network() {
  mote::TrialRandom random(6);
  mote::ir::Graph graph;
  graph.name = "palette";
  const mote::ir::Quantization q{{0.1f}, {-5}, -1};
  const mote::ir::TensorId x =
      graph.add_tensor({"x", mote::ir::DType::i8, {1, 3, 3, 12}, q, false, {}, false});
  graph.inputs = {x};
  const auto w = mote::add_trial_weights(graph, random, {17, 3, 3, 12}, 0);
  mote::limit_trial_weights(random, graph.tensor(w[0]), 2);
  graph.outputs = graph.add_node("conv2d", {x, w[0], w[1]},
                                 {{"stride_h", int64_t{1}},
                                  {"stride_w", int64_t{1}},
                                  {"padding", std::string("same")},
                                  {"activation", std::string("none")}});
  graph.tensor(graph.outputs[0]).quantization = q;
  return graph;
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
      const mote::ir::Graph graph = mote::tflite::import_tflite(file, name, mote::evaluate_on_host);
      write(out / (name + ".mote"), graph);
      write(out / (name + "-ram.mote"), graph, Optimize::ram);
      count += 2;
    } catch (const mote::ir::GraphError&) {
      // A kept input that the importer refuses is of no use here.
    }
  }
  for (const auto& recipe : recipes()) {
    write(out / ("features" + std::to_string(count++) + ".mote"),
          mote::features::feature_graph(recipe, 48, 2));
  }
  write(out / "rows.mote", rows_network(), Optimize::ram);
  write(out / "palette.mote", palette_network(), Optimize::flash);
  count += 2;
  std::printf("%d packages written to %s\n", count, out.c_str());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "package_seeds: %s\n", error.what());
  return 1;
}
