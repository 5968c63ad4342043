#include "ops/dsp/op_trial.hpp"

namespace mote {
namespace {

double mel(double hz) {
  return 2595.0 * std::log10(1.0 + hz / 700.0);
}
double hz(double m) {
  return 700.0 * (std::pow(10.0, m / 2595.0) - 1.0);
}

TEST(Filterbank, MelTrianglesAreHtks) {
  const size_t bins = 129, bands = 20;
  const double rate = 16000, bin = rate / 256;
  const auto noise = random_signal(2 * bins, 5);
  OpUnderTest op(
      "filterbank", {2, 129}, noise,
      {{"rate_hz", rate}, {"bands", int64_t{20}}, {"low_hz", 100.0}, {"high_hz", 7000.0}});
  const OpResult y = op.run();
  ASSERT_EQ(y.shape, (ir::Shape{2, 20}));
  for (size_t frame = 0; frame < 2; ++frame) {
    for (size_t b = 0; b < bands; ++b) {
      const auto point = [&](size_t i) {
        return hz(mel(100) + (mel(7000) - mel(100)) * static_cast<double>(i) / (bands + 1));
      };
      const double left = point(b), peak = point(b + 1), right = point(b + 2);
      double sum = 0;
      for (size_t k = 0; k < bins; ++k) {
        const double f = bin * static_cast<double>(k);
        const double weight = std::min((f - left) / (peak - left), (right - f) / (right - peak));
        sum += std::max(0.0, weight) * noise[frame * bins + k];
      }
      ASSERT_NEAR(y.values[frame * bands + b], sum, 2e-3) << b;  // mel = 1127 ln: 4 digits
    }
  }
}

// Bands narrower than a bin would be empty for ever; they take the nearest bin.
TEST(Filterbank, NoBandIsEmpty) {
  for (const char* spacing : {"mel", "linear"}) {
    const std::vector<float> ones(17, 1.0f);
    OpUnderTest op(
        "filterbank", {1, 17}, ones,
        {{"rate_hz", 16000.0}, {"bands", int64_t{60}}, {"spacing", std::string(spacing)}});
    for (float band : op.run().values) ASSERT_GT(band, 0.0f) << spacing;
  }
}

TEST(Filterbank, LinearBandsAreMeans) {
  std::vector<float> x(65);
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i);
  OpUnderTest op("filterbank", {1, 65}, x,
                 {{"rate_hz", 128.0}, {"bands", int64_t{4}}, {"spacing", std::string("linear")}});
  const OpResult y = op.run();
  const double expected[] = {7.5, 23.5, 39.5, 56.0};
  for (size_t b = 0; b < 4; ++b) ASSERT_NEAR(y.values[b], expected[b], 1e-4);
}

// The tables come from a package that may be damaged: whatever they hold, nothing outside is read
// (the sanitizers watch).
TEST(Filterbank, DamagedTablesStayInside) {
  constexpr uint32_t seed = 6;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  OpUnderTest op("filterbank", {2, 33}, random_signal(66, 1),
                 {{"rate_hz", 8000.0}, {"bands", int64_t{10}}});
  op.expect_short_operands_refused();
  op.expect_wild_params_refused();
  const std::vector<uint8_t> kept = op.operand(1);
  for (int round = 0; round < 3000; ++round) {
    op.operand(1) = kept;
    for (int flips = 0; flips < 3; ++flips) {
      const size_t bit = random() % (kept.size() * 8);
      op.operand(1)[bit / 8] = static_cast<uint8_t>(op.operand(1)[bit / 8] ^ (1u << (bit % 8)));
    }
    op.run();
  }
}

}  // namespace
}  // namespace mote
