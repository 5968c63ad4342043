#include <algorithm>

#include "lab/report/report.hpp"
#include "lab/report/svg.hpp"

namespace mote::lab::report {

std::string confusion_matrix_svg(const ConfusionMatrix& matrix) {
  const size_t n = matrix.labels.size();
  constexpr double left = 150, top = 64, right = 84;
  const double cell = std::clamp(640.0 / static_cast<double>(std::max<size_t>(n, 1)), 34.0, 96.0);
  const double side = cell * static_cast<double>(n);
  const auto count = [&](size_t truth, size_t decision) {
    return matrix.counts.at(truth * n + decision);
  };
  int64_t all = 0, right_ones = 0;
  for (size_t t = 0; t < n; ++t) {
    for (size_t d = 0; d < n; ++d) all += count(t, d);
    right_ones += count(t, t);
  }
  Svg svg(
      left + side + right, top + side + 30,
      fmt::format("Confusion matrix: {} of {} decisions agree with the label", right_ones, all));
  svg.text(left + side / 2, 16, "decision of the device", "muted middle");
  svg.text(left + side + 12, top - 12, "recall", "muted");
  for (size_t i = 0; i < n; ++i) {
    const double at = cell * (static_cast<double>(i) + 0.5);
    svg.text(left + at, top - 12, fit(matrix.labels[i], cell - 2), "small middle");
    svg.text(left - 10, top + at + 4, fit(matrix.labels[i], left - 16), "end");
  }
  for (size_t t = 0; t < n; ++t) {
    int64_t row = 0;
    for (size_t d = 0; d < n; ++d) row += count(t, d);
    const double y = top + cell * static_cast<double>(t);
    for (size_t d = 0; d < n; ++d) {
      const double x = left + cell * static_cast<double>(d);
      const double part =
          row > 0 ? static_cast<double>(count(t, d)) / static_cast<double>(row) : 0.0;
      const std::string tooltip = fmt::format("{} taken for {}: {} ({:.1f} %)", matrix.labels[t],
                                              matrix.labels[d], count(t, d), 100 * part);
      svg.rect(x + 1, y + 1, cell - 2, cell - 2, "empty");
      if (count(t, d) > 0) {
        svg.rect(x + 1, y + 1, cell - 2, cell - 2, t == d ? "good" : "bad", tooltip,
                 0.15 + 0.85 * part);
        svg.text(x + cell / 2, y + cell / 2 + 4, grouped(count(t, d)),
                 part > 0.55 ? "middle on" : "middle");
      }
    }
    const double recall =
        row > 0 ? 100.0 * static_cast<double>(count(t, t)) / static_cast<double>(row) : 0.0;
    svg.text(left + side + 12, y + cell / 2 + 4, row > 0 ? fmt::format("{:.1f} %", recall) : "–",
             "muted");
  }
  return svg.finish();
}

}  // namespace mote::lab::report
