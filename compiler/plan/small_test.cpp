#include "compiler/plan/small.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "compiler/ir/kernel_costs.hpp"
#include "compiler/plan/plan.hpp"
#include "ops/kernel_trial.hpp"

namespace mote::plan {
namespace {

using namespace ir;

Target board(const std::string& name, std::vector<Isa> isas) {
  return {name, std::move(isas), 0, 0, kernel_costs(name)};
}
Target cortex_m4() {
  return board("mps2-an386", {Isa::reference, Isa::generic, Isa::armv7em});
}

// Keyword spotting in small: pairs of a depthwise and a pointwise convolution of 64 channels.
// values: of weights in a pointwise layer; 0: any.
Graph separable(size_t values) {
  TrialRandom random(1);
  Graph graph;
  graph.name = "separable";
  TensorId x =
      graph.add_tensor({"x", DType::i8, {1, 25, 5, 64}, {{0.02f}, {-128}, -1}, false, {}, false});
  graph.inputs = {x};
  const auto add = [&](const char* op, const Shape& weights, int32_t axis, size_t few) {
    auto constants = add_trial_weights(graph, random, weights, axis);
    if (few > 0) limit_trial_weights(random, graph.tensor(constants[0]), few);
    x = graph.add_node(op, {x, constants[0], constants[1]},
                       {{"stride_h", int64_t{1}},
                        {"stride_w", int64_t{1}},
                        {"padding", std::string("same")},
                        {"activation", std::string("relu")}})[0];
    graph.tensor(x).quantization = {{0.5f}, {-128}, -1};
  };
  for (int i = 0; i < 4; ++i) {
    add("depthwise_conv2d", {1, 3, 3, 64}, 3, 0);
    add("conv2d", {64, 1, 1, 64}, 0, values);
  }
  graph.outputs = {x};
  return graph;
}

// Dense layers of 128 values. values: of weights in a layer; 0: any.
Graph dense(size_t values) {
  TrialRandom random(1);
  Graph graph;
  TensorId x =
      graph.add_tensor({"x", DType::i8, {1, 128}, {{0.02f}, {-128}, -1}, false, {}, false});
  graph.inputs = {x};
  for (int i = 0; i < 8; ++i) {
    const auto constants = add_trial_weights(graph, random, {128, 128}, 0);
    if (values > 0) limit_trial_weights(random, graph.tensor(constants[0]), values);
    x = graph.add_node("fully_connected", {x, constants[0], constants[1]},
                       {{"activation", std::string("relu")}})[0];
    graph.tensor(x).quantization = {{0.5f}, {-128}, -1};
  }
  graph.outputs = {x};
  return graph;
}

Plan plan_for(const Graph& graph, Optimize optimize) {
  return make_plan(graph, cortex_m4(), {optimize, false});
}
std::set<std::string> kernels_of(const Plan& plan) {
  std::set<std::string> symbols;
  for (const PlannedOp& op : plan.ops) symbols.emplace(kernel_name(op));
  return symbols;
}

// The portable depthwise kernel has fewer bytes of constants, and takes twice as long.
TEST(SmallPlan, KeepsFastKernelsWhereLittleIsSaved) {
  const Graph graph = separable(0);
  const std::set<std::string> fast{"depthwise_conv2d_s8_armv7em", "conv2d_s8_armv7em"};
  EXPECT_EQ(kernels_of(plan_for(graph, Optimize::latency)), fast);
  EXPECT_EQ(kernels_of(plan_for(graph, Optimize::flash)), fast);
}

TEST(SmallPlan, TakesPalettesAndWorksInPlaceWithThem) {
  const Graph graph = separable(16);
  const Plan fast = plan_for(graph, Optimize::latency), small = plan_for(graph, Optimize::flash);
  EXPECT_EQ(kernels_of(small),
            (std::set<std::string>{"depthwise_conv2d_s8_armv7em", "conv_palette_s8_armv7em"}));
  EXPECT_LT(small.constants.size(), fast.constants.size() * 7 / 10);
  EXPECT_LT(small.arena_bytes, fast.arena_bytes * 3 / 2) << "x, y and what is decoded";
}

// A dense layer decodes each weight for one product: that is too much for one bit in eight.
TEST(SmallPlan, LeavesPalettesThatSaveLittle) {
  EXPECT_EQ(kernels_of(plan_for(dense(128), Optimize::flash)),
            kernels_of(plan_for(dense(128), Optimize::latency)));
}

TEST(SmallPlan, NeverTakesMoreConstants) {
  for (const size_t values : {0, 3, 16, 60}) {
    for (const Graph& graph : {separable(values), dense(values)}) {
      EXPECT_LE(plan_for(graph, Optimize::flash).constants.size(),
                plan_for(graph, Optimize::latency).constants.size());
    }
  }
}

// One more kernel has more code than what it would save here.
TEST(SmallPlan, CountsCode) {
  Graph graph = dense(0);
  TrialRandom random(1);
  const auto constants = add_trial_weights(graph, random, {8, 128}, 0);
  limit_trial_weights(random, graph.tensor(constants[0]), 2);
  const TensorId y =
      graph.add_node("fully_connected", {graph.outputs[0], constants[0], constants[1]},
                     {{"activation", std::string("none")}})[0];
  graph.tensor(y).quantization = {{0.5f}, {-128}, -1};
  graph.outputs = {y};
  EXPECT_EQ(kernels_of(plan_for(graph, Optimize::flash)).size(), 1u);
}

}  // namespace
}  // namespace mote::plan
