#include "ops/dsp/op_trial.hpp"

namespace mote {
namespace {

const ir::Attributes small_mfcc = {
    {"rate_hz", 8000.0},           {"frame_length", int64_t{200}}, {"hop", int64_t{80}},
    {"fft_length", int64_t{256}},  {"bands", int64_t{20}},         {"low_hz", 50.0},
    {"coefficients", int64_t{10}}, {"pre_emphasis", 0.97},         {"floor_db", -90.0}};

// The fused op is the chain of separate ops, bit for bit.
std::vector<float> chain(const std::vector<int16_t>& x, int32_t axes, int64_t axis, bool dct) {
  const int32_t length = static_cast<int32_t>(x.size()) / axes;
  const double gain = 2.0 / 100.0 / 32768.0;
  OpResult r = OpUnderTest("frame", {length, axes}, x,
                           {{"frame_length", int64_t{200}},
                            {"hop", int64_t{80}},
                            {"fft_length", int64_t{256}},
                            {"axis", axis},
                            {"gain", gain},
                            {"pre_emphasis", 0.97}})
                   .run();
  r = OpUnderTest("rfft", r.shape, r.values, {}).run();
  r = OpUnderTest("power_spectrum", r.shape, r.values, {}).run();
  r = OpUnderTest("filterbank", r.shape, r.values,
                  {{"rate_hz", 8000.0}, {"bands", int64_t{20}}, {"low_hz", 50.0}})
          .run();
  // exp(-90 dB) as the fused op computes it.
  r = OpUnderTest("log", r.shape, r.values, {{"floor", 1e-9}}).run();
  if (dct) r = OpUnderTest("dct", r.shape, r.values, {{"coefficients", int64_t{10}}}).run();
  return r.values;
}

TEST(MelFeatures, EqualsTheChainOfOps) {
  for (int32_t axes = 1; axes <= 2; ++axes) {
    for (bool dct : {false, true}) {
      const auto x = random_counts(static_cast<size_t>(1000 * axes), 8);
      ir::Attributes attributes = small_mfcc;
      attributes["coefficients"] = int64_t{dct ? 10 : 0};
      OpUnderTest op("mel_features", {1000, axes}, x, attributes);
      const OpResult y = op.run();
      const int32_t values = dct ? 10 : 20;
      ASSERT_EQ(y.shape, (ir::Shape{1, 11, values, axes}));
      for (int32_t axis = 0; axis < axes; ++axis) {
        const auto expected = chain(x, axes, axis, dct);
        for (size_t i = 0; i < expected.size(); ++i) {
          const size_t at = i * static_cast<size_t>(axes) + static_cast<size_t>(axis);
          ASSERT_EQ(y.values[at], expected[i]) << i;
        }
      }
    }
  }
}

// A full-scale sine is 0 dB in the band that holds it, whatever the frame.
TEST(MelFeatures, FullScaleSineIsZeroDb) {
  std::vector<int16_t> x(2000);
  for (size_t i = 0; i < x.size(); ++i) {
    const double angle = 2.0 * std::numbers::pi * 1000.0 / 8000.0 * static_cast<double>(i);
    x[i] = static_cast<int16_t>(std::lround(32767.0 * std::sin(angle)));
  }
  ir::Attributes attributes = small_mfcc;
  attributes["coefficients"] = int64_t{0};
  attributes["pre_emphasis"] = 0.0;
  attributes["frame_length"] = int64_t{256};
  const OpResult y = OpUnderTest("mel_features", {2000, 1}, x, attributes).run();
  EXPECT_NEAR(*std::max_element(y.values.begin(), y.values.end()), 0.0, 0.3);
}

TEST(MelFeatures, SilenceIsTheFloor) {
  ir::Attributes attributes = small_mfcc;
  attributes["coefficients"] = int64_t{0};
  const std::vector<int16_t> silence(500, 0);
  for (float v : OpUnderTest("mel_features", {500, 1}, silence, attributes).run().values) {
    ASSERT_NEAR(v, -9.0 * std::log(10.0), 1e-4);
  }
}

TEST(MelFeatures, RefusesWhatDoesNotFit) {
  OpUnderTest mfcc("mel_features", {600, 1}, random_counts(600, 1), small_mfcc);
  mfcc.expect_short_operands_refused();
  mfcc.expect_wild_params_refused();
  ir::Attributes attributes = small_mfcc;
  attributes["coefficients"] = int64_t{0};
  OpUnderTest mfe("mel_features", {600, 1}, random_counts(600, 1), attributes);
  mfe.expect_short_operands_refused(5);  // no DCT, no table
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, ir::Attribute>>{{"frame_length", int64_t{601}},
                                                          {"fft_length", int64_t{300}},
                                                          {"coefficients", int64_t{21}},
                                                          {"high_hz", 4001.0},
                                                          {"floor_db", 1.0},
                                                          {"window", std::string("kaiser")}}) {
    attributes = small_mfcc;
    attributes[name] = value;
    EXPECT_THROW(OpUnderTest("mel_features", {600, 1}, random_counts(600, 1), attributes),
                 ir::GraphError)
        << name;
  }
}

}  // namespace
}  // namespace mote
