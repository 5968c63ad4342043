#include <gtest/gtest.h>

#include "ops/kernel_trial.hpp"

namespace mote {
namespace {

using namespace ir;

TEST(AddVariants, EqualTheReference) {
  constexpr uint32_t seed = 6;
  TrialRandom random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  int others = 0;
  for (int trial = 0; trial < 300; ++trial) {
    Graph graph;
    // Every pair of stored values, in trials with random scales (sometimes equal) and zero points.
    std::vector<int8_t> a, b;
    for (int32_t i = 0; i < 65536; i += trial % 16 == 0 ? 1 : 97) {
      a.push_back(static_cast<int8_t>(i & 255));
      b.push_back(static_cast<int8_t>(i >> 8));
    }
    const auto count = static_cast<int32_t>(a.size());
    const Quantization qa = trial_quantization(random, 1);
    Quantization qb = trial_quantization(random, 1);
    if (trial % 5 == 0) qb.scale = qa.scale;
    const TensorId ta = graph.add_tensor({"a", DType::i8, {1, count}, qa, false, {}});
    const TensorId tb = graph.add_constant("b", DType::i8, {1, count}, b);
    graph.tensor(tb).quantization = qb;
    const TensorId y =
        graph.add_node("add", {ta, tb}, {{"activation", trial_activation(random)}}).front();
    graph.tensor(y).quantization = trial_quantization(random, 2);
    const auto kernels = find_op("add").kernels;
    const std::vector<int8_t> expected = run_kernel(graph, kernels.front(), a);
    ASSERT_EQ(kernels.front().isa, Isa::reference);
    for (const KernelInfo& kernel : kernels.subspan(1)) {
      if (!kernel.fits(graph, graph.nodes.front())) continue;
      ++others;
      ASSERT_EQ(run_kernel(graph, kernel, a), expected) << kernel.symbol << " trial " << trial;
    }
  }
  EXPECT_GE(others, 250);
}

}  // namespace
}  // namespace mote
