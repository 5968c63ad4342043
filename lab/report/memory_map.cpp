#include <algorithm>

#include "lab/report/report.hpp"
#include "lab/report/svg.hpp"

namespace mote::lab::report {

std::string memory_map_svg(const std::vector<plan::ArenaBuffer>& buffers, uint32_t arena_bytes,
                           size_t op_count) {
  constexpr double width = 1000, left = 76, right = 16, top = 10, plot_height = 280;
  constexpr double plot = width - left - right;
  const double columns = static_cast<double>(op_count) + 1;  // the last: outputs waiting
  const double arena = std::max<double>(arena_bytes, 1);
  Svg svg(width, top + plot_height + 40,
          fmt::format("Memory plan: {} buffers share an arena of {} bytes over {} operators",
                      buffers.size(), grouped(arena_bytes), op_count));
  const double unit = arena >= 4096 ? 1024 : 1;
  for (const double step : ticks_between(0, arena / unit, 5)) {
    const double tick = step * unit;
    const double y = top + plot_height * (1 - tick / arena);
    svg.line(left, y, width - right, y, "grid");
    svg.text(left - 6, y + 4, brief(step) + (unit > 1 ? " KiB" : " B"), "small end");
  }
  for (size_t i = 0; i < buffers.size(); ++i) {
    const plan::ArenaBuffer& buffer = buffers[i];
    const double first = std::clamp<double>(buffer.first_op, 0, columns - 1);
    const double last = std::clamp<double>(buffer.last_op, 0, columns - 1);
    const double x = left + plot * first / columns;
    const double w = plot * (last - first + 1) / columns;
    const double h = plot_height * buffer.bytes / arena;
    const double y =
        top + plot_height * (1 - (static_cast<double>(buffer.offset) + buffer.bytes) / arena);
    const bool scratch = buffer.label.starts_with("scratch");
    const char* css = scratch ? "buffer_scratch" : i % 2 == 0 ? "buffer0" : "buffer1";
    svg.rect(
        x + 1, y + 0.5, w - 2, h - 1, css,
        fmt::format("{}: {} bytes at {}, operators {} to {}", buffer.label, grouped(buffer.bytes),
                    grouped(buffer.offset), buffer.first_op, buffer.last_op));
    if (h > 15 && w > 44) {
      svg.text(x + w / 2, y + h / 2 + 4, fit(grouped(buffer.bytes) + " B", w - 8), "small middle");
    }
  }
  const size_t step = std::max<size_t>(1, op_count / 16);
  for (size_t op = 0; op < op_count; op += step) {
    svg.text(left + plot * (static_cast<double>(op) + 0.5) / columns, top + plot_height + 16,
             std::to_string(op), "small middle");
  }
  svg.text(left + plot / 2, top + plot_height + 34, "operator", "muted middle");
  return svg.finish();
}

}  // namespace mote::lab::report
