#include <gtest/gtest.h>

#include "compiler/interpret.hpp"
#include "ops/kernel_trial.hpp"

namespace mote {
namespace {

using namespace ir;

TEST(Pad, SurroundsTheInputWithZeroPoints) {
  for (uint32_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    TrialRandom random(seed);
    const auto rank = static_cast<size_t>(random.between(1, 4));
    Shape shape;
    std::vector<int32_t> amounts;
    for (size_t axis = 0; axis < rank; ++axis) {
      shape.push_back(random.between(1, 4));
      amounts.push_back(random.between(0, 2));
      amounts.push_back(random.between(0, 2));
    }
    const Quantization q{{0.5f}, {random.between(-128, 127)}, -1};
    Graph graph;
    const TensorId x = graph.add_tensor({"x", DType::i8, shape, q, false, {}});
    const TensorId paddings =
        graph.add_constant("paddings", DType::i32, {static_cast<int32_t>(rank), 2}, amounts);
    const TensorId y = graph.add_node("pad", {x, paddings}, {}).front();
    graph.tensor(y).quantization = q;
    const auto values = random.bytes(graph.tensor(x).elements(), -128, 127);
    graph.inputs = {x};
    Interpreter interpreter(graph, host_target());
    interpreter.run(std::vector<std::vector<uint8_t>>{{values.begin(), values.end()}});
    const auto bytes = interpreter.bytes(y);
    const std::vector<int8_t> result(bytes.begin(), bytes.end());

    const Shape& out = graph.tensor(y).shape;
    for (size_t i = 0; i < result.size(); ++i) {
      // Coordinates of element i from the last axis to the first.
      size_t rest = i, source = 0, stride = 1;
      bool inside = true;
      for (size_t axis = rank; axis-- > 0;) {
        const auto extent = static_cast<size_t>(out[axis]);
        const auto at = static_cast<int32_t>(rest % extent) - amounts[2 * axis];
        rest /= extent;
        inside = inside && at >= 0 && at < shape[axis];
        if (inside) source += static_cast<size_t>(at) * stride;
        stride *= static_cast<size_t>(shape[axis]);
      }
      ASSERT_EQ(result[i], inside ? values[source] : q.zero_point[0]) << i;
    }
  }
}

}  // namespace
}  // namespace mote
