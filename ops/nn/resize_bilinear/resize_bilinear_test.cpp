#include <gtest/gtest.h>

#include <cmath>

#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

using namespace ir;

template <class T>
std::vector<T> resized(DType dtype, const Shape& shape, const std::vector<T>& x, int32_t height,
                       int32_t width, const Attributes& attributes) {
  const Quantization q = dtype == DType::f32 ? Quantization{} : Quantization{{0.1f}, {-5}, -1};
  OpTrial trial;
  trial.input(dtype, shape, x, q);
  trial.constant({height, width});
  return values_of<T>(trial.run("resize_bilinear", attributes, {q})[0]);
}

TEST(ResizeBilinear, ValuesByHand) {
  // A third of the way and two thirds, in 1/1024: positions 0, 683, 1366 (beyond the last pixel).
  EXPECT_EQ(resized<int8_t>(DType::i8, {1, 2, 2, 1}, {3, 6, 9, 12}, 3, 3, {}),
            (std::vector<int8_t>{3, 5, 6, 7, 9, 10, 9, 11, 12}));
  EXPECT_EQ(resized<int8_t>(DType::i8, {1, 1, 2, 1}, {-3, -6}, 1, 3, {}),
            (std::vector<int8_t>{-3, -5, -6}));
  // Half-pixel centres of 2 from 4: the middle between two; -1/2 rounds away from zero.
  EXPECT_EQ(resized<int8_t>(DType::i8, {1, 1, 4, 1}, {0, -1, 10, 13}, 1, 2,
                            {{"half_pixel_centers", int64_t{1}}}),
            (std::vector<int8_t>{-1, 12}));
  // Ends meet ends.
  EXPECT_EQ(resized<int16_t>(DType::i16, {1, 1, 3, 1}, {-30000, 0, 30000}, 1, 5,
                             {{"align_corners", int64_t{1}}}),
            (std::vector<int16_t>{-30000, -15000, 0, 15000, 30000}));
}

// The same formula in double, with positions that TensorFlow Lite counts in 1/1024.
TEST(ResizeBilinear, AgreesWithTheFormula) {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    TrialRandom random(seed);
    const Shape shape{random.between(1, 2), random.between(1, 6), random.between(1, 6),
                      random.between(1, 3)};
    const int32_t height = random.between(1, 9), width = random.between(1, 9);
    const int32_t options = random.between(0, 2);
    const Attributes attributes{{"align_corners", int64_t{options == 1}},
                                {"half_pixel_centers", int64_t{options == 2}}};
    std::vector<int8_t> x =
        random.bytes(static_cast<int64_t>(counting<int8_t>(shape).size()), -128, 127);
    const std::vector<float> real(x.begin(), x.end());
    const auto y = resized(DType::i8, shape, x, height, width, attributes);
    const auto smooth = resized(DType::f32, shape, real, height, width, attributes);
    const auto position = [&](int32_t k, int32_t in, int32_t out) {
      const bool align = options == 1 && out > 1;
      const double scale = align ? (in - 1.0) / (out - 1.0) : 1.0 * in / out;
      return options == 2 ? (k + 0.5) * scale - 0.5 : k * scale;
    };
    const auto at = [&](const Index& i, double r, double c) {
      const Index nearest{i[0], std::clamp(static_cast<int32_t>(r), 0, shape[1] - 1),
                          std::clamp(static_cast<int32_t>(c), 0, shape[2] - 1), i[3]};
      return static_cast<double>(x[offset_of(shape, nearest)]);
    };
    const Shape out{shape[0], height, width, shape[3]};
    for_each_index(out, [&](const Index& i) {
      const double r = position(i[1], shape[1], height), c = position(i[2], shape[2], width);
      const double top = std::floor(r), left = std::floor(c), dr = r - top, dc = c - left;
      const double exact = (1 - dr) * ((1 - dc) * at(i, top, left) + dc * at(i, top, left + 1)) +
                           dr * ((1 - dc) * at(i, top + 1, left) + dc * at(i, top + 1, left + 1));
      ASSERT_NEAR(static_cast<double>(smooth[offset_of(out, i)]), exact, 1e-3);
      ASSERT_NEAR(y[offset_of(out, i)], exact, 0.5 + 255.0 * 9 / 1024);  // positions round
    });
  }
}

}  // namespace
}  // namespace mote
