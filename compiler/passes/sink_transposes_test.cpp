// Random graphs compute the same bits before and after transposes sink. Values are small integers,
// so that sums come out the same in any order.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <random>

#include "compiler/interpret.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/ir/text.hpp"
#include "compiler/ir/verify.hpp"
#include "compiler/passes/axis_order.hpp"
#include "compiler/passes/passes.hpp"

namespace mote::passes {
namespace {

using ir::Graph;
using ir::Shape;
using ir::TensorId;

class RandomGraph {
 public:
  explicit RandomGraph(uint32_t seed) : random_(seed) {
    graph_.name = "random";
    Shape shape;
    for (int k = 0; k < 4; ++k) shape.push_back(pick(1, 4));
    const TensorId x = graph_.add_tensor({"x", ir::DType::f32, shape, {}, false, {}});
    graph_.inputs = {x};
    made_ = {x};
    const int steps = pick(4, 14);
    for (int i = 0; i < steps; ++i) step();
    for (const TensorId id : {made_.back(), made_[made_.size() / 2]}) {
      const bool result = graph_.producer(id) >= 0 && !graph_.is_output(id);
      if (result) graph_.outputs.push_back(id);
    }
    ir::remove_dead(graph_);
  }
  Graph& graph() { return graph_; }

 private:
  int32_t pick(int32_t low, int32_t high) {
    return std::uniform_int_distribution<int32_t>(low, high)(random_);
  }
  const Shape& shape(TensorId id) { return graph_.tensor(id).shape; }
  TensorId ints(const std::vector<int32_t>& values, Shape extents = {}) {
    if (extents.empty()) extents = {static_cast<int32_t>(values.size())};
    return graph_.add_constant("c", ir::DType::i32, std::move(extents), values);
  }
  TensorId reals(const Shape& extents) {
    int64_t count = 1;
    for (const int32_t extent : extents) count *= extent;
    std::vector<float> values;
    for (int64_t i = 0; i < count; ++i) values.push_back(static_cast<float>(pick(-3, 3)));
    return graph_.add_constant("r", ir::DType::f32, extents, values);
  }
  void emit(const std::string& op, std::vector<TensorId> inputs, ir::Attributes attributes = {}) {
    try {
      made_.push_back(graph_.add_node(op, std::move(inputs), std::move(attributes))[0]);
    } catch (const ir::GraphError&) {
      return;  // shapes that don't fit
    }
  }

  void transpose(TensorId x) {
    AxisOrder order(shape(x).size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::shuffle(order, random_);
    emit("transpose", {x, ints(order)});
  }

  void reshape(TensorId x) {
    std::vector<int64_t> to(shape(x).begin(), shape(x).end());
    const auto at = static_cast<size_t>(pick(0, static_cast<int32_t>(to.size()) - 1));
    const int kind = pick(0, 3);
    if (kind == 0) to.insert(to.begin() + static_cast<std::ptrdiff_t>(at), 1);
    if (kind == 1 && at + 1 < to.size()) {
      to[at] *= to[at + 1];
      to.erase(to.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    }
    if (kind == 2 && to[at] == 4) {
      to[at] = 2;
      to.insert(to.begin() + static_cast<std::ptrdiff_t>(at), 2);
    }
    if (kind == 3) to = {to[0], graph_.tensor(x).elements() / to[0]};
    if (to.size() <= 5) emit("reshape", {x}, {{"shape", to}});
  }

  void with_constant(TensorId x) {
    Shape extents = shape(x);
    for (int32_t& extent : extents) extent = pick(0, 1) == 0 ? 1 : extent;
    const auto skipped = pick(0, static_cast<int32_t>(extents.size()) - 1);
    extents.erase(extents.begin(), extents.begin() + skipped);
    emit(pick(0, 1) == 0 ? "add" : "maximum", {x, reals(extents)});
  }

  void reduce(TensorId x) {
    std::vector<int32_t> axes;
    for (int32_t k = 0; k < static_cast<int32_t>(shape(x).size()); ++k) {
      if (pick(0, 2) == 0)
        axes.push_back(pick(0, 1) == 0 ? k : k - static_cast<int32_t>(shape(x).size()));
    }
    if (axes.empty()) return;
    emit(pick(0, 1) == 0 ? "reduce_max" : "sum", {x, ints(axes)},
         {{"keep_dims", int64_t{pick(0, 1)}}});
  }

  void move(TensorId x) {
    const auto rank = static_cast<int32_t>(shape(x).size());
    std::vector<int32_t> amounts, begin, size;
    for (int32_t k = 0; k < rank; ++k) {
      amounts.insert(amounts.end(), {pick(0, 1), pick(0, 1)});
      begin.push_back(pick(0, shape(x)[static_cast<size_t>(k)] - 1));
      size.push_back(pick(1, shape(x)[static_cast<size_t>(k)] - begin.back()));
    }
    if (pick(0, 1) == 0) return emit("slice", {x, ints(begin), ints(size)});
    emit("pad", {x, ints(amounts, {rank, 2}), reals({1})});
  }

  void gather(TensorId x) {
    const auto axis = pick(0, static_cast<int32_t>(shape(x).size()) - 1);
    std::vector<int32_t> from;
    for (int32_t i = pick(1, 3); i > 0; --i) {
      from.push_back(pick(0, shape(x)[static_cast<size_t>(axis)] - 1));
    }
    emit("gather", {x, ints(from)}, {{"axis", int64_t{axis}}});
  }

  void step() {
    const TensorId x =
        made_[static_cast<size_t>(pick(0, 2) == 0 ? pick(0, static_cast<int32_t>(made_.size()) - 1)
                                                  : static_cast<int32_t>(made_.size()) - 1)];
    if (graph_.tensor(x).elements() > 500) return;
    switch (pick(0, 12)) {
      case 0:
      case 1:
      case 2:
        return transpose(x);
      case 3:
      case 4:
        return reshape(x);
      case 5:
        return emit("relu", {x});
      case 6:
        return with_constant(x);
      case 7:
        return reduce(x);
      case 8:
        return move(x);
      case 9:
        return emit("concat", {x, made_[made_.size() / 2]},
                    {{"axis", int64_t{pick(0, static_cast<int32_t>(shape(x).size()) - 1)}}});
      case 10:
        return gather(x);
      case 11:
        return emit("fully_connected", {x, reals({pick(1, 3), shape(x).back()})},
                    {{"keep_dims", int64_t{pick(0, 1)}}});
      case 12:
        return emit("add", {x, made_[made_.size() / 2]});
    }
  }

  std::mt19937 random_;
  Graph graph_;
  std::vector<TensorId> made_;
};

std::vector<std::vector<uint8_t>> run(const Graph& graph, uint32_t seed) {
  std::mt19937 random(seed);
  const ir::Tensor& x = graph.tensor(graph.inputs[0]);
  std::vector<float> values;
  for (int64_t i = 0; i < x.elements(); ++i)
    values.push_back(static_cast<float>(random() % 15) - 7);
  std::vector<uint8_t> bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  Interpreter interpreter(graph, host_target());
  const std::vector<std::vector<uint8_t>> inputs{bytes};
  interpreter.run(inputs);
  std::vector<std::vector<uint8_t>> outputs;
  for (const TensorId id : graph.outputs) {
    const auto result = interpreter.bytes(id);
    outputs.emplace_back(result.begin(), result.end());
  }
  return outputs;
}

bool runs(const Graph& graph) {
  try {
    const Interpreter interpreter(graph, host_target());
  } catch (const ir::GraphError&) {
    return false;
  }
  return true;
}

int64_t transposes(const Graph& graph) {
  return std::ranges::count_if(graph.nodes,
                               [](const ir::Node& node) { return node.op == "transpose"; });
}

TEST(SinkTransposes, RandomGraphsComputeTheSame) {
  constexpr uint32_t graphs = 3000;
  int64_t before = 0, after = 0, compared = 0;
  for (uint32_t seed = 0; seed < graphs; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    if (getenv("DBG")) {
      fprintf(stderr, "seed %u\n", seed);
    }
    RandomGraph made(seed);
    if (made.graph().outputs.empty()) continue;
    ir::verify(made.graph());
    if (!runs(made.graph())) continue;  // broadcasts on more axes than a kernel has
    Graph sunk = made.graph();
    sink_transposes(sunk);
    ir::verify(sunk);
    ASSERT_EQ(run(made.graph(), seed), run(sunk, seed)) << ir::print_text(made.graph()) << "\n"
                                                        << ir::print_text(sunk);
    const std::string once = ir::print_text(sunk);
    sink_transposes(sunk);
    ASSERT_EQ(ir::print_text(sunk), once) << "a second run changes the graph";
    before += transposes(made.graph());
    after += transposes(sunk);
    ++compared;
  }
  EXPECT_GT(compared, graphs * 9 / 10);
  EXPECT_LT(after * 2, before) << "most transposes can go";
}

TEST(AxisOrder, JoinedAxesMoveAsOne) {
  // [n, h, w, c] seen as [n, c, h, w], its channels in two groups: [n, g, c / g, h, w].
  const auto through = through_reshape({1, 4, 5, 6}, {0, 3, 1, 2}, {1, 2, 3, 4, 5});
  ASSERT_TRUE(through.has_value());
  EXPECT_TRUE(is_identity(through->before));
  EXPECT_EQ(through->shape, (Shape{1, 4, 5, 2, 3}));
  EXPECT_EQ(through->after, (AxisOrder{0, 3, 4, 1, 2}));
  // A flattening of them all has nothing left to transpose.
  EXPECT_FALSE(through_reshape({1, 4, 5, 6}, {0, 3, 1, 2}, {1, 120}).has_value());
}

}  // namespace
}  // namespace mote::passes
