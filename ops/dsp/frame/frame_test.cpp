#include "ops/dsp/op_trial.hpp"

namespace mote {
namespace {

// The definition in frame.hpp, in double precision.
double expected(const std::vector<int16_t>& x, size_t axes, size_t axis, size_t start, size_t i,
                size_t length, double pre_emphasis, bool remove_mean) {
  const auto emphasised = [&](size_t n) {
    const double before = x[(n == 0 ? 0 : n - 1) * axes + axis];
    return x[n * axes + axis] - pre_emphasis * before;
  };
  double mean = 0;
  for (size_t k = 0; k < length; ++k) mean += emphasised(start + k) / static_cast<double>(length);
  const double turn = static_cast<double>(i) / static_cast<double>(length);
  const double window = 0.54 - 0.46 * std::cos(2 * std::numbers::pi * turn);
  return window * (emphasised(start + i) - (remove_mean ? mean : 0.0));
}

TEST(Frame, CutsWindowsAndPads) {
  for (size_t axes = 1; axes <= 3; ++axes) {
    const auto x = random_counts(50 * axes, 2);
    for (size_t length : {1, 7, 12, 50}) {
      for (size_t hop : {1, 5, 12}) {
        for (bool remove_mean : {false, true}) {
          const size_t axis = axes - 1;
          OpUnderTest op("frame", {50, static_cast<int32_t>(axes)}, x,
                         {{"frame_length", static_cast<int64_t>(length)},
                          {"hop", static_cast<int64_t>(hop)},
                          {"fft_length", int64_t{64}},
                          {"axis", static_cast<int64_t>(axis)},
                          {"window", std::string("hamming")},
                          {"pre_emphasis", 0.97},
                          {"remove_mean", int64_t{remove_mean}}});
          const OpResult y = op.run();
          const size_t frames = 1 + (50 - length) / hop;
          ASSERT_EQ(y.shape, (ir::Shape{static_cast<int32_t>(frames), 64}));
          for (size_t f = 0; f < frames; ++f) {
            for (size_t i = 0; i < 64; ++i) {
              const double value =
                  i < length ? expected(x, axes, axis, f * hop, i, length, 0.97, remove_mean) : 0.0;
              ASSERT_NEAR(y.values[f * 64 + i], value, 0.05) << f << ' ' << i;
            }
          }
        }
      }
    }
  }
}

TEST(Frame, CountsAndUnitsGiveTheSame) {
  const auto counts = random_counts(100, 3);
  const std::vector<float> units(counts.begin(), counts.end());
  const ir::Attributes attributes = {
      {"frame_length", int64_t{30}}, {"hop", int64_t{9}}, {"fft_length", int64_t{32}}};
  OpUnderTest from_counts("frame", {100, 1}, counts, attributes);
  OpUnderTest from_units("frame", {100, 1}, units, attributes);
  EXPECT_EQ(from_counts.run().values, from_units.run().values);
  for (OpUnderTest* op : {&from_counts, &from_units}) {
    op->expect_short_operands_refused();
    op->expect_wild_params_refused();
  }
}

}  // namespace
}  // namespace mote
