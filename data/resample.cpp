#include "data/resample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mote::data {
namespace {

constexpr double kaiser_beta = 8.0;
constexpr int32_t zero_crossings = 16;
constexpr int32_t steps_per_crossing = 512;
constexpr double cut_off = 0.45;      // of the lower rate; the rest is the filter's slope
constexpr int32_t bessel_terms = 40;  // the series for beta 8 is below 1e-16 after 30
constexpr double rate_tolerance = 1e-6;
constexpr int64_t frames_max = int64_t{1} << 40;

double bessel_i0(double x) {
  double term = 1;
  double sum = 1;
  for (int32_t k = 1; k < bessel_terms; ++k) {
    term *= (x / (2 * k)) * (x / (2 * k));
    sum += term;
  }
  return sum;
}

// One half of the windowed sinc, tabulated; between entries it is interpolated linearly (error
// below 1e-5 of full scale).
class LowPass {
 public:
  // `bandwidth`: 2 * cut-off / input rate, in (0, 1].
  explicit LowPass(double bandwidth) : bandwidth_(bandwidth) {
    const double scale = bessel_i0(kaiser_beta);
    for (int32_t i = 0; i <= zero_crossings * steps_per_crossing; ++i) {
      const double x = static_cast<double>(i) / steps_per_crossing;
      const double u = x / zero_crossings;
      const double window = bessel_i0(kaiser_beta * std::sqrt(std::max(0.0, 1 - u * u))) / scale;
      const double phase = std::numbers::pi * x;
      table_.push_back(window * (i == 0 ? 1 : std::sin(phase) / phase));
    }
    table_.push_back(0);
  }

  // In input frames.
  double half_width() const { return zero_crossings / bandwidth_; }

  // The weight of a sample `t` input frames away.
  double operator()(double t) const {
    const double x = std::abs(t) * bandwidth_ * steps_per_crossing;
    const auto i = static_cast<size_t>(x);
    if (i + 1 >= table_.size()) return 0;
    return table_[i] + (table_[i + 1] - table_[i]) * (x - static_cast<double>(i));
  }

 private:
  double bandwidth_;
  std::vector<double> table_;
};

std::vector<Segment> move_segments(const std::vector<Segment>& segments, double ratio,
                                   int64_t frames) {
  std::vector<Segment> moved;
  for (const Segment& segment : segments) {
    const Segment next{
        std::llround(static_cast<double>(segment.begin) * ratio),
        std::min<int64_t>(std::llround(static_cast<double>(segment.end) * ratio), frames),
        segment.label};
    if (next.begin < next.end) moved.push_back(next);
  }
  return moved;
}

}  // namespace

Recording resample(const Recording& recording, double rate_hz) {
  const RecordingInfo& info = recording.info;
  if (std::abs(rate_hz - info.rate_hz) <= rate_tolerance * info.rate_hz) return recording;
  const double ratio = rate_hz / info.rate_hz;
  if (!(ratio > 0) || static_cast<double>(info.frames) * ratio > static_cast<double>(frames_max)) {
    throw DataError(fmt::format("{}: can't be resampled from {} Hz to {} Hz", info.name,
                                info.rate_hz, rate_hz));
  }
  Recording out{info, {}};
  out.info.rate_hz = rate_hz;
  out.info.scale = 1;
  out.info.hash.clear();
  out.info.frames = std::max<int64_t>(1, std::llround(static_cast<double>(info.frames) * ratio));
  out.info.segments = move_segments(info.segments, ratio, out.info.frames);

  const LowPass low_pass(2 * cut_off * std::min(1.0, ratio));
  const double half_width = low_pass.half_width();
  const auto axes = static_cast<int32_t>(info.axes.size());
  std::vector<float> values;
  values.reserve(static_cast<size_t>(out.info.frames) * info.axes.size());
  std::vector<double> weights;
  for (int64_t frame = 0; frame < out.info.frames; ++frame) {
    const double centre = static_cast<double>(frame) / ratio;
    const auto first = static_cast<int64_t>(std::ceil(centre - half_width));
    const auto last = static_cast<int64_t>(std::floor(centre + half_width));
    weights.clear();
    double sum = 0;
    for (int64_t i = first; i <= last; ++i) {
      weights.push_back(low_pass(static_cast<double>(i) - centre));
      sum += weights.back();
    }
    for (int32_t axis = 0; axis < axes; ++axis) {
      double value = 0;
      for (int64_t i = first; i <= last; ++i) {
        const int64_t inside = std::clamp<int64_t>(i, 0, info.frames - 1);
        value += weights[static_cast<size_t>(i - first)] * recording.at(inside, axis);
      }
      values.push_back(static_cast<float>(value / sum));
    }
  }
  out.values = std::move(values);
  return out;
}

Recording interpolate_evenly(const Recording& recording, const std::vector<double>& times_s,
                             double rate_hz) {
  const RecordingInfo& info = recording.info;
  const auto frames_in = static_cast<size_t>(info.frames);
  if (times_s.size() != frames_in || !std::is_sorted(times_s.begin(), times_s.end())) {
    throw DataError(fmt::format("{}: time stamps go backwards or are missing", info.name));
  }
  const double span_s = times_s.back() - times_s.front();
  if (!(rate_hz > 0) || span_s * rate_hz > static_cast<double>(frames_max)) {
    throw DataError(
        fmt::format("{}: {} s at {} Hz are too many frames", info.name, span_s, rate_hz));
  }
  Recording out{info, {}};
  out.info.rate_hz = rate_hz;
  out.info.scale = 1;
  out.info.hash.clear();
  out.info.frames = static_cast<int64_t>(std::floor(span_s * rate_hz)) + 1;
  const auto axes = static_cast<int32_t>(info.axes.size());
  std::vector<float> values;
  std::vector<size_t> nearest;  // the input frame at or before each output frame
  size_t right = 0;
  for (int64_t frame = 0; frame < out.info.frames; ++frame) {
    const double time_s = times_s.front() + static_cast<double>(frame) / rate_hz;
    while (right + 1 < frames_in && times_s[right] < time_s) ++right;
    const size_t left = right > 0 && times_s[right] > time_s ? right - 1 : right;
    const double gap_s = times_s[right] - times_s[left];
    const double part = gap_s > 0 ? std::min(1.0, (time_s - times_s[left]) / gap_s) : 0;
    for (int32_t axis = 0; axis < axes; ++axis) {
      const double a = recording.at(static_cast<int64_t>(left), axis);
      const double b = recording.at(static_cast<int64_t>(right), axis);
      values.push_back(static_cast<float>(a + (b - a) * part));
    }
    nearest.push_back(left);
  }
  out.values = std::move(values);
  out.info.segments.clear();
  for (const Segment& segment : info.segments) {
    const auto begin =
        std::lower_bound(nearest.begin(), nearest.end(), static_cast<size_t>(segment.begin));
    const auto end = std::lower_bound(begin, nearest.end(), static_cast<size_t>(segment.end));
    if (begin != end) {
      out.info.segments.push_back({begin - nearest.begin(), end - nearest.begin(), segment.label});
    }
  }
  return out;
}

}  // namespace mote::data
