// Float kernels for 64-bit CPUs against the reference kernel: the same bits, whatever the values.
#include <gtest/gtest.h>

#include <limits>
#include <map>

#include "ops/kernel_trial.hpp"

namespace mote {
namespace {

using namespace ir;

class FloatTrial {
 public:
  explicit FloatTrial(uint32_t seed) : random_(seed) {}

  // Mostly ordinary numbers; some that are special.
  std::vector<float> values(int64_t count, bool finite) {
    std::vector<float> result;
    const bool special = random_.between(0, 5) == 0;
    for (int64_t i = 0; i < count; ++i) {
      float value = random_.real(-2, 2);
      if (special && random_.between(0, 7) == 0) {
        constexpr float infinity = std::numeric_limits<float>::infinity();
        const float some[] = {0.0f, -0.0f, 1e-42f, 3e38f, infinity, -infinity};
        value = some[random_.between(0, finite ? 3 : 5)];
      }
      result.push_back(value);
    }
    return result;
  }

  // One random layer: conv2d, depthwise_conv2d or fully_connected.
  void make(int kind) {
    graph_ = {};
    const int32_t c = random_.between(1, 40);
    const int32_t out = kind == 1 ? c : random_.between(1, 70);
    const Shape shape =
        kind == 2 ? Shape{random_.between(1, 9), c}
                  : Shape{random_.between(1, 2), random_.between(1, 9), random_.between(1, 9), c};
    const int32_t kernel_h = random_.between(1, 4), kernel_w = random_.between(1, 4);
    const Shape weights = kind == 0   ? Shape{out, kernel_h, kernel_w, c}
                          : kind == 1 ? Shape{1, kernel_h, kernel_w, c}
                                      : Shape{out, c};
    x_ = graph_.add_tensor({"x", DType::f32, shape, {}, false, {}});
    const TensorId w =
        graph_.add_constant("weights", DType::f32, weights, values(elements(weights), true));
    const TensorId bias = graph_.add_constant("bias", DType::f32, {out}, values(out, true));
    Attributes attributes{{"activation", trial_activation(random_)}};
    if (kind != 2) {
      attributes["stride_h"] = int64_t{random_.between(1, 3)};
      attributes["stride_w"] = int64_t{random_.between(1, 3)};
      attributes["dilation_w"] = int64_t{kind == 1 ? random_.between(1, 2) : 1};
      attributes["padding"] = std::string("same");
    }
    const char* const ops[] = {"conv2d", "depthwise_conv2d", "fully_connected"};
    graph_.add_node(ops[kind], {x_, w, bias}, attributes);
  }

  std::vector<int8_t> input() {
    const auto floats = values(graph_.tensor(x_).elements(), false);
    std::vector<int8_t> bytes(floats.size() * sizeof(float));
    std::memcpy(bytes.data(), floats.data(), bytes.size());
    return bytes;
  }
  const Graph& graph() const { return graph_; }

 private:
  static int64_t elements(const Shape& shape) {
    int64_t count = 1;
    for (const int32_t extent : shape) count *= extent;
    return count;
  }

  TrialRandom random_;
  Graph graph_;
  TensorId x_ = no_tensor;
};

// NaN has one meaning, whatever its bits.
std::vector<int8_t> one_nan(std::vector<int8_t> bytes) {
  for (size_t i = 0; i < bytes.size(); i += sizeof(float)) {
    float value;
    std::memcpy(&value, bytes.data() + i, sizeof value);
    if (value == value) continue;
    value = std::numeric_limits<float>::quiet_NaN();
    std::memcpy(bytes.data() + i, &value, sizeof value);
  }
  return bytes;
}

TEST(ConvF32, EveryVariantHasTheReferenceBits) {
  constexpr uint32_t seed = 11;
  FloatTrial trial(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::map<std::string_view, int> taken;
  for (int i = 0; i < 600; ++i) {
    trial.make(i % 3);
    const Node& node = trial.graph().nodes.front();
    const std::vector<int8_t> x = trial.input();
    std::vector<int8_t> expected;
    for (const KernelInfo& kernel : find_op(node.op).kernels) {
      if (!kernel.symbol.starts_with("conv_f32")) continue;
      if (!kernel.fits(trial.graph(), node)) continue;
      const auto y = one_nan(run_kernel(trial.graph(), kernel, x));
      if (kernel.isa == Isa::reference) expected = y;
      ASSERT_EQ(y, expected) << kernel.symbol << ", trial " << i << " " << node.op;
      ++taken[kernel.symbol];
    }
  }
  for (const char* symbol :
       {"conv_f32_reference", "conv_f32_avx512vnni", "conv_f32_avx2", "conv_f32_neon"}) {
    EXPECT_EQ(taken[symbol], 600) << symbol;
  }
}

TEST(ConvF32, WeightsThatAreNotFiniteStayWithTheReference) {
  FloatTrial trial(3);
  trial.make(0);
  Graph graph = trial.graph();
  const Node& node = graph.nodes.front();
  const float infinity = std::numeric_limits<float>::infinity();
  std::memcpy(graph.tensor(node.inputs[1]).data.data(), &infinity, sizeof infinity);
  for (const KernelInfo& kernel : find_op(node.op).kernels) {
    if (!kernel.symbol.starts_with("conv_f32")) continue;
    EXPECT_EQ(kernel.fits(graph, node), kernel.isa == Isa::reference) << kernel.symbol;
  }
}

}  // namespace
}  // namespace mote
