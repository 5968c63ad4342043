#include "lab/tune.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/compile.hpp"

namespace mote::lab {
namespace {

using ir::Graph;
using ir::KernelCost;

// One layer of tuning_layers.
Graph layer(size_t number, const char* op) {
  Graph graph = tuning_layers(6, 1);
  const ir::Node node = graph.nodes.at(number);
  EXPECT_EQ(node.op, op);
  graph.nodes = {node};
  graph.inputs = {node.inputs[0]};
  graph.outputs = node.outputs;
  run_passes(graph);
  return graph;
}

Graph dense() {
  return layer(5, "fully_connected");
}
Graph with_palette() {
  return layer(6, "conv2d");
}

const ir::KernelInfo& kernel_named(std::string_view symbol) {
  for (const ir::KernelInfo& kernel : ir::find_op("fully_connected").kernels) {
    if (kernel.symbol == symbol) return kernel;
  }
  throw ir::GraphError("no kernel " + std::string(symbol));
}

TEST(Costs, ATableGoesBeforeTheKernelsOwnEstimate) {
  const Graph graph = dense();
  const ir::Node& node = graph.nodes.front();
  const ir::KernelInfo& kernel = kernel_named("fully_connected_s8_generic");
  const auto estimate = static_cast<double>(kernel.instructions(graph, node));
  const ir::Tensor& y = graph.tensor(node.outputs[0]);
  const int64_t macs = y.elements() * graph.tensor(node.inputs[1]).shape[1];
  const std::vector<KernelCost> costs{{"fully_connected_s8_generic", 2, 0.5, 3, 10, 100}};
  EXPECT_EQ(cost_of(graph, node, kernel, costs), 2 * estimate + 0.5 * static_cast<double>(macs) +
                                                     3 * static_cast<double>(y.elements()) +
                                                     10 * y.shape[0] + 100);
  EXPECT_EQ(cost_of(graph, node, kernel, {}), estimate);
}

TEST(Costs, TheTargetsTableDecides) {
  const Graph graph = dense();
  ir::Target target = find_board("mps2-an386").target();
  for (const char* symbol : {"fully_connected_s8_reference", "fully_connected_s8_generic",
                             "fully_connected_s8_armv7em"}) {
    target.costs = {{symbol}};  // costs nothing
    EXPECT_EQ(ir::lower(graph, graph.nodes.front(), target).kernel->symbol, symbol);
  }
}

TEST(Costs, EveryBoardThatCountsHasATable) {
  for (const Board& board : boards()) {
    const ir::Target target = board.target();
    EXPECT_EQ(target.costs.empty(), !board.counts()) << board.name << ": run mote tune";
    for (const KernelCost& cost : target.costs) {
      for (const double factor :
           {cost.per_estimate, cost.per_step, cost.per_output, cost.per_pixel, cost.per_call}) {
        EXPECT_GE(factor, 0) << board.name << " " << cost.kernel;
      }
    }
  }
}

TEST(Costs, FitFindsTheFactorsAndKeepsThemFromBelowZero) {
  std::vector<CostSample> samples;
  for (const double macs : {100, 1000, 5000}) {
    for (const double outputs : {8, 64}) {
      for (const double pixels : {1, 4}) {
        const ir::NodeWork work{2 * macs + outputs, macs, outputs, pixels, 1};
        samples.push_back({samples.size(), "layer", "exact", work,
                           0.25 * work[0] + 9 * outputs + 20 * pixels + 300});
        samples.push_back({samples.size(), "layer", "falls", work, 2 * macs - outputs});
      }
    }
  }
  const auto costs = fit_costs(samples);
  ASSERT_EQ(costs.size(), 2u);
  for (const CostSample& sample : samples) {
    const KernelCost& cost = costs[sample.kernel == "exact" ? 0 : 1];
    EXPECT_NEAR(cost_of(cost, sample.work) / sample.instructions, 1,
                sample.kernel == "exact" ? 1e-6 : 0.5);
  }
  for (const double factor : {costs[1].per_estimate, costs[1].per_step, costs[1].per_output,
                              costs[1].per_pixel, costs[1].per_call}) {
    EXPECT_GE(factor, 0);
  }
}

TEST(Costs, JudgingCountsWhatAChoiceCosts) {
  const std::vector<CostSample> samples{{0, "a", "one", {10, 0, 0, 0, 1}, 30},
                                        {0, "a", "two", {20, 0, 0, 0, 1}, 25},
                                        {1, "b", "one", {5, 0, 0, 0, 1}, 7},
                                        {1, "b", "two", {9, 0, 0, 0, 1}, 8}};
  const Choices estimates = judge_costs(samples, {});
  EXPECT_EQ(estimates.layers, 2u);
  ASSERT_EQ(estimates.missed.size(), 1u);
  EXPECT_EQ(estimates.missed[0].taken->kernel, "one");
  EXPECT_EQ(estimates.missed[0].best->kernel, "two");
  EXPECT_EQ(estimates.best_instructions, 32);
  EXPECT_EQ(estimates.instructions, 37);
  const Choices table = judge_costs(samples, std::vector<KernelCost>{{"one", 3}});
  EXPECT_EQ(table.missed.size(), 1u);
  EXPECT_EQ(table.instructions, 33);
}

TEST(Costs, ReplacingKeepsTheOtherBoardsLines) {
  const std::string text =
      "// Head\nMOTE_KERNEL_COST(\"a\", \"old\", 1, 2, 3, 4, 5)\n"
      "MOTE_KERNEL_COST(\"a\", \"older\", 1, 2, 3, 4, 5)\n"
      "MOTE_KERNEL_COST(\"b\", \"other\", 1, 2, 3, 4, 5)\n";
  const std::vector<KernelCost> costs{{"new", 1.25, 0.5, 2, 0, 1234.5}};
  EXPECT_EQ(ir::replace_costs(text, "a", costs),
            "// Head\nMOTE_KERNEL_COST(\"a\", \"new\", 1.25, 0.5, 2, 0, 1234)\n"
            "MOTE_KERNEL_COST(\"b\", \"other\", 1, 2, 3, 4, 5)\n");
  EXPECT_EQ(ir::replace_costs("// Head\n", "c", costs),
            "// Head\nMOTE_KERNEL_COST(\"c\", \"new\", 1.25, 0.5, 2, 0, 1234)\n");
}

TEST(Tune, MeasuresEveryKernelThatFits) {
  const Graph graph = dense();
  double done = 0;
  const auto samples =
      measure_costs(find_board("mps2-an386"), graph, [&](double part) { done += part; });
  EXPECT_NEAR(done, 1, 1e-9);
  std::vector<std::string> kernels;
  double least = 1e9;
  for (const CostSample& sample : samples) {
    kernels.push_back(sample.kernel);
    EXPECT_GT(sample.instructions, sample.work[1] / 2) << "a core with two MACs an instruction?";
    EXPECT_LT(sample.instructions, 100 * sample.work[1]);
    least = std::min(least, sample.instructions);
  }
  std::ranges::sort(kernels);
  EXPECT_EQ(kernels, (std::vector<std::string>{
                         "conv_mixed_s8_w8_reference", "fully_connected_s8_armv7em",
                         "fully_connected_s8_generic", "fully_connected_s8_reference"}));
  EXPECT_EQ(judge_costs(samples, fit_costs(samples)).instructions, least);
}

TEST(Tune, MeasuresKernelsThatAreChosenForTheirBytes) {
  const auto samples = measure_costs(find_board("mps2-an386"), with_palette(), [](double) {});
  std::vector<std::string> compact;
  for (const CostSample& sample : samples) {
    if (sample.compact) compact.push_back(sample.kernel);
  }
  std::ranges::sort(compact);
  EXPECT_EQ(compact, (std::vector<std::string>{"conv_palette_s8_armv7em", "conv_palette_s8_generic",
                                               "conv_palette_s8_reference"}));
  const Choices choices = judge_costs(samples, {});
  EXPECT_EQ(choices.layers, 1u);
  EXPECT_TRUE(choices.missed.empty()) << "palettes are slower, and no choice for speed";
}

TEST(Tune, RefusesBoardsWithoutCounts) {
  EXPECT_THROW(measure_costs(find_board("host"), dense(), [](double) {}), LabError);
}

}  // namespace
}  // namespace mote::lab
