#include "learn/augment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace mote::learn {
namespace {

std::vector<int16_t> ramp(int32_t frames, int32_t axes) {
  std::vector<int16_t> window;
  for (int32_t frame = 0; frame < frames; ++frame) {
    for (int32_t axis = 0; axis < axes; ++axis) {
      window.push_back(static_cast<int16_t>(100 * frame + axis));
    }
  }
  return window;
}

WindowAugmenter augmenter(const project::AugmentSection& section, int32_t axes,
                          std::vector<std::span<const int16_t>> backgrounds = {}) {
  return WindowAugmenter({section, 100, axes, std::move(backgrounds)});
}

double rms(const std::vector<int16_t>& window) {
  double sum = 0;
  for (int16_t count : window) sum += static_cast<double>(count) * count;
  return std::sqrt(sum / static_cast<double>(window.size()));
}

TEST(WindowAugmenter, ChangesNothingWhenAllIsOff) {
  const auto window = ramp(50, 3);
  std::vector<int16_t> varied(window.size());
  Random random(1);
  augmenter({}, 3)(window, random, varied);
  EXPECT_EQ(varied, window);
  EXPECT_FALSE(varies_windows({}));
  EXPECT_FALSE(masks_features({}));
}

TEST(WindowAugmenter, GivesTheSameForTheSameSeedAndAnotherForAnother) {
  project::AugmentSection section;
  section.noise = section.speed = section.gain = section.tilt = section.background = 0.3;
  section.shift_ms = 100;
  const auto window = ramp(50, 2), background = ramp(30, 2);
  const auto vary = [&](uint64_t seed) {
    std::vector<int16_t> varied(window.size());
    Random random(seed);
    augmenter(section, 2, {background})(window, random, varied);
    return varied;
  };
  EXPECT_EQ(vary(1), vary(1));
  EXPECT_NE(vary(1), vary(2));
  EXPECT_NE(vary(1), window);
}

TEST(WindowAugmenter, ShiftsWithinItsLimitAndGoesOnAtTheEdges) {
  project::AugmentSection section;
  section.shift_ms = 50;  // 5 frames at 100 Hz
  const auto window = ramp(50, 1);
  std::vector<int16_t> varied(window.size());
  Random random(2);
  float least = 0, most = 0;
  for (int trial = 0; trial < 200; ++trial) {
    augmenter(section, 1)(window, random, varied);
    const float shift = 25.0f - static_cast<float>(varied[25]) / 100.0f;
    ASSERT_LE(std::fabs(shift), 5.01f);
    least = std::min(least, shift);
    most = std::max(most, shift);
    if (shift > 1) {
      ASSERT_EQ(varied.front(), window.front());
    }
    if (shift < -1) {
      ASSERT_EQ(varied.back(), window.back());
    }
  }
  EXPECT_LT(least, -4.5f);
  EXPECT_GT(most, 4.5f);
}

TEST(WindowAugmenter, GainStaysWithinItsLimits) {
  project::AugmentSection section;
  section.gain = 0.5;
  const std::vector<int16_t> window(64, 1000);
  std::vector<int16_t> varied(window.size());
  Random random(3);
  int softest = 32767, loudest = 0;
  for (int trial = 0; trial < 500; ++trial) {
    augmenter(section, 1)(window, random, varied);
    softest = std::min<int>(softest, varied[0]);
    loudest = std::max<int>(loudest, varied[0]);
  }
  EXPECT_NEAR(softest, 500, 15);
  EXPECT_NEAR(loudest, 2000, 50);
}

TEST(WindowAugmenter, GainSaturatesInsteadOfWrapping) {
  project::AugmentSection section;
  section.gain = 0.9;
  const std::vector<int16_t> window(64, 30000);
  std::vector<int16_t> varied(window.size());
  Random random(3);
  for (int trial = 0; trial < 50; ++trial) {
    augmenter(section, 1)(window, random, varied);
    for (int16_t count : varied) ASSERT_GT(count, 0);
  }
}

TEST(WindowAugmenter, NoiseIsPartOfTheWindowsOwnSize) {
  project::AugmentSection section;
  section.noise = 0.5;
  const std::vector<int16_t> silence(64, 0);
  std::vector<int16_t> varied(64, 1);
  Random random(4);
  augmenter(section, 1)(silence, random, varied);
  EXPECT_EQ(varied, silence);
}

TEST(WindowAugmenter, NoiseHasTheSizeThatItIsGiven) {
  project::AugmentSection section;
  section.noise = 0.5;
  const std::vector<int16_t> window(4096, 1000);
  Random random(5);
  double largest = 0;
  for (int trial = 0; trial < 100; ++trial) {
    std::vector<int16_t> varied(window.size());
    augmenter(section, 1)(window, random, varied);
    for (int16_t& count : varied) count = static_cast<int16_t>(count - 1000);
    largest = std::max(largest, rms(varied));
  }
  EXPECT_LE(largest, 520);
  EXPECT_GE(largest, 450);
}

TEST(WindowAugmenter, MixesInABackgroundOfTheRightSize) {
  project::AugmentSection section;
  section.background = 0.25;
  std::vector<int16_t> window(512), background(512);
  for (size_t i = 0; i < window.size(); ++i) {
    window[i] = static_cast<int16_t>(i % 2 == 0 ? 4000 : -4000);
    background[i] = static_cast<int16_t>(i / 2 % 2 == 0 ? 90 : -90);
  }
  Random random(6);
  double largest = 0;
  for (int trial = 0; trial < 100; ++trial) {
    std::vector<int16_t> added(window.size());
    augmenter(section, 1, {background})(window, random, added);
    for (size_t i = 0; i < added.size(); ++i) added[i] = static_cast<int16_t>(added[i] - window[i]);
    largest = std::max(largest, rms(added));
  }
  EXPECT_LE(largest, 1001);
  EXPECT_GE(largest, 950);
}

TEST(MaskFeatures, MasksOneStretchOfFramesAndOneOfBands) {
  project::AugmentSection section;
  section.time_mask = section.band_mask = 0.5;
  const ir::Shape shape{1, 8, 6, 2};
  std::vector<float> fill(12);
  for (size_t i = 0; i < fill.size(); ++i) fill[i] = -1.0f - static_cast<float>(i);
  Random random(7);
  bool masked_all_there_is = false;
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<float> features(96, 1.0f);
    mask_features(section, shape, fill, random, features);
    size_t frames = 0, bands = 0;
    for (size_t i = 0; i < features.size(); ++i) {
      ASSERT_TRUE(features[i] == 1.0f || features[i] == fill[i % 12]);
    }
    const auto is_masked = [&](size_t frame, size_t band) {
      return features[frame * 12 + band * 2] < 0 && features[frame * 12 + band * 2 + 1] < 0;
    };
    for (size_t f = 0; f < 8; ++f) frames += is_masked(f, 0) && is_masked(f, 5) ? 1 : 0;
    for (size_t b = 0; b < 6; ++b) bands += is_masked(0, b) && is_masked(7, b) ? 1 : 0;
    ASSERT_LE(frames, 4u);
    ASSERT_LE(bands, 3u);
    masked_all_there_is = masked_all_there_is || (frames == 4 && bands == 3);
  }
  EXPECT_TRUE(masked_all_there_is);
}

TEST(MaskFeatures, LeavesVectorsAlone) {
  project::AugmentSection section;
  section.time_mask = section.band_mask = 0.9;
  std::vector<float> features(20, 1.0f);
  Random random(8);
  mask_features(section, {1, 20}, {}, random, features);
  EXPECT_EQ(features, std::vector<float>(20, 1.0f));
}

}  // namespace
}  // namespace mote::learn
