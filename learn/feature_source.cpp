// Features of windows, with a cache on disk.

#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "data/dataset.hpp"
#include "data/sha256.hpp"
#include "features/append.hpp"
#include "learn/augment.hpp"
#include "learn/prepare.hpp"

namespace mote::learn {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t stream_step = 0xd1342543de82ef95;  // odd: seeds' streams lie far apart

void add_attribute(data::Sha256& hash, const ir::Attribute& attribute) {
  const auto add_values = [&](const auto& values) {
    hash.add_field(
        {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(*values.data())});
  };
  if (const auto* whole = std::get_if<int64_t>(&attribute)) hash.add(whole, sizeof(*whole));
  if (const auto* real = std::get_if<double>(&attribute)) hash.add(real, sizeof(*real));
  if (const auto* text = std::get_if<std::string>(&attribute)) hash.add_field(*text);
  if (const auto* list = std::get_if<std::vector<int64_t>>(&attribute)) add_values(*list);
  if (const auto* list = std::get_if<std::vector<double>>(&attribute)) add_values(*list);
}

void add_graph(data::Sha256& hash, const ir::Graph& graph) {
  for (const ir::Tensor& tensor : graph.tensors) {
    hash.add_field({reinterpret_cast<const char*>(tensor.data.data()), tensor.data.size()});
    for (int32_t extent : tensor.shape) hash.add(&extent, sizeof(extent));
  }
  for (const ir::Node& node : graph.nodes) {
    hash.add_field(node.op);
    for (ir::TensorId id : node.inputs) hash.add(&id, sizeof(id));
    for (const auto& [name, value] : node.attributes) {
      hash.add_field(name);
      add_attribute(hash, value);
    }
  }
}

// A program that was built anew may have other kernels.
void add_program(data::Sha256& hash) {
  struct stat self {};
  if (stat("/proc/self/exe", &self) != 0) return;
  hash.add(&self.st_size, sizeof(self.st_size));
  hash.add(&self.st_mtim, sizeof(self.st_mtim));
}

std::vector<float> read_cache(const fs::path& path, size_t expected) {
  std::error_code missing;
  if (fs::file_size(path, missing) != expected * sizeof(float) || missing) return {};
  std::ifstream stream(path, std::ios::binary);
  std::vector<float> values(expected);
  stream.read(reinterpret_cast<char*>(values.data()),
              static_cast<std::streamsize>(expected * sizeof(float)));
  return stream ? values : std::vector<float>{};
}

}  // namespace

FeatureSource::FeatureSource(const project::Project& project, const DataWindows& data,
                             std::string cache)
    : project_(project), data_(data), cache_(std::move(cache)) {
  graph_ = features::feature_graph(project.recipe(), data.length, data.axes);
  shape_ = graph_.tensor(graph_.outputs.at(0)).shape;
}

std::vector<float> FeatureSource::compute(const std::vector<int16_t>& counts,
                                          const ProgressFunction& progress) const {
  features::Extractor extractor(graph_);
  const size_t in = extractor.input_size(), out = extractor.output_size();
  const size_t windows = counts.size() / in;
  fs::path file;
  if (!cache_.empty()) {
    data::Sha256 hash;
    add_program(hash);
    add_graph(hash, graph_);
    hash.add(counts.data(), counts.size() * sizeof(int16_t));
    file = fs::path(cache_) / (hash.hex() + ".f32");
    auto known = read_cache(file, windows * out);
    if (!known.empty()) return known;
  }
  std::vector<float> values(windows * out);
  for (size_t w = 0; w < windows; ++w) {
    extractor.run(std::span(counts).subspan(w * in, in), std::span(values).subspan(w * out, out));
    if (progress) progress("features", w + 1, windows);
  }
  if (!cache_.empty()) {
    fs::create_directories(cache_);
    data::write_file(file.string(),
                     {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)});
  }
  return values;
}

Samples FeatureSource::of(const WindowSet& windows, const ProgressFunction& progress) const {
  Samples samples;
  samples.x = compute(windows.counts, progress);
  samples.labels = windows.labels;
  samples.elements = 1;
  for (int32_t extent : shape_) samples.elements *= extent;
  return samples;
}

void FeatureSource::vary(const WindowSet& windows, uint64_t seed, int64_t round,
                         std::span<float> x) const {
  const project::AugmentSection& section = project_.train.augment;
  const auto size = static_cast<size_t>(data_.length * data_.axes);
  const std::span<const int16_t> counts = windows.counts;
  WindowAugmenter::Options options{section, project_.sensor.rate_hz, data_.axes, {}};
  for (size_t w = 0; w < windows.labels.size(); ++w) {
    const std::string& label = data_.labels[static_cast<size_t>(windows.labels[w])];
    if (label == section.background_label) {
      options.backgrounds.push_back(counts.subspan(w * size, size));
    }
  }
  if (section.background > 0 && options.backgrounds.empty()) {
    project_.fail("train.augment.background_label",
                  "no training window is '" + section.background_label + "'");
  }
  const WindowAugmenter augment(std::move(options));
  const size_t threads = std::max(1u, std::thread::hardware_concurrency());
  while (extractors_.size() < threads) extractors_.emplace_back(graph_);
  const size_t elements = extractors_.front().output_size();
  const auto work = [&](size_t thread) {
    std::vector<int16_t> varied(size);
    for (size_t w = thread; w < windows.labels.size(); w += threads) {
      // A generator for each window: neither order nor number of threads may matter.
      Random random(seed * stream_step + (static_cast<uint64_t>(round) << 32 | w));
      augment(counts.subspan(w * size, size), random, varied);
      extractors_[thread].run(varied, x.subspan(w * elements, elements));
    }
  };
  std::vector<std::future<void>> helpers;
  for (size_t thread = 1; thread < threads; ++thread) {
    helpers.push_back(std::async(std::launch::async, work, thread));
  }
  work(0);
  for (auto& helper : helpers) helper.get();
}

}  // namespace mote::learn
