#include <algorithm>

#include "lab/report/report.hpp"
#include "lab/report/svg.hpp"

namespace mote::lab::report {

std::string op_costs_svg(const std::vector<OpCost>& ops) {
  constexpr double width = 1000, name_width = 270, bar = 440, row = 24, top = 24;
  int64_t sum = 0, most = 1;
  for (const OpCost& op : ops) {
    sum += op.instructions;
    most = std::max(most, op.instructions);
  }
  Svg svg(width, top + row * static_cast<double>(ops.size()) + 6,
          fmt::format("Instructions of {} operators, {} together", ops.size(), grouped(sum)));
  const double numbers = name_width + bar;
  svg.text(numbers + 110, 12, "instructions", "muted end");
  svg.text(numbers + 180, 12, "share", "muted end");
  svg.text(numbers + 274, 12, "per MAC", "muted end");
  for (size_t i = 0; i < ops.size(); ++i) {
    const OpCost& op = ops[i];
    const double y = top + row * static_cast<double>(i);
    const double part = static_cast<double>(op.instructions) / static_cast<double>(most);
    const double share =
        sum > 0 ? 100.0 * static_cast<double>(op.instructions) / static_cast<double>(sum) : 0.0;
    svg.text(0, y + 15, fit(fmt::format("{}  {}", i, op.name), name_width - 10), "");
    svg.rect(name_width, y + 3, bar, row - 8, "empty");
    svg.rect(name_width, y + 3, std::max(bar * part, 1.0), row - 8, "bar",
             fmt::format("{}: {} instructions, {} multiply-accumulates", op.name,
                         grouped(op.instructions), grouped(op.macs)));
    svg.text(numbers + 110, y + 15, grouped(op.instructions), "end");
    svg.text(numbers + 180, y + 15, fmt::format("{:.1f} %", share), "end muted");
    if (op.macs > 0) {
      svg.text(numbers + 274, y + 15,
               fmt::format("{:.2f}",
                           static_cast<double>(op.instructions) / static_cast<double>(op.macs)),
               "end muted");
    }
  }
  return svg.finish();
}

std::string learning_curve_svg(const std::vector<Epoch>& epochs) {
  constexpr double width = 1000, left = 56, right = 56, top = 22, plot_height = 200;
  constexpr double plot = width - left - right;
  if (epochs.empty()) return "<p>No epochs.</p>\n";
  double loss_max = 0;
  for (const Epoch& epoch : epochs) {
    loss_max = std::max({loss_max, epoch.train_loss, epoch.val_loss});
  }
  loss_max = loss_max > 0 ? loss_max * 1.05 : 1;
  Svg svg(width, top + plot_height + 40,
          fmt::format("Training over {} epochs: validation loss from {} to {}, accuracy {:.1f} %",
                      epochs.size(), brief(epochs.front().val_loss), brief(epochs.back().val_loss),
                      100 * epochs.back().val_accuracy));
  for (const double tick : ticks_between(0, loss_max, 4)) {
    const double y = top + plot_height * (1 - tick / loss_max);
    svg.line(left, y, width - right, y, "grid");
    svg.text(left - 6, y + 4, brief(tick), "small end");
  }
  for (const double percent : {0.0, 50.0, 100.0}) {
    svg.text(width - right + 6, top + plot_height * (1 - percent / 100) + 4,
             fmt::format("{:.0f} %", percent), "small");
  }
  const double steps = static_cast<double>(std::max<size_t>(epochs.size() - 1, 1));
  const auto curve = [&](auto value, double full, const char* css) {
    std::string points;
    for (size_t i = 0; i < epochs.size(); ++i) {
      points +=
          fmt::format("{:.1f},{:.1f} ", left + plot * static_cast<double>(i) / steps,
                      top + plot_height * (1 - std::clamp(value(epochs[i]) / full, 0.0, 1.0)));
    }
    svg.polyline(points, css);
  };
  curve([](const Epoch& e) { return e.train_loss; }, loss_max, "curve0");
  curve([](const Epoch& e) { return e.val_loss; }, loss_max, "curve1");
  curve([](const Epoch& e) { return e.val_accuracy; }, 1.0, "curve2");
  svg.text(left, 12, "training loss", "small curve0_text");
  svg.text(left + 110, 12, "validation loss", "small curve1_text");
  svg.text(left + 230, 12, "validation accuracy (right)", "small curve2_text");
  svg.text(left, top + plot_height + 18, "epoch 1", "small");
  svg.text(width - right, top + plot_height + 18, fmt::format("epoch {}", epochs.size()),
           "small end");
  return svg.finish();
}

}  // namespace mote::lab::report
