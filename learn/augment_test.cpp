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

TEST(AugmentWindow, ChangesNothingWhenAllIsOff) {
  const auto window = ramp(50, 3);
  std::vector<int16_t> varied(window.size());
  Random random(1);
  augment_window({}, 100, 3, window, random, varied);
  EXPECT_EQ(varied, window);
  EXPECT_FALSE(augments({}));
}

TEST(AugmentWindow, ShiftsWithinItsLimitAndFillsWithZero) {
  project::AugmentSection section;
  section.shift_ms = 50;  // 5 frames at 100 Hz
  const auto window = ramp(50, 1);
  std::vector<int16_t> varied(window.size());
  Random random(2);
  float least = 0, most = 0;
  for (int trial = 0; trial < 200; ++trial) {
    augment_window(section, 100, 1, window, random, varied);
    const float shift = 25.0f - static_cast<float>(varied[25]) / 100.0f;
    ASSERT_LE(std::fabs(shift), 5.01f);
    least = std::min(least, shift);
    most = std::max(most, shift);
  }
  EXPECT_LT(least, -4.5f);
  EXPECT_GT(most, 4.5f);
}

TEST(AugmentWindow, GainSaturatesInsteadOfWrapping) {
  project::AugmentSection section;
  section.gain = 0.9;
  const std::vector<int16_t> window(64, 30000);
  std::vector<int16_t> varied(window.size());
  Random random(3);
  for (int trial = 0; trial < 50; ++trial) {
    augment_window(section, 100, 1, window, random, varied);
    for (int16_t count : varied) ASSERT_GT(count, 0);
  }
}

TEST(AugmentWindow, NoiseIsPartOfTheWindowsOwnSize) {
  project::AugmentSection section;
  section.noise = 0.5;
  const std::vector<int16_t> silence(64, 0);
  std::vector<int16_t> varied(64, 1);
  Random random(4);
  augment_window(section, 100, 1, silence, random, varied);
  EXPECT_EQ(varied, silence);
}

}  // namespace
}  // namespace mote::learn
