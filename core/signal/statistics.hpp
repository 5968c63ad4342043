// Figures of one axis of a signal.
#pragma once

#include <cstdint>

#include "core/math_sqrt.hpp"

namespace mote::signal {

// One list gives the enum, the names and the order of output. d[i] = x[i] - mean.
//   mean                sum x / n
//   standard_deviation  sqrt(sum d^2 / n)
//   rms                 sqrt(sum x^2 / n)
//   minimum, maximum    of x
//   skewness            sum d^3 / n / standard_deviation^3
//   kurtosis            sum d^4 / n / standard_deviation^4, 3 for a normal distribution
//   zero_crossings      sign changes of d, per step
//   crest_factor        max |d| / standard_deviation
//   mean_change         sum |x[i] - x[i - 1]| / (n - 1)
// skewness, kurtosis, crest_factor and zero_crossings of a constant signal are 0.
#define MOTE_STATISTIC_LIST(X) \
  X(mean)                      \
  X(standard_deviation)        \
  X(rms)                       \
  X(minimum) X(maximum) X(skewness) X(kurtosis) X(zero_crossings) X(crest_factor) X(mean_change)

namespace statistic {
enum Index : int32_t {
#define MOTE_STATISTIC_ENUM(name) name,
  MOTE_STATISTIC_LIST(MOTE_STATISTIC_ENUM)
#undef MOTE_STATISTIC_ENUM
      count
};
}  // namespace statistic

// The mean in two passes, so that a large offset doesn't cost the small signal its precision.
inline float mean_of(const float* x, int32_t stride, int32_t length) {
  const float n = static_cast<float>(length);
  float sum = 0.0f;
  for (int32_t i = 0; i < length; ++i) sum += x[i * stride];
  const float rough = sum / n;
  float rest = 0.0f;
  for (int32_t i = 0; i < length; ++i) rest += x[i * stride] - rough;
  return rough + rest / n;
}

// Everything that is in the order of samples: extrema, square sum, crossings, steps.
inline void scan(const float* x, int32_t stride, int32_t length, float* y) {
  float squares = 0.0f, steps = 0.0f;
  float low = x[0], high = x[0];
  int32_t crossings = 0;
  bool above = x[0] >= y[statistic::mean];
  for (int32_t i = 0; i < length; ++i) {
    const float sample = x[i * stride];
    const float d = sample - y[statistic::mean];
    squares += d * d;
    if (sample < low) low = sample;
    if (sample > high) high = sample;
    if ((d >= 0.0f) != above) {
      above = !above;
      ++crossings;
    }
    if (i > 0) {
      const float step = sample - x[(i - 1) * stride];
      steps += step < 0.0f ? -step : step;
    }
  }
  const float n = static_cast<float>(length);
  const float variance = squares / n;
  const float gaps = length > 1 ? n - 1.0f : 1.0f;
  y[statistic::standard_deviation] = math::sqrt(variance);
  y[statistic::rms] = math::sqrt(variance + y[statistic::mean] * y[statistic::mean]);
  y[statistic::minimum] = low;
  y[statistic::maximum] = high;
  y[statistic::zero_crossings] = static_cast<float>(crossings) / gaps;
  y[statistic::mean_change] = steps / gaps;
}

// Sets those that are relative to the standard deviation.
inline void scan_shape(const float* x, int32_t stride, int32_t length, float* y) {
  y[statistic::skewness] = y[statistic::kurtosis] = y[statistic::crest_factor] = 0.0f;
  const float deviation = y[statistic::standard_deviation];
  // Below this the deviation is the mean's rounding error: the signal is constant.
  const float offset = y[statistic::mean] < 0.0f ? -y[statistic::mean] : y[statistic::mean];
  if (!(deviation > 1e-6f * offset) || deviation < 1e-18f) {
    y[statistic::zero_crossings] = 0.0f;
    return;
  }
  const float inverse = 1.0f / deviation;
  float cubes = 0.0f, fourths = 0.0f, largest = 0.0f;
  for (int32_t i = 0; i < length; ++i) {
    const float z = (x[i * stride] - y[statistic::mean]) * inverse;
    const float square = z * z;
    cubes += square * z;
    fourths += square * square;
    const float size = z < 0.0f ? -z : z;
    if (size > largest) largest = size;
  }
  const float n = static_cast<float>(length);
  y[statistic::skewness] = cubes / n;
  y[statistic::kurtosis] = fourths / n;
  y[statistic::crest_factor] = largest;
}

// x: float, `length` >= 1 samples `stride` apart; y: float [statistic::count].
inline void all_statistics(const float* x, int32_t stride, int32_t length, float* y) {
  y[statistic::mean] = mean_of(x, stride, length);
  scan(x, stride, length, y);
  scan_shape(x, stride, length, y);
}

}  // namespace mote::signal
