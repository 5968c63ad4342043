#include "compiler/plan/order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "compiler/ir/verify.hpp"
#include "compiler/plan/plan.hpp"

namespace mote::plan {
namespace {

using ir::DType;
using ir::Graph;
using ir::TensorId;

ir::Quantization q() {
  return {{0.1f}, {0}, -1};
}

// Two branches that widen x and reduce it again, written breadth first.
Graph two_branches() {
  Graph graph;
  graph.name = "branches";
  const TensorId x = graph.add_tensor({"x", DType::i8, {1, 64}, q(), false, {}, false});
  graph.inputs = {x};
  const auto dense = [&](TensorId from, int32_t out) {
    const int32_t in = graph.tensor(from).shape[1];
    const TensorId w =
        graph.add_constant("w", DType::i8, {out, in}, std::vector<int8_t>(size_t(out * in), 1));
    graph.tensor(w).quantization = {{0.01f}, {0}, -1};
    const TensorId y =
        graph.add_node("fully_connected", {from, w}, {{"activation", std::string("none")}})[0];
    graph.tensor(y).quantization = q();
    return y;
  };
  const TensorId wide_a = dense(x, 1024), wide_b = dense(x, 1024);
  const TensorId a = dense(wide_a, 16), b = dense(wide_b, 16);
  const TensorId y = graph.add_node("add", {a, b}, {{"activation", std::string("none")}})[0];
  graph.tensor(y).quantization = q();
  graph.outputs = {y};
  return graph;
}

TEST(Order, ABranchRunsToItsEndBeforeTheNext) {
  const Graph graph = two_branches();
  const std::vector<int32_t> order = find_order(graph);
  EXPECT_EQ(peak_bytes(graph, {0, 1, 2, 3, 4}), 64 + 2 * 1024);
  EXPECT_EQ(peak_bytes(graph, order), 64 + 1024 + 16);
  const Graph better = reordered(graph, order);
  ir::verify(better);
  const Plan plan = make_plan(graph, {"reference", {Isa::reference}, 0, 0});
  EXPECT_LE(plan.arena_bytes, 64u + 1024u + 32u);
}

TEST(Order, AChainKeepsItsOwn) {
  Graph graph = two_branches();
  graph.nodes.erase(graph.nodes.begin() + 1);  // leaves one branch and what nobody can run
  graph.nodes.resize(2);
  EXPECT_EQ(find_order(graph), (std::vector<int32_t>{0, 1}));
}

TEST(Order, RandomGraphsStayInOrderOfPrecedence) {
  for (uint32_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    Graph graph;
    std::vector<TensorId> values{
        graph.add_tensor({"x", DType::i8, {1, 1 + int32_t(random() % 64)}, q(), false, {}, false})};
    graph.inputs = values;
    for (int i = 0; i < 12; ++i) {
      const TensorId from = values[random() % values.size()];
      const int32_t out = 1 + static_cast<int32_t>(random() % 64);
      const int32_t in = graph.tensor(from).shape[1];
      const TensorId w =
          graph.add_constant("w", DType::i8, {out, in}, std::vector<int8_t>(size_t(out * in), 1));
      graph.tensor(w).quantization = {{0.01f}, {0}, -1};
      values.push_back(
          graph.add_node("fully_connected", {from, w}, {{"activation", std::string("none")}})[0]);
      graph.tensor(values.back()).quantization = q();
      if (random() % 4 == 0) graph.outputs.push_back(values.back());
    }
    graph.outputs.push_back(values.back());
    std::vector<int32_t> own;
    for (int32_t i = 0; i < 12; ++i) own.push_back(i);
    const std::vector<int32_t> order = find_order(graph);
    ASSERT_NO_THROW(ir::verify(reordered(graph, order)));
    ASSERT_LE(peak_bytes(graph, order), peak_bytes(graph, own));
    std::vector<int32_t> sorted = order;
    std::ranges::sort(sorted);
    ASSERT_EQ(sorted, own);
  }
}

}  // namespace
}  // namespace mote::plan
