// A model as a column of operators in the order in which they run. An arrow joins neighbours; a
// value that is read further down runs in a lane beside the column, so that no line crosses a box.
#include <algorithm>

#include "lab/report/report.hpp"
#include "lab/report/svg.hpp"

namespace mote::lab::report {
namespace {

constexpr double row_height = 50, box_height = 34, box_width = 400, lane_width = 13, top = 44;
constexpr double bar_width = 150, column_gap = 24, margin = 12;

// A value that is not read by the next operator alone.
struct Detour {
  int from = 0;  // row of the writer; -1: an input of the model
  int to = 0;
  int lane = 0;
};

// Longer ones further out; two in one lane don't meet.
std::vector<Detour> make_detours(const ModelGraph& graph) {
  std::vector<Detour> detours;
  for (int row = 0; row < static_cast<int>(graph.nodes.size()); ++row) {
    for (const int from : graph.nodes[static_cast<size_t>(row)].reads) {
      if (from + 1 != row) detours.push_back({from, row, 0});
    }
  }
  std::ranges::stable_sort(detours, {}, [](const Detour& d) { return d.to - d.from; });
  for (size_t i = 0; i < detours.size(); ++i) {
    const auto taken = [&](int lane) {
      return std::any_of(detours.begin(), detours.begin() + static_cast<std::ptrdiff_t>(i),
                         [&](const Detour& other) {
                           const bool apart =
                               other.to <= detours[i].from || detours[i].to <= other.from;
                           return other.lane == lane && !apart;
                         });
    };
    while (taken(detours[i].lane)) ++detours[i].lane;
  }
  return detours;
}

class Drawing {
 public:
  explicit Drawing(const ModelGraph& graph)
      : graph_(graph),
        detours_(make_detours(graph)),
        left_(margin + lane_width * lanes()),
        svg_(left_ + box_width + 3 * (bar_width + column_gap) + margin,
             top + row_height * (static_cast<double>(graph.nodes.size()) + 1) + 8, description()) {}

  std::string run() {
    heading();
    for (const Detour& detour : detours_) draw_detour(detour);
    const int64_t macs = most(&GraphNode::macs), constants = most(&GraphNode::constant_bytes);
    const int64_t outputs = most(&GraphNode::output_bytes);
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      const GraphNode& node = graph_.nodes[i];
      const double y = row(static_cast<int>(i));
      draw_box(node, i, y);
      draw_bar(0, y, node.macs, macs, "series0", "multiply-accumulates");
      draw_bar(1, y, node.constant_bytes, constants, "series2", "bytes of weights and constants");
      draw_bar(2, y, node.output_bytes, outputs, "series1", "bytes of output");
    }
    const double end = row(static_cast<int>(graph_.nodes.size()));
    svg_.text(left_ + box_width / 2, end + 6, "out: " + fit(graph_.outputs, box_width),
              "muted middle");
    return svg_.finish();
  }

 private:
  double lanes() const {
    int count = 0;
    for (const Detour& detour : detours_) count = std::max(count, detour.lane + 1);
    return count;
  }
  std::string description() const {
    int64_t macs = 0;
    for (const GraphNode& node : graph_.nodes) macs += node.macs;
    return fmt::format("Model of {} operators and {} multiply-accumulates, from {} to {}",
                       graph_.nodes.size(), grouped(macs), graph_.inputs, graph_.outputs);
  }
  int64_t most(int64_t GraphNode::*field) const {
    int64_t value = 1;
    for (const GraphNode& node : graph_.nodes) value = std::max(value, node.*field);
    return value;
  }
  static double row(int index) { return top + row_height * index; }  // of a box's upper edge
  double bar_left(int column) const {
    return left_ + box_width + column_gap + column * (bar_width + column_gap);
  }

  void heading() {
    svg_.text(left_ + box_width / 2, 18, "in: " + fit(graph_.inputs, box_width), "muted middle");
    const char* const names[] = {"MACs", "weights, bytes", "output, bytes"};
    for (int column = 0; column < 3; ++column) {
      svg_.text(bar_left(column), 18, names[column], "muted");
    }
  }

  void draw_detour(const Detour& detour) {
    const double x = left_ - lane_width * (detour.lane + 0.6);
    const double from = detour.from < 0 ? top - 12 : row(detour.from) + box_height - 8;
    const double to = row(detour.to) + 10;
    svg_.path(fmt::format("M{0:.1f},{1:.1f} H{2:.1f} V{3:.1f} H{0:.1f}", left_, from, x, to),
              "curve0");
    draw_head(left_, to, -6, -4, -6, 4);
  }

  // An arrow's head at its tip; the other two corners relative to it.
  void draw_head(double x, double y, double ax, double ay, double bx, double by) {
    svg_.path(fmt::format("M{:.1f},{:.1f} L{:.1f},{:.1f} L{:.1f},{:.1f} Z", x, y, x + ax, y + ay,
                          x + bx, y + by),
              "arrow");
  }

  void draw_box(const GraphNode& node, size_t index, double y) {
    const auto before = static_cast<int>(index) - 1;
    const double middle = left_ + box_width / 2;
    if (std::ranges::find(node.reads, before) != node.reads.end()) {
      svg_.line(middle, y - (row_height - box_height), middle, y - 4, "axis");
      draw_head(middle, y, -4, -6, 4, -6);
    }
    svg_.rect(left_, y, box_width, box_height, node.supported ? "node" : "node node_bad",
              fmt::format("{}: {}", index, node.note));
    svg_.text(left_ + 10, y + 22, fit(fmt::format("{}  {}", index, node.name), box_width * 0.6),
              "strong");
    svg_.text(left_ + box_width - 10, y + 22, fit(node.shape, box_width * 0.38), "small end");
  }

  void draw_bar(int column, double y, int64_t value, int64_t most, const char* css,
                const char* what) {
    if (value <= 0) return;
    const double part = static_cast<double>(value) / static_cast<double>(most);
    svg_.rect(bar_left(column), y + 22, std::max(1.0, bar_width * part), 7, css,
              fmt::format("{} {}", grouped(value), what));
    svg_.text(bar_left(column), y + 15, grouped(value), "small");
  }

  const ModelGraph& graph_;
  std::vector<Detour> detours_;
  double left_;  // of the boxes
  Svg svg_;
};

}  // namespace

std::string model_graph_svg(const ModelGraph& graph) {
  return Drawing(graph).run();
}

}  // namespace mote::lab::report
