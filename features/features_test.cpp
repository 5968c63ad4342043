#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "features/append.hpp"
#include "features/extractor.hpp"

namespace mote::features {
namespace {

std::vector<int16_t> tone(double hz, double rate, size_t length, double amplitude) {
  std::vector<int16_t> x(length);
  for (size_t i = 0; i < length; ++i) {
    const double angle = 2.0 * std::numbers::pi * hz / rate * static_cast<double>(i);
    x[i] = static_cast<int16_t>(std::lround(amplitude * std::sin(angle)));
  }
  return x;
}

TEST(Extractor, RawSamplesAreAnImageOverTime) {
  Extractor extractor({100.0, 0.25, {}}, 4, 3);
  EXPECT_EQ(extractor.output_shape(), (ir::Shape{1, 4, 1, 3}));
  const std::vector<int16_t> window = {0, 4, -8, 12, 16, 20, 1, 2, 3, -32768, 32767, 0};
  const std::vector<float> y = extractor.run(window);
  for (size_t i = 0; i < window.size(); ++i) ASSERT_EQ(y[i], 0.25f * window[i]);
}

TEST(Extractor, MfccHasItsShape) {
  MelBlock mel;
  mel.frame_ms = 40;
  mel.hop_ms = 20;
  mel.coefficients = 10;
  Extractor extractor({16000.0, 1.0, {mel}}, 16000, 1);
  EXPECT_EQ(extractor.output_shape(), (ir::Shape{1, 49, 10, 1}));
  const auto y = extractor.run(tone(440, 16000, 16000, 8000));
  // A steady tone: all frames agree but for where the frame cuts it.
  for (size_t f = 1; f < 49; ++f) ASSERT_NEAR(y[f * 10], y[0], 2.0) << f;
}

TEST(Extractor, SpectralFindsTheTone) {
  SpectralBlock spectral;
  spectral.fft_length = 256;
  spectral.bands = 8;
  spectral.peaks = 2;
  Extractor extractor({1000.0, 0.001, {spectral}}, 1024, 1);
  ASSERT_EQ(extractor.output_shape(), (ir::Shape{1, 8 + 4}));
  const auto y = extractor.run(tone(125, 1000, 1024, 2000));
  EXPECT_NEAR(y[8], 125.0, 0.5);
  EXPECT_NEAR(y[9], std::log(4.0), 0.05);  // amplitude 2000 counts of 0.001
  for (size_t b = 0; b < 8; ++b) {
    if (b == 1 || b == 2) continue;
    ASSERT_LT(y[b], y[2] - 3) << b;  // 125 Hz is the edge of 1 and 2
  }
}

// Impacts at 40 Hz that ring at 2 kHz: the plain spectrum shows the ringing, the envelope's the
// rate of impacts.
TEST(Extractor, EnvelopeSpectrumShowsTheRateOfImpacts) {
  const double rate = 12000;
  std::vector<int16_t> x(4096);
  for (size_t i = 0; i < x.size(); ++i) {
    const double since = std::fmod(static_cast<double>(i) / rate, 1.0 / 40.0);
    x[i] = static_cast<int16_t>(8000 * std::exp(-600 * since) *
                                std::sin(2 * std::numbers::pi * 2000 * since));
  }
  SpectralBlock plain;
  plain.fft_length = 4096;
  plain.bands = 0;
  plain.peaks = 1;
  SpectralBlock envelope = plain;
  envelope.envelope_low_hz = 1500;
  envelope.envelope_high_hz = 2500;
  Extractor extractor({rate, 1.0, {plain, envelope}}, 4096, 1);
  const auto y = extractor.run(x);
  EXPECT_NEAR(y[0], 2000, 45);
  EXPECT_NEAR(y[2], 40, 2);
}

TEST(Extractor, BlocksAreJoinedInOrder) {
  StatisticsBlock means;
  means.statistics = {"mean"};
  StatisticsBlock extrema;
  extrema.statistics = {"maximum", "minimum"};
  Extractor extractor({10.0, 1.0, {means, extrema, RawBlock{}}}, 2, 2);
  EXPECT_EQ(extractor.output_shape(), (ir::Shape{1, 2 + 4 + 4}));
  const std::vector<int16_t> window = {1, 10, 3, 20};
  EXPECT_EQ(extractor.run(window), (std::vector<float>{2, 15, 1, 3, 10, 20, 1, 10, 3, 20}));
}

TEST(Extractor, EveryStatisticHasAName) {
  StatisticsBlock all;
  all.statistics = statistic_names();
  Extractor extractor({10.0, 1.0, {all}}, 20, 1);
  EXPECT_EQ(extractor.output_size(), statistic_names().size());
}

TEST(Extractor, StandardisedFeaturesHaveMeanZero) {
  ir::Graph graph = feature_graph({8000.0, 1.0, {MelBlock{}}}, 4000, 1);
  const ir::TensorId x = graph.outputs[0];
  ASSERT_EQ(standardized_columns(graph.tensor(x)), 40);
  Extractor plain(graph);
  std::mt19937 random(4);
  std::vector<int16_t> noise(4000);
  for (int16_t& v : noise) v = static_cast<int16_t>(random());
  const auto y = plain.run(noise);
  const size_t frames = y.size() / 40;
  std::vector<float> mean(40, 0.0f), deviation(40, 2.0f);
  for (size_t i = 0; i < y.size(); ++i) mean[i % 40] += y[i] / static_cast<float>(frames);
  deviation[7] = 0.0f;
  graph.outputs = {append_standardize(graph, x, mean, deviation)};
  const auto z = Extractor(graph).run(noise);
  for (size_t i = 0; i < y.size(); ++i) {
    const float expected = (y[i] - mean[i % 40]) / (i % 40 == 7 ? 1.0f : 2.0f);
    ASSERT_NEAR(z[i], expected, 1e-6) << i;
  }
}

TEST(AppendFeatures, RefusesImpossibleRecipes) {
  const auto refused = [](const FeatureRecipe& recipe, int32_t length) {
    EXPECT_THROW(feature_graph(recipe, length, 1), ir::GraphError);
  };
  MelBlock mel;
  refused({0.0, 1.0, {mel}}, 1000);    // no rate
  refused({8000.0, 1.0, {mel}}, 100);  // a frame is longer than the window
  mel.high_hz = 5000;
  refused({8000.0, 1.0, {mel}}, 1000);  // above half the rate
  mel.high_hz = 0;
  mel.coefficients = 41;
  refused({8000.0, 1.0, {mel}}, 1000);  // more coefficients than bands
  SpectralBlock spectral;
  spectral.fft_length = 512;
  refused({100.0, 1.0, {spectral}}, 100);  // the window has no 512 samples
  spectral.fft_length = 100;
  refused({100.0, 1.0, {spectral}}, 100);  // not a power of two
  spectral.fft_length = 64;
  spectral.bands = spectral.peaks = 0;
  refused({100.0, 1.0, {spectral}}, 100);  // nothing to compute
  StatisticsBlock statistics;
  statistics.statistics = {"median"};
  refused({100.0, 1.0, {statistics}}, 100);
  refused({100.0, 1.0, {}}, 0);
}

}  // namespace
}  // namespace mote::features
