#include "learn/join.hpp"

#include <gtest/gtest.h>

#include "compiler/ir/verify.hpp"
#include "learn/model_zoo.hpp"

namespace mote::learn {
namespace {

TEST(Join, ReadsTheFirstGraphsOutputInPlaceOfTheInput) {
  ir::Graph graph;
  const auto x = graph.add_tensor({"x", ir::DType::f32, {1, 6}, {}, false, {}});
  graph.inputs = {x};
  const auto y = graph.add_node("relu", {x}, {})[0];
  const Model model = make_model({}, {1, 6}, 3, 1);
  join(graph, y, model.graph);
  ir::verify(graph);
  EXPECT_EQ(graph.nodes.size(), 1 + model.graph.nodes.size());
  EXPECT_EQ(graph.nodes[1].inputs[0], y);
  EXPECT_EQ(graph.tensor(graph.outputs.at(0)).shape, (ir::Shape{1, 3}));
}

TEST(Join, RefusesOtherShapes) {
  ir::Graph graph;
  const auto x = graph.add_tensor({"x", ir::DType::f32, {1, 5}, {}, false, {}});
  EXPECT_THROW(join(graph, x, make_model({}, {1, 6}, 3, 1).graph), ir::GraphError);
}

}  // namespace
}  // namespace mote::learn
