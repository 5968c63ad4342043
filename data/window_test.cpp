#include "data/window.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "data/resample.hpp"
#include "data/test_files.hpp"

namespace mote::data {
namespace {

using testing::ElementsAre;

std::vector<int16_t> counting(int16_t n) {
  std::vector<int16_t> counts;
  for (int16_t i = 0; i < n; ++i) counts.push_back(i);
  return counts;
}

TEST(Windows, StepByStrideAndStayInside) {
  const Windows windows = cut_windows(make_recording("r", counting(10), "a"), {4, 3});
  EXPECT_THAT(windows.starts, ElementsAre(0, 3, 6));
  EXPECT_THAT(windows.counts, ElementsAre(0, 1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9));
  EXPECT_THAT(windows.labels, ElementsAre("a", "a", "a"));
}

TEST(Windows, TakeALabelOnlyWhenItCoversEnough) {
  Recording recording = make_recording("r", counting(12));
  recording.info.segments = {{0, 5, "a"}, {5, 12, "b"}};
  const Windows windows = cut_windows(recording, {4, 2, 0.8});
  EXPECT_THAT(windows.starts, ElementsAre(0, 6, 8));
  EXPECT_THAT(windows.labels, ElementsAre("a", "b", "b"));
}

TEST(Windows, PadShortRecordingsOrLeaveThemOut) {
  const Recording recording = make_recording("r", {1, 2, 3}, "a");
  using Short = WindowSpec::Short;
  EXPECT_THAT(cut_windows(recording, {6, 1, 1, Short::zero_pad_end}).counts,
              ElementsAre(1, 2, 3, 0, 0, 0));
  const Windows centred = cut_windows(recording, {6, 1, 1, Short::zero_pad_centre});
  EXPECT_THAT(centred.counts, ElementsAre(0, 1, 2, 3, 0, 0));
  EXPECT_THAT(centred.starts, ElementsAre(-1));
  EXPECT_TRUE(cut_windows(recording, {6, 1, 1, Short::skip}).labels.empty());
}

TEST(AsSensor, ScalesRoundsAndSaturates) {
  Recording recording = make_recording("r", {0}, "a");
  recording.values = std::vector<float>{0.26F, -0.24F, 1e9F};
  recording.info.scale = 1;
  recording.info.frames = 3;
  int64_t clipped = 0;
  const Recording counts = as_sensor(recording, {{"x"}, 100, 0.5}, &clipped);
  EXPECT_THAT(std::get<std::vector<int16_t>>(counts.values), ElementsAre(1, 0, 32767));
  EXPECT_EQ(clipped, 1);
}

TEST(AsSensor, KeepsCountsOfTheSameScaleExactly) {
  const Recording recording = make_recording("r", {-32768, 7, 32767}, "a");
  const Recording counts = as_sensor(recording, {{"x"}, 100, 0.5});
  EXPECT_EQ(counts.values, recording.values);
}

// A tone keeps its frequency and size; one above the new half rate goes away.
double tone_left_after(double tone_hz, double from_hz, double to_hz) {
  Recording recording = make_recording("r", {0});
  std::vector<float> values;
  for (int i = 0; i < 4000; ++i) {
    values.push_back(static_cast<float>(std::sin(2 * std::numbers::pi * tone_hz * i / from_hz)));
  }
  recording.info.rate_hz = from_hz;
  recording.info.scale = 1;
  recording.info.frames = 4000;
  recording.values = values;
  const Recording out = resample(recording, to_hz);
  double error = 0;
  double size = 0;
  for (int64_t i = out.info.frames / 4; i < out.info.frames * 3 / 4; ++i) {
    const double want = std::sin(2 * std::numbers::pi * tone_hz * static_cast<double>(i) / to_hz);
    error = std::max(error, std::abs(out.at(i, 0) - want));
    size = std::max<double>(size, std::abs(out.at(i, 0)));
  }
  return tone_hz < to_hz / 2 ? error : size;
}

TEST(Resample, KeepsTonesBelowAndStopsThoseAbove) {
  EXPECT_LT(tone_left_after(10, 103, 100), 1e-3);
  EXPECT_LT(tone_left_after(1000, 8000, 16000), 1e-3);
  EXPECT_LT(tone_left_after(1000, 16000, 8000), 1e-3);
  EXPECT_LT(tone_left_after(5000, 16000, 8000), 2e-3);
}

TEST(Resample, MovesSegmentsAndLength) {
  Recording recording = make_recording("r", counting(100));
  recording.info.segments = {{0, 50, "a"}, {50, 100, "b"}};
  const Recording out = resample(recording, 50);
  EXPECT_EQ(out.info.frames, 50);
  EXPECT_THAT(out.info.segments, ElementsAre(Segment{0, 25, "a"}, Segment{25, 50, "b"}));
}

}  // namespace
}  // namespace mote::data
