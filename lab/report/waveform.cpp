#include <algorithm>
#include <cmath>

#include "lab/report/report.hpp"
#include "lab/report/svg.hpp"

namespace mote::lab::report {
namespace {

constexpr double width = 1000, left = 64, right = 16, band = 34, axis_height = 120, gap = 12;
constexpr double plot = width - left - right;
constexpr int columns = static_cast<int>(plot);

// Lowest and highest sample of each pixel column, as one closed outline.
std::string envelope(const std::vector<float>& samples, double top, double low, double high) {
  std::string upper, lower;
  const auto y_of = [&](double value) {
    return top + axis_height * (high - value) / (high > low ? high - low : 1.0);
  };
  const size_t n = samples.size();
  for (int column = 0; column < columns; ++column) {
    const size_t first = n * static_cast<size_t>(column) / columns;
    const size_t last = std::max(first + 1, n * (static_cast<size_t>(column) + 1) / columns);
    if (first >= n) break;
    const auto [least, most] =
        std::minmax_element(samples.begin() + static_cast<std::ptrdiff_t>(first),
                            samples.begin() + static_cast<std::ptrdiff_t>(std::min(last, n)));
    const double x = left + column + 0.5;
    upper += fmt::format("{}{:.1f} {:.1f}", column == 0 ? "M" : "L", x, y_of(*most) - 0.4);
    lower = fmt::format("L{:.1f} {:.1f}", x, y_of(*least) + 0.4) + lower;
  }
  return upper + lower + "Z";
}

void draw_axis(Svg& svg, const Waveform& waveform, size_t axis, double top) {
  const std::vector<float>& samples = waveform.samples[axis];
  if (samples.empty()) return;
  const auto [least, most] = std::minmax_element(samples.begin(), samples.end());
  double low = *least, high = *most;
  const double margin = std::max((high - low) * 0.05, 1e-9);
  low -= margin;
  high += margin;
  for (const double tick : ticks_between(low, high, 3)) {
    const double y = top + axis_height * (high - tick) / (high - low);
    svg.line(left, y, width - right, y, "grid");
    svg.text(left - 6, y + 4, brief(std::abs(tick) < 1e-12 ? 0.0 : tick), "small end");
  }
  svg.path(envelope(samples, top, low, high), axis % 3 == 0   ? "series0"
                                              : axis % 3 == 1 ? "series1"
                                                              : "series2");
  const std::string name = axis < waveform.axes.size() ? waveform.axes[axis] : "";
  const std::string label = waveform.units.empty() ? name : name + " (" + waveform.units + ")";
  svg.text(left + 6, top + 12, label, "small halo");
}

}  // namespace

std::string waveform_svg(const Waveform& waveform) {
  const size_t axes = waveform.samples.size();
  const size_t length = axes == 0 ? 0 : waveform.samples[0].size();
  const double seconds =
      waveform.rate_hz > 0 ? static_cast<double>(length) / waveform.rate_hz : 0.0;
  if (length == 0 || seconds <= 0) return "<p>No samples.</p>\n";
  const double plot_top = band;
  const double plot_bottom = plot_top + static_cast<double>(axes) * (axis_height + gap) - gap;
  const double height = plot_bottom + 26 + band + 14;
  const auto x_of = [&](double t) { return left + plot * std::clamp(t / seconds, 0.0, 1.0); };

  std::string said = fmt::format("Recording of {:.1f} s.", seconds);
  for (const Span& span : waveform.truth) {
    said +=
        fmt::format(" Labelled {} from {:.1f} to {:.1f} s.", span.label, span.start_s, span.end_s);
  }
  for (const Event& event : waveform.events) {
    said += fmt::format(" The device reported {} at {:.1f} s.", event.label, event.time_s);
  }
  Svg svg(width, height, said);
  for (size_t i = 0; i < waveform.truth.size(); ++i) {
    const Span& span = waveform.truth[i];
    const double x = x_of(span.start_s), w = x_of(span.end_s) - x;
    svg.rect(x, 0, w, plot_bottom, i % 2 == 0 ? "span0" : "span1",
             fmt::format("{}: {:.2f} s to {:.2f} s", span.label, span.start_s, span.end_s));
    svg.text(x + 6, 16, fit(span.label, w - 8), "strong");
  }
  for (size_t axis = 0; axis < axes; ++axis) {
    draw_axis(svg, waveform, axis, plot_top + static_cast<double>(axis) * (axis_height + gap));
  }
  for (const double tick : ticks_between(0, seconds, 10)) {
    svg.line(x_of(tick), plot_bottom, x_of(tick), plot_bottom + 4, "axis");
    svg.text(x_of(tick), plot_bottom + 18, brief(tick) + " s", "small middle");
  }
  double free_from = 0;  // labels that would overlap are left to the tooltip and the table
  for (const Event& event : waveform.events) {
    const double x = x_of(event.time_s);
    svg.line(x, band / 2 + 6, x, plot_bottom, "event");
    svg.rect(x - 4, plot_bottom + 22, 8, 8, "event_dot",
             fmt::format("{} at {:.2f} s, confidence {:.0f} %", event.label, event.time_s,
                         100 * event.confidence));
    const std::string label = fmt::format("{} {:.0f} %", event.label, 100 * event.confidence);
    const double room = static_cast<double>(label.size()) * 7.6;
    if (x > free_from && x + room < width) {
      svg.text(x - 4, plot_bottom + 46, label, "small event_text");
      free_from = x + 16 + room;
    }
  }
  return svg.finish();
}

}  // namespace mote::lab::report
