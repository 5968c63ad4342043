#include "compiler/ir/kernel_costs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace mote::ir {
namespace {

struct Line {
  std::string_view board;
  KernelCost cost;
};

const std::vector<Line>& lines() {
#define MOTE_KERNEL_COST(BOARD, KERNEL, ESTIMATE, STEP, OUTPUT, PIXEL, CALL) \
  {BOARD, {KERNEL, ESTIMATE, STEP, OUTPUT, PIXEL, CALL}},
  static const std::vector<Line> all = {
#include "compiler/ir/kernel_costs.inc"
  };
#undef MOTE_KERNEL_COST
  return all;
}

}  // namespace

NodeWork work_of(const Graph& graph, const Node& node, const KernelInfo& kernel) {
  const Tensor& y = graph.tensor(node.outputs.at(0));
  const int64_t outputs = y.elements();
  const int64_t pixels = y.shape.empty() ? 1 : outputs / std::max<int64_t>(y.shape.back(), 1);
  const int64_t window = node.integer("filter_h", 0) * node.integer("filter_w", 0);
  const int64_t steps = std::max(find_op(node.op).macs(graph, node), outputs * window);
  return {static_cast<double>(kernel.instructions(graph, node)), static_cast<double>(steps),
          static_cast<double>(outputs), static_cast<double>(pixels), 1.0};
}

double cost_of(const KernelCost& cost, const NodeWork& work) {
  const NodeWork factors = {cost.per_estimate, cost.per_step, cost.per_output, cost.per_pixel,
                            cost.per_call};
  double sum = 0;
  for (size_t i = 0; i < work.size(); ++i) sum += factors[i] * work[i];
  return sum;
}

double cost_of(const Graph& graph, const Node& node, const KernelInfo& kernel,
               std::span<const KernelCost> costs) {
  const auto measured = std::ranges::find(costs, kernel.symbol, &KernelCost::kernel);
  if (measured == costs.end()) return static_cast<double>(kernel.instructions(graph, node));
  return cost_of(*measured, work_of(graph, node, kernel));
}

size_t choose(std::span<const KernelOffer> offers) {
  constexpr double clearly_less = 0.85;
  const auto cheapest = std::ranges::min_element(offers, {}, &KernelOffer::cost);
  const auto expected = std::ranges::min_element(offers, {}, &KernelOffer::estimate);
  const bool clear = cheapest->cost < clearly_less * expected->cost;
  return static_cast<size_t>((clear ? cheapest : expected) - offers.begin());
}

std::vector<KernelCost> kernel_costs(std::string_view board) {
  std::vector<KernelCost> own;
  for (const Line& line : lines()) {
    if (line.board == board) own.push_back(line.cost);
  }
  return own;
}

std::string replace_costs(const std::string& text, std::string_view board,
                          std::span<const KernelCost> costs) {
  const std::string start = fmt::format("MOTE_KERNEL_COST(\"{}\",", board);
  std::string own;
  for (const KernelCost& cost : costs) {
    own += fmt::format("{} \"{}\", {:.4g}, {:.4g}, {:.4g}, {:.4g}, {:.4g})\n", start, cost.kernel,
                       cost.per_estimate, cost.per_step, cost.per_output, cost.per_pixel,
                       cost.per_call);
  }
  std::string result;
  std::istringstream source(text);
  for (std::string line; std::getline(source, line);) {
    if (!line.starts_with(start)) {
      result += line + "\n";
    } else {
      result += own;
      own.clear();
    }
  }
  return result + own;
}

}  // namespace mote::ir
