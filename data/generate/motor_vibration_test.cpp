#include "data/generate/motor_vibration.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace mote::data {
namespace {

MotorVibrationSpec short_spec() {
  MotorVibrationSpec spec;
  spec.duration_s = 2;
  return spec;
}

std::vector<double> axis_of(const Recording& recording, int32_t axis) {
  std::vector<double> values;
  for (int64_t i = 0; i < recording.info.frames; ++i) values.push_back(recording.at(i, axis));
  return values;
}

// Size of one frequency in a signal, by correlation (Hann-weighted).
double amplitude(const std::vector<double>& x, double hz, double rate_hz) {
  double re = 0;
  double im = 0;
  const auto n = static_cast<double>(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    const auto at = static_cast<double>(i);
    const double weight = 1 - std::cos(2 * std::numbers::pi * at / n);
    re += weight * x[i] * std::cos(2 * std::numbers::pi * hz * at / rate_hz);
    im += weight * x[i] * std::sin(2 * std::numbers::pi * hz * at / rate_hz);
  }
  return 2 * std::hypot(re, im) / n;
}

double largest_between(const std::vector<double>& x, double low_hz, double high_hz,
                       double rate_hz) {
  double most = 0;
  for (double hz = low_hz; hz <= high_hz; hz += 0.25) {
    most = std::max(most, amplitude(x, hz, rate_hz));
  }
  return most;
}

double rms(const std::vector<double>& x) {
  double sum = 0;
  for (const double v : x) sum += v * v;
  return std::sqrt(sum / static_cast<double>(x.size()));
}

TEST(Bearing, FrequenciesMatchTheTextbook) {
  // SKF 6205, the drive end bearing of the CWRU test stand: 9 balls, d/D = 0.3126/1.537.
  const Bearing bearing{9, 0.3126 / 1.537, 0};
  EXPECT_NEAR(bearing.outer_per_turn(), 3.5848, 1e-3);
  EXPECT_NEAR(bearing.inner_per_turn(), 5.4152, 1e-3);
  EXPECT_NEAR(bearing.cage_per_turn(), 0.39828, 1e-4);
  EXPECT_NEAR(2 * bearing.spin_per_turn(), 4.7135, 1e-2);
}

TEST(MotorVibration, IsTheSameForTheSameSeedAndOtherwiseNot) {
  MotorVibrationSpec spec = short_spec();
  const Recording a = generate_motor_recording(spec, "imbalance", 3, 1, 0.5);
  EXPECT_EQ(a.info.hash, generate_motor_recording(spec, "imbalance", 3, 1, 0.5).info.hash);
  spec.seed = 2;
  EXPECT_NE(a.info.hash, generate_motor_recording(spec, "imbalance", 3, 1, 0.5).info.hash);
}

TEST(MotorVibration, ImbalanceGrowsOncePerTurnAndMisalignmentTwice) {
  const MotorVibrationSpec spec = short_spec();
  for (int32_t machine = 0; machine < 4; ++machine) {
    const auto normal = axis_of(generate_motor_recording(spec, "normal", machine, 0, 1), 0);
    const auto heavy = axis_of(generate_motor_recording(spec, "imbalance", machine, 0, 1), 0);
    EXPECT_GT(largest_between(heavy, 18, 33, spec.rate_hz),
              3 * largest_between(normal, 18, 33, spec.rate_hz));
    const auto straight = axis_of(generate_motor_recording(spec, "normal", machine, 0, 1), 2);
    const auto skewed = axis_of(generate_motor_recording(spec, "misalignment", machine, 0, 1), 2);
    EXPECT_GT(largest_between(skewed, 40, 65, spec.rate_hz),
              3 * largest_between(straight, 40, 65, spec.rate_hz));
  }
}

TEST(MotorVibration, BearingFaultsMakeItSpikyAndSevereOnesMore) {
  const MotorVibrationSpec spec = short_spec();
  for (const char* fault : {"bearing_outer", "bearing_inner", "bearing_ball"}) {
    const auto healthy = axis_of(generate_motor_recording(spec, "normal", 1, 0, 0), 0);
    const auto early = axis_of(generate_motor_recording(spec, fault, 1, 0, 0.1), 0);
    const auto late = axis_of(generate_motor_recording(spec, fault, 1, 0, 1), 0);
    EXPECT_GT(rms(late), rms(early)) << fault;
    EXPECT_GT(rms(late), 1.5 * rms(healthy)) << fault;
  }
}

TEST(MotorVibration, EveryMachineShowsEveryCondition) {
  MotorVibrationSpec spec = short_spec();
  spec.machines = 2;
  spec.recordings_each = 1;
  spec.duration_s = 0.1;
  const auto recordings = generate_motor_vibration(spec, {});
  EXPECT_EQ(recordings.size(), 2 * motor_conditions().size());
  for (const Recording& recording : recordings) EXPECT_NO_THROW(check(recording));
}

}  // namespace
}  // namespace mote::data
