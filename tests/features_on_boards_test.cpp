// Features are the same to the last bit on this host (x86-64), on a Cortex-M4 with FPU and on a
// Cortex-M3 without: over 1,200 windows go through the complete chains on all three, a part of them
// on RV32IMC and Cortex-M0+, and every output byte is compared. Recordings of speech and motion
// come from the data mirror where there is one, else from seeded generators.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <numbers>
#include <set>
#include <string>

#include "compiler/compile.hpp"
#include "data/archive.hpp"
#include "data/generate/motor_vibration.hpp"
#include "data/generate/random.hpp"
#include "data/import/importer.hpp"
#include "data/window.hpp"
#include "features/append.hpp"
#include "lab/batch.hpp"

namespace mote {
namespace {

constexpr size_t windows_each = 600;

struct Material {
  std::string source;
  int32_t length = 0, axes = 0;
  std::vector<int16_t> counts;  // [windows, length, axes]

  size_t windows() const { return counts.size() / window_size(); }
  size_t window_size() const { return static_cast<size_t>(length) * static_cast<size_t>(axes); }

  // Takes windows of a recording until there are enough.
  void take(const data::Recording& recording, const data::SensorSpec& sensor) {
    const data::WindowSpec spec{length, length, 0.75, data::WindowSpec::Short::zero_pad_end};
    const auto cut = data::cut_windows(data::as_sensor(recording, sensor), spec);
    const size_t room = (windows_each - std::min(windows_each, windows())) * window_size();
    counts.insert(
        counts.end(), cut.counts.begin(),
        cut.counts.begin() + static_cast<std::ptrdiff_t>(std::min(room, cut.counts.size())));
  }

  // Inputs at the edges of the number range.
  void take_extremes() {
    data::Random random("extreme windows");
    for (int kind = 0; kind < 8; ++kind) {
      for (size_t i = 0; i < window_size(); ++i) {
        const bool odd = i / static_cast<size_t>(axes) % 2 != 0;
        const int values[] = {0,
                              32767,
                              -32768,
                              odd ? 32767 : -32768,
                              i == window_size() / 2 ? 32767 : 0,
                              static_cast<int>(random.integer(-32768, 32767)),
                              static_cast<int>(random.integer(-1, 1)),
                              static_cast<int>(i % 3) - 20000};
        counts.push_back(static_cast<int16_t>(values[kind]));
      }
    }
  }
};

// Every `step`-th recording of a set in the mirror; false when it is not there.
bool take_from_mirror(Material& material, const std::string& name, size_t step,
                      const data::SensorSpec& sensor) {
  const char* mirror = std::getenv("MOTE_DATA_MIRROR");
  if (mirror == nullptr) return false;
  const auto archive = std::filesystem::path(mirror) / (name + ".tar.xz");
  if (!std::filesystem::exists(archive)) return false;
  size_t seen = 0;
  data::for_each_entry(archive, int64_t{1} << 32, [&](data::ArchiveEntry&& entry) {
    const data::Importer* importer = data::importer_for(entry.path);
    const bool samples = importer != nullptr && !entry.path.ends_with("index.csv");
    if (!samples || seen++ % step != 0 || material.windows() >= windows_each) return;
    const data::Bytes bytes{reinterpret_cast<const uint8_t*>(entry.bytes.data()),
                            entry.bytes.size()};
    for (const auto& recording : data::read_recordings(*importer, entry.path, bytes, {})) {
      material.take(recording, sensor);
    }
  });
  material.source = name;
  return material.windows() >= windows_each;
}

// Vowel-like sounds: harmonics of a gliding pitch with formants, breath, onset and decay.
data::Recording speech_like(uint64_t take) {
  data::Random random("speech " + std::to_string(take));
  const double pitch = random.uniform(90, 250), glide = random.uniform(-0.3, 0.3);
  const double formants[] = {random.uniform(300, 900), random.uniform(900, 2300), 2700};
  data::Recording recording;
  recording.info.name = "speech";
  recording.info.axes = {"audio"};
  recording.info.units = "fs";
  recording.info.rate_hz = 8000;
  std::vector<int16_t> counts(2000);
  double phase = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    const double t = static_cast<double>(i) / 2000.0;
    const double f = pitch * (1 + glide * t);
    phase += 2 * std::numbers::pi * f / 8000;
    double sample = 0;
    for (int h = 1; h * f < 3900; ++h) {
      double gain = 0;
      for (double formant : formants) gain += 1 / (1 + std::pow((h * f - formant) / 120, 2));
      sample += gain / h * std::sin(h * phase);
    }
    const double envelope = std::sin(std::numbers::pi * t);
    counts[i] = static_cast<int16_t>(9000 * envelope * (sample + 0.02 * random.normal()));
  }
  recording.info.frames = static_cast<int64_t>(counts.size());
  recording.values = std::move(counts);
  return recording;
}

Material speech() {
  Material material{"generated speech", 2000, 1, {}};
  if (!take_from_mirror(material, "fsdd", 2, {{}, 8000, 0})) {
    material.source = "generated speech";
    material.counts.clear();
    for (uint64_t i = 0; i < windows_each; ++i) material.take(speech_like(i), {});
  }
  material.take_extremes();
  return material;
}

Material motion() {
  Material material{"", 128, 3, {}};
  if (!take_from_mirror(material, "ei-motionsense-esp", 5, {{}, 0, 0.001})) {
    material.source = "generated vibration";
    material.counts.clear();
    data::MotorVibrationSpec spec;
    spec.duration_s = 1.0;
    spec.machines = 4;
    spec.recordings_each = 2;
    for (const auto& recording : data::generate_motor_vibration(spec, [](size_t, size_t) {})) {
      material.take(recording, {});
    }
  }
  material.take_extremes();
  return material;
}

std::vector<uint8_t> package_of(const ir::Graph& graph, const lab::Board& board) {
  return compile(graph, {board.target(), {}, "{}", 1}).package;
}

// Every `step`-th of `count` indices.
std::vector<size_t> every(size_t step, size_t count) {
  std::vector<size_t> chosen;
  for (size_t i = 0; i < count; i += step) chosen.push_back(i);
  return chosen;
}

std::vector<uint8_t> windows_of(const Material& material, const std::vector<size_t>& chosen) {
  const size_t bytes = material.counts.size() * 2 / material.windows();
  const auto* all = reinterpret_cast<const uint8_t*>(material.counts.data());
  std::vector<uint8_t> windows;
  for (const size_t w : chosen)
    windows.insert(windows.end(), all + w * bytes, all + (w + 1) * bytes);
  return windows;
}

// Runs all windows on all machines, compares bytes, and returns the host's outputs.
std::vector<float> compare(const char* chain, const Material& material,
                           const features::FeatureRecipe& recipe) {
  const ir::Graph graph = features::feature_graph(recipe, material.length, material.axes);
  const std::span<const uint8_t> windows{reinterpret_cast<const uint8_t*>(material.counts.data()),
                                         material.counts.size() * 2};
  const lab::Board& host = lab::find_board("host");
  const lab::Batch expected = lab::run_batch(host, package_of(graph, host), windows);
  EXPECT_EQ(expected.outputs.size(), material.windows() * expected.output_bytes);
  for (const char* name : {"mps2-an386", "mps2-an385", "riscv-virt", "mps2-m0plus"}) {
    const lab::Board& board = lab::find_board(name);
    // Floats in software take their time: of two cores without FPU a part of the windows will do.
    const bool all = name == std::string("mps2-an386") || name == std::string("mps2-an385");
    const std::vector<size_t> chosen = every(all ? 1 : 16, material.windows());
    const lab::Batch got = lab::run_batch(board, package_of(graph, board),
                                          windows_of(material, chosen), {.processes = 2});
    EXPECT_EQ(got.outputs.size(), chosen.size() * expected.output_bytes);
    size_t different = 0;
    for (size_t i = 0; i < chosen.size(); ++i) {
      const size_t w = chosen[i], at = w * expected.output_bytes;
      const bool same = std::memcmp(got.outputs.data() + i * expected.output_bytes,
                                    expected.outputs.data() + at, expected.output_bytes) == 0;
      if (!same && ++different == 1) ADD_FAILURE() << chain << " on " << name << ": window " << w;
    }
    EXPECT_EQ(different, 0u) << chain << " on " << name;
    uint64_t total = 0;
    for (uint64_t count : got.instructions) total += count;
    std::cout << chain << ", " << chosen.size() << " windows (" << material.source << "), " << name
              << ": " << total / chosen.size() << " instructions a window\n";
    // Exact and repeatable, so a ratchet: what makes the mel chain slower has to say so here.
    if (chain == std::string("mfcc") && all) {
      EXPECT_LE(total / chosen.size(), name == std::string("mps2-an386") ? 340'000u : 4'400'000u);
    }
  }
  std::vector<float> values(expected.outputs.size() / 4);
  std::memcpy(values.data(), expected.outputs.data(), expected.outputs.size());
  return values;
}

// Equal bytes prove nothing if the features are all alike or not numbers.
void expect_telling(const std::vector<float>& values, size_t windows) {
  const size_t each = values.size() / windows;
  std::set<std::vector<float>> distinct;
  for (size_t w = 0; w < windows; ++w) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(w * each);
    distinct.emplace(first, first + static_cast<std::ptrdiff_t>(each));
  }
  EXPECT_GT(distinct.size(), windows * 9 / 10);
  for (float v : values) ASSERT_TRUE(std::isfinite(v));
}

features::MelBlock mel(int32_t coefficients) {
  features::MelBlock block;
  block.frame_ms = 30;
  block.bands = 32;
  block.coefficients = coefficients;
  block.pre_emphasis = 0.97;
  return block;
}

TEST(FeaturesOnBoards, SpeechChainsAreBitIdentical) {
  const Material material = speech();
  ASSERT_GE(material.windows(), windows_each);
  features::MelBlock mfe = mel(0);
  mfe.hop_ms = 30;
  mfe.window = "hamming";
  expect_telling(compare("mfcc", material, {8000.0, 1.0, {mel(13)}}), material.windows());
  expect_telling(compare("mfe", material, {8000.0, 1.0, {mfe}}), material.windows());
}

TEST(FeaturesOnBoards, MotionChainsAreBitIdentical) {
  const Material material = motion();
  ASSERT_GE(material.windows(), windows_each);
  features::SpectralBlock spectral;
  spectral.fft_length = 64;
  features::SpectralBlock envelope = spectral;
  envelope.envelope_low_hz = 20;
  envelope.envelope_high_hz = 30;
  const double rate = 62.5;
  expect_telling(compare("statistics", material, {rate, 0.001, {features::StatisticsBlock{}}}),
                 material.windows());
  expect_telling(compare("spectral", material, {rate, 0.001, {spectral, envelope}}),
                 material.windows());
}

}  // namespace
}  // namespace mote
