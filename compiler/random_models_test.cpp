// Random models: interpreter and virtual machine agree bit for bit, whichever kernels are chosen.
// tests/random_models_nightly.cpp does the same with many more, and with emitted source.
// MOTE_GRAPH_SEED replays one seed.
#include "compiler/random_models_trial.hpp"

#include <cstdlib>
#include <set>

#include "compiler/export_model.hpp"

namespace mote {
namespace {

constexpr uint32_t models = 150;

TEST(RandomModels, AgreeInAllKernels) {
  if (const char* one = std::getenv("MOTE_GRAPH_SEED")) {
    const auto seed = static_cast<uint32_t>(std::strtoul(one, nullptr, 10));
    expect_agreement(seed, true);
    expect_agreement(seed, false);
    return;
  }
  for (uint32_t seed = 1; seed <= models; ++seed) expect_agreement(seed, seed % 5 != 0);
}

TEST(RandomModels, ComeBackFromTfliteFiles) {
  for (uint32_t seed = 1; seed <= models / 3; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    EXPECT_TRUE(export_tflite(random_graph(seed, {.integers = seed % 5 != 0})).ran);
  }
}

// The generator makes what it is meant to.
TEST(RandomModels, AreManifold) {
  std::set<std::string> ops;
  size_t nodes = 0, branches = 0;
  for (uint32_t seed = 1; seed <= models; ++seed) {
    const ir::Graph graph = random_graph(seed);
    nodes += graph.nodes.size();
    for (const ir::Node& node : graph.nodes) {
      ops.insert(node.op);
      branches += graph.consumers(node.outputs[0]).size() > 1 ? 1 : 0;
    }
  }
  EXPECT_GE(nodes, 5 * models);
  EXPECT_GE(branches, models / 4);
  for (const char* op : {"conv2d",
                         "depthwise_conv2d",
                         "fully_connected",
                         "average_pool",
                         "max_pool",
                         "add",
                         "mul",
                         "sub",
                         "concat",
                         "pad",
                         "reshape",
                         "softmax",
                         "relu",
                         "leaky_relu",
                         "mean",
                         "slice",
                         "split",
                         "transpose",
                         "quantize",
                         "dequantize",
                         "resize_nearest",
                         "space_to_depth"}) {
    EXPECT_TRUE(ops.contains(op)) << op;
  }
}

}  // namespace
}  // namespace mote
