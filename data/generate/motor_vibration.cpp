#include "data/generate/motor_vibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "data/generate/random.hpp"
#include "data/sha256.hpp"

namespace mote::data {
namespace {

constexpr double two_pi = 2 * std::numbers::pi;
constexpr int32_t axes = 3;
constexpr double count_max = 32767;
using Vector = std::array<double, axes>;

// What stays the same on one machine.
struct Machine {
  double speed_hz;   // of the shaft without load
  double slip_part;  // speed lost at full load
  Bearing bearing;
  double resonance_hz;        // of the bearing housing
  double damping;             // part of critical
  Vector path;                // how strongly each axis feels the housing ring
  Vector gain;                // sensor and mounting
  double tilt_rad;            // of the sensor, turning x into y
  double residual_imbalance;  // no rotor is perfect; g
  double residual_misalignment;
  double hum_hz;
  double noise_g;
};

// What the load does during a recording: a slow wander around a level.
struct Load {
  double level;
  double wander;
  double wander_hz;
  double phase;

  double at(double t) const {
    return std::clamp(level + wander * std::sin(two_pi * wander_hz * t + phase), 0.0, 1.0);
  }
};

Machine machine_of(const MotorVibrationSpec& spec, int32_t number) {
  Random random(fmt::format("motor {} machine {}", spec.seed, number));
  Machine machine{};
  machine.speed_hz = random.uniform(22, 32);
  machine.slip_part = random.uniform(0.02, 0.05);
  machine.bearing.elements = static_cast<int32_t>(random.integer(7, 12));
  machine.bearing.diameter_ratio = random.uniform(0.16, 0.26);
  machine.bearing.contact_angle_rad = random.uniform(0, 0.26);
  machine.resonance_hz = random.uniform(0.2, 0.34) * spec.rate_hz;
  machine.damping = random.uniform(0.03, 0.08);
  machine.path = {random.uniform(0.6, 1), random.uniform(0.6, 1), random.uniform(0.25, 0.6)};
  for (double& gain : machine.gain) gain = random.uniform(0.8, 1.25);
  machine.tilt_rad = random.uniform(-0.35, 0.35);
  machine.residual_imbalance = random.uniform(0.03, 0.09);
  machine.residual_misalignment = random.uniform(0.01, 0.04);
  machine.hum_hz = random.integer(0, 1) == 0 ? 100 : 120;
  machine.noise_g = random.uniform(0.03, 0.07);
  return machine;
}

// A ringing housing: a second-order resonator x" + 2 z w x' + w^2 x = w^2 u, made discrete by
// impulse invariance, so that one impact of size 1 rings with amplitude about 1.
class Resonator {
 public:
  Resonator(double frequency_hz, double damping, double rate_hz) {
    const double w = two_pi * frequency_hz / rate_hz;
    radius_ = std::exp(-damping * w);
    angle_ = w * std::sqrt(1 - damping * damping);
  }

  double step(double impact) {
    const double y = radius_ * std::sin(angle_) * impact_before_ +
                     2 * radius_ * std::cos(angle_) * y1_ - radius_ * radius_ * y2_;
    impact_before_ = impact;
    y2_ = y1_;
    y1_ = y;
    return y;
  }

 private:
  double radius_;
  double angle_;
  double impact_before_ = 0;
  double y1_ = 0;
  double y2_ = 0;
};

enum class Fault { none, outer, inner, ball };

// Impacts of a bearing defect, by the shaft's turn.
class Impacts {
 public:
  Impacts(Fault fault, const Bearing& bearing, double strength, Random& random)
      : fault_(fault), bearing_(bearing), strength_(strength), random_(random) {
    per_turn_ = fault == Fault::outer   ? bearing.outer_per_turn()
                : fault == Fault::inner ? bearing.inner_per_turn()
                                        : 2 * bearing.spin_per_turn();
    next_turn_ = random.uniform(0, 1) / per_turn_;
    load_zone_ = random.uniform(0, two_pi);
  }

  // The sum of impacts between the last call's turn and this one's.
  double until(double turn, double load) {
    if (fault_ == Fault::none) return 0;
    double sum = 0;
    constexpr int32_t impacts_per_frame_max = 16;
    for (int32_t i = 0; i < impacts_per_frame_max && next_turn_ <= turn; ++i) {
      sum += strength_ * (0.6 + 0.4 * load) * zone(next_turn_) * random_.uniform(0.75, 1.25);
      const double slip = 1 + slip_part * random_.normal();
      next_turn_ += std::max(0.2, slip) / per_turn_;
    }
    return sum;
  }

 private:
  static constexpr double slip_part = 0.015;

  // How much of the load the defect carries where it is: fixed for the outer race, once per turn
  // for the inner, with the cage for a rolling element.
  double zone(double turn) const {
    if (fault_ == Fault::outer) return 1;
    const double per_turn = fault_ == Fault::inner ? 1 : bearing_.cage_per_turn();
    const double depth = fault_ == Fault::inner ? 0.75 : 0.6;
    return 1 - depth * 0.5 * (1 - std::cos(two_pi * per_turn * turn + load_zone_));
  }

  Fault fault_;
  Bearing bearing_;
  double strength_;
  Random& random_;
  double per_turn_;
  double next_turn_;
  double load_zone_;
};

// The sizes of everything that shakes in one condition at one severity, in g.
struct Sources {
  double imbalance;
  double misalignment;
  Fault fault = Fault::none;
  double impact = 0;
};

Sources sources_of(const Machine& machine, const std::string& condition, double severity) {
  Sources sources{machine.residual_imbalance, machine.residual_misalignment};
  if (condition == "imbalance") {
    sources.imbalance += 0.12 + 0.55 * severity;
  } else if (condition == "misalignment") {
    sources.misalignment += 0.08 + 0.4 * severity;
  } else if (condition != "normal") {
    sources.fault = condition == "bearing_outer"   ? Fault::outer
                    : condition == "bearing_inner" ? Fault::inner
                                                   : Fault::ball;
    sources.impact = 0.25 + 1.75 * severity;
  }
  return sources;
}

// Forces that follow the shaft, in g, at `turn` turns; `speed_ratio` is speed over rated speed.
Vector shaft_forces(const Sources& sources, double turn, double speed_ratio, double load) {
  const double phi = two_pi * turn;
  const double once = sources.imbalance * speed_ratio * speed_ratio;
  const double twice = sources.misalignment * (0.7 + 0.3 * load);
  return {once * std::sin(phi) + twice * 0.5 * std::sin(2 * phi + 0.4),
          once * std::cos(phi) + twice * 0.6 * std::sin(2 * phi + 1.1),
          0.15 * once * std::sin(phi + 0.7) + twice * std::sin(2 * phi) +
              0.35 * twice * std::sin(3 * phi + 0.3)};
}

Vector mounted(const Vector& casing, const Machine& machine) {
  const double c = std::cos(machine.tilt_rad);
  const double s = std::sin(machine.tilt_rad);
  return {machine.gain[0] * (c * casing[0] - s * casing[1]),
          machine.gain[1] * (s * casing[0] + c * casing[1]), machine.gain[2] * casing[2]};
}

void check_spec(const MotorVibrationSpec& spec) {
  const double frames = spec.duration_s * spec.rate_hz;
  if (spec.machines < 1 || spec.recordings_each < 1 || !(spec.rate_hz >= 1000) || !(frames >= 1) ||
      !(frames < 1e8) || !(spec.range_g > 0)) {
    throw DataError(
        "motor-vibration: needs machines, recordings and a range above 0, a rate of at"
        " least 1000 Hz and fewer than 1e8 frames");
  }
}

}  // namespace

double Bearing::outer_per_turn() const {
  return elements / 2.0 * (1 - diameter_ratio * std::cos(contact_angle_rad));
}

double Bearing::inner_per_turn() const {
  return elements / 2.0 * (1 + diameter_ratio * std::cos(contact_angle_rad));
}

double Bearing::spin_per_turn() const {
  const double part = diameter_ratio * std::cos(contact_angle_rad);
  return (1 - part * part) / (2 * diameter_ratio);
}

double Bearing::cage_per_turn() const {
  return (1 - diameter_ratio * std::cos(contact_angle_rad)) / 2;
}

const std::vector<std::string>& motor_conditions() {
  static const std::vector<std::string> conditions = {
      "normal", "imbalance", "misalignment", "bearing_outer", "bearing_inner", "bearing_ball"};
  return conditions;
}

Recording generate_motor_recording(const MotorVibrationSpec& spec, const std::string& condition,
                                   int32_t machine_number, int32_t take, double severity) {
  check_spec(spec);
  const Machine machine = machine_of(spec, machine_number);
  Random random(
      fmt::format("motor {} machine {} {} take {}", spec.seed, machine_number, condition, take));
  const Load load{random.uniform(0.15, 0.9), random.uniform(0, 0.15), random.uniform(0.05, 0.4),
                  random.uniform(0, two_pi)};
  const Sources sources = sources_of(machine, condition, severity);
  Impacts impacts(sources.fault, machine.bearing, sources.impact, random);
  Resonator housing(machine.resonance_hz, machine.damping, spec.rate_hz);
  const double hum = random.uniform(0.01, 0.04);
  const double hum_phase = random.uniform(0, two_pi);
  double turn = random.uniform(0, 1);
  const double first_turn = turn;

  Recording recording;
  RecordingInfo& info = recording.info;
  info.name = fmt::format("machine-{:02}/{}-{}", machine_number + 1, condition, take + 1);
  info.axes = {"x", "y", "z"};
  info.units = "g";
  info.rate_hz = spec.rate_hz;
  info.scale = spec.range_g / 32768.0;
  info.label = condition;
  info.group = fmt::format("machine-{:02}", machine_number + 1);
  info.frames = static_cast<int64_t>(spec.duration_s * spec.rate_hz);
  std::vector<int16_t> counts;
  for (int64_t frame = 0; frame < info.frames; ++frame) {
    const double t = static_cast<double>(frame) / spec.rate_hz;
    const double loaded = load.at(t);
    const double speed_hz = machine.speed_hz * (1 - machine.slip_part * loaded);
    turn += speed_hz / spec.rate_hz;
    Vector casing = shaft_forces(sources, turn, speed_hz / machine.speed_hz, loaded);
    const double ring = housing.step(impacts.until(turn - first_turn, loaded));
    const double hummed = hum * (0.5 + loaded) * std::sin(two_pi * machine.hum_hz * t + hum_phase);
    for (size_t axis = 0; axis < axes; ++axis) {
      casing[axis] += machine.path[axis] * ring + hummed;
    }
    for (const double value : mounted(casing, machine)) {
      const double g = value + machine.noise_g * (0.8 + 0.5 * loaded) * random.normal();
      const double count = std::round(g / info.scale);
      counts.push_back(static_cast<int16_t>(std::clamp(count, -count_max - 1, count_max)));
    }
  }
  recording.values = std::move(counts);
  info.hash = content_hash(recording);
  return recording;
}

std::vector<Recording> generate_motor_vibration(
    const MotorVibrationSpec& spec, const std::function<void(size_t, size_t)>& progress) {
  check_spec(spec);
  std::vector<Recording> recordings;
  const size_t total = motor_conditions().size() * static_cast<size_t>(spec.machines) *
                       static_cast<size_t>(spec.recordings_each);
  for (int32_t machine = 0; machine < spec.machines; ++machine) {
    for (const std::string& condition : motor_conditions()) {
      for (int32_t take = 0; take < spec.recordings_each; ++take) {
        Random random(
            fmt::format("motor {} severity {} {} {}", spec.seed, machine, condition, take));
        recordings.push_back(
            generate_motor_recording(spec, condition, machine, take, random.uniform(0, 1)));
        if (progress) progress(recordings.size(), total);
      }
    }
  }
  return recordings;
}

}  // namespace mote::data
