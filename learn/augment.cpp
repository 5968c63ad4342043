#include "learn/augment.hpp"

#include <algorithm>
#include <cmath>

namespace mote::learn {

bool augments(const project::AugmentSection& section) {
  return section.noise > 0 || section.shift_ms > 0 || section.speed > 0 || section.gain > 0;
}

void augment_window(const project::AugmentSection& section, double rate_hz, int32_t axes,
                    std::span<const int16_t> window, Random& random, std::span<int16_t> varied) {
  const auto deviation = [&](double limit) { return limit * (2.0 * random.uniform() - 1.0); };
  const double speed = 1.0 + deviation(section.speed);
  const double shift = deviation(section.shift_ms) * 1e-3 * rate_hz;
  const double gain = 1.0 + deviation(section.gain);
  double energy = 0;
  for (int16_t count : window) energy += static_cast<double>(count) * count;
  const double rms = std::sqrt(energy / static_cast<double>(window.size()));
  const double noise = section.noise * random.uniform() * rms;

  const auto channels = static_cast<size_t>(axes);
  const auto frames = static_cast<int64_t>(window.size() / channels);
  const double centre = 0.5 * static_cast<double>(frames - 1);
  const auto at = [&](int64_t frame, size_t axis) {
    if (frame < 0 || frame >= frames) return 0.0;
    return static_cast<double>(window[static_cast<size_t>(frame) * channels + axis]);
  };
  for (int64_t frame = 0; frame < frames; ++frame) {
    const double source = centre + (static_cast<double>(frame) - centre) * speed - shift;
    const double below = std::floor(source);
    const double part = source - below;
    for (size_t axis = 0; axis < channels; ++axis) {
      double value = (1.0 - part) * at(static_cast<int64_t>(below), axis) +
                     part * at(static_cast<int64_t>(below) + 1, axis);
      value = value * gain + (noise > 0 ? noise * static_cast<double>(random.normal()) : 0.0);
      varied[static_cast<size_t>(frame) * channels + axis] =
          static_cast<int16_t>(std::lround(std::clamp(value, -32768.0, 32767.0)));
    }
  }
}

}  // namespace mote::learn
