// A motor test bench without a motor: vibration recordings with known faults, from a model of what
// makes a machine shake. No download, and the truth is known.
//
// The casing's acceleration on each axis is the sum of
//   - imbalance:     m * w^2 * sin(phi), once per turn, x and y a quarter turn apart
//   - misalignment:  twice and three times per turn, strongest along the shaft (z)
//   - supply hum and gear-like harmonics that any motor has
//   - bearing faults: a train of impacts at the defect's passing frequency, each with 1-2 % of
//   slip,
//     ringing a damped resonance of the housing; the load zone modulates an inner-race defect once
//     per turn, a rolling element strikes both races at twice its spin frequency and is modulated
//     by the cage
//   - white sensor noise, a mounting angle and a gain per machine
// (R. B. Randall and J. Antoni, "Rolling element bearing diagnostics - A tutorial", Mechanical
// Systems and Signal Processing 25, 2011; P. D. McFadden and J. D. Smith, Journal of Sound and
// Vibration 96, 1984.)
//
// With n rolling elements of diameter d on pitch diameter D, contact angle a, shaft frequency f:
//   BPFO = n/2 * f * (1 - d/D cos a)     BPFI = n/2 * f * (1 + d/D cos a)
//   BSF  = D/(2d) * f * (1 - (d/D cos a)^2)     FTF = f/2 * (1 - d/D cos a)
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "data/recording.hpp"

namespace mote::data {

struct MotorVibrationSpec {
  int32_t machines = 12;        // groups; each has its own speed, bearing, gain, mounting
  int32_t recordings_each = 6;  // per machine and condition, with different load and severity
  double duration_s = 4.0;
  double rate_hz = 4000.0;
  double range_g = 16.0;  // of the sensor: 32768 counts
  uint64_t seed = 1;
};

// What a recording shows; its label is the name.
//   normal, imbalance, misalignment, bearing_outer, bearing_inner, bearing_ball
const std::vector<std::string>& motor_conditions();

// Bearing geometry; the frequencies per turn of the shaft are derived from it.
struct Bearing {
  int32_t elements = 9;
  double diameter_ratio = 0.2;  // d / D, in (0, 1)
  double contact_angle_rad = 0;

  double outer_per_turn() const;
  double inner_per_turn() const;
  double spin_per_turn() const;
  double cage_per_turn() const;
};

// All recordings of the bench: axes x, y, z as int16 counts in g; group = machine. The same spec
// gives the same bytes.
std::vector<Recording> generate_motor_vibration(
    const MotorVibrationSpec& spec, const std::function<void(size_t, size_t)>& progress);

// One recording: condition by name, machine number and take within the spec. `severity` in [0, 1]
// is how far the fault has gone; at 0 a fault is only just there.
Recording generate_motor_recording(const MotorVibrationSpec& spec, const std::string& condition,
                                   int32_t machine, int32_t take, double severity);

}  // namespace mote::data
