#include "learn/augment.hpp"

#include <algorithm>
#include <cmath>

namespace mote::learn {
namespace {

constexpr double silent_rms = 1.0;  // counts; a background below it can't be brought to a level

double deviation(double limit, Random& random) {
  return limit * (2.0 * static_cast<double>(random.uniform()) - 1.0);
}

double rms(std::span<const float> values) {
  double energy = 0;
  for (float value : values) energy += static_cast<double>(value) * static_cast<double>(value);
  return std::sqrt(energy / static_cast<double>(values.size()));
}

// Mean 0, variance 1: the sum of four even draws, as near to normal as noise needs to be and ten
// times as fast as a logarithm and a cosine for each sample.
float noise_sample(Random& random) {
  const uint64_t bits = random.next();
  const auto sum = static_cast<int32_t>((bits & 0xffff) + (bits >> 16 & 0xffff) +
                                        (bits >> 32 & 0xffff) + (bits >> 48));
  constexpr float mean = 131070.0f, deviation = 37837.2f;  // of four in 0..65535
  return (static_cast<float>(sum) - mean) / deviation;
}

}  // namespace

bool varies_windows(const project::AugmentSection& section) {
  return section.noise > 0 || section.shift_ms > 0 || section.speed > 0 || section.gain > 0 ||
         section.tilt > 0 || section.background > 0;
}

bool masks_features(const project::AugmentSection& section) {
  return section.time_mask > 0 || section.band_mask > 0;
}

void WindowAugmenter::resample(std::span<const int16_t> window, Random& random,
                               std::vector<float>& values) const {
  const double speed = 1.0 + deviation(options_.section.speed, random);
  const double shift = deviation(options_.section.shift_ms, random) * 1e-3 * options_.rate_hz;
  const auto axes = static_cast<size_t>(options_.axes);
  const size_t frames = window.size() / axes;
  const double last = static_cast<double>(frames - 1);
  const double centre = 0.5 * last;
  values.resize(window.size());
  for (size_t frame = 0; frame < frames; ++frame) {
    const double wanted = centre + (static_cast<double>(frame) - centre) * speed - shift;
    const double source = std::clamp(wanted, 0.0, last);
    const auto below = static_cast<size_t>(source);
    const size_t above = std::min(below + 1, frames - 1);
    const auto part = static_cast<float>(source - static_cast<double>(below));
    for (size_t axis = 0; axis < axes; ++axis) {
      const float a = window[below * axes + axis], b = window[above * axes + axis];
      values[frame * axes + axis] = a + part * (b - a);
    }
  }
}

// y[n] = x[n] + tilt * x[n - 1]: another microphone's treble.
void WindowAugmenter::tilt(Random& random, std::vector<float>& values) const {
  const auto factor = static_cast<float>(deviation(options_.section.tilt, random));
  const auto axes = static_cast<size_t>(options_.axes);
  for (size_t i = values.size(); i-- > axes;) values[i] += factor * values[i - axes];
}

void WindowAugmenter::add_background(double level, Random& random,
                                     std::vector<float>& values) const {
  const auto& backgrounds = options_.backgrounds;
  const auto piece = backgrounds[random.below(backgrounds.size())];
  const auto axes = static_cast<size_t>(options_.axes);
  const size_t start = axes * random.below(piece.size() / axes);
  double energy = 0;
  for (int16_t count : piece) energy += static_cast<double>(count) * count;
  const double loudness = std::sqrt(energy / static_cast<double>(piece.size()));
  if (loudness < silent_rms) return;
  const auto factor = static_cast<float>(level / loudness);
  for (size_t i = 0, from = start; i < values.size(); ++i) {
    values[i] += factor * static_cast<float>(piece[from]);
    from = from + 1 == piece.size() ? 0 : from + 1;
  }
}

void WindowAugmenter::operator()(std::span<const int16_t> window, Random& random,
                                 std::span<int16_t> varied) const {
  const project::AugmentSection& section = options_.section;
  std::vector<float> values;
  resample(window, random, values);
  if (section.tilt > 0) tilt(random, values);
  const double loudness = rms(values);
  if (section.background > 0 && !options_.backgrounds.empty()) {
    add_background(section.background * static_cast<double>(random.uniform()) * loudness, random,
                   values);
  }
  const auto noise =
      static_cast<float>(section.noise * static_cast<double>(random.uniform()) * loudness);
  const auto gain = static_cast<float>(std::exp(deviation(-std::log1p(-section.gain), random)));
  for (size_t i = 0; i < values.size(); ++i) {
    const float added = noise > 0 ? noise * noise_sample(random) : 0.0f;
    const float value = std::clamp((values[i] + added) * gain, -32768.0f, 32767.0f);
    varied[i] = static_cast<int16_t>(std::lrintf(value));
  }
}

void mask_features(const project::AugmentSection& section, const ir::Shape& shape,
                   std::span<const float> fill, Random& random, std::span<float> features) {
  if (shape.size() != 4) return;
  const auto frames = static_cast<size_t>(shape[1]), bands = static_cast<size_t>(shape[2]);
  const auto axes = static_cast<size_t>(shape[3]);
  struct Stretch {
    size_t first, end;
  };
  const auto draw = [&](double part, size_t extent) {
    const auto most = static_cast<uint64_t>(part * static_cast<double>(extent));
    const size_t width = random.below(most + 1);
    const size_t first = random.below(extent - width + 1);
    return Stretch{first, first + width};
  };
  const Stretch time = draw(section.time_mask, frames), band = draw(section.band_mask, bands);
  for (size_t f = 0; f < frames; ++f) {
    const bool whole = f >= time.first && f < time.end;
    const size_t first = (whole ? 0 : band.first) * axes, end = (whole ? bands : band.end) * axes;
    for (size_t i = first; i < end; ++i) {
      features[f * bands * axes + i] = fill.empty() ? 0.0f : fill[i];
    }
  }
}

}  // namespace mote::learn
