#include "learn/model_zoo.hpp"

#include <gtest/gtest.h>

#include "learn/network.hpp"

namespace mote::learn {
namespace {

ModelSpec spec_of(const std::string& type) {
  ModelSpec spec;
  spec.type = type;
  return spec;
}

TEST(ModelZoo, DsCnnIsMlperfTinysKeywordSpotter) {
  const Model model = make_model(spec_of("ds_cnn"), {1, 49, 10, 1}, 12, 1);
  int64_t weights = 0;
  for (const ir::Node& node : model.graph.nodes) {
    if (node.op == "conv2d" || node.op == "depthwise_conv2d" || node.op == "fully_connected") {
      weights += model.graph.tensor(node.inputs[1]).elements();
    }
  }
  EXPECT_EQ(weights, 64 * 40 + 4 * (64 * 9 + 64 * 64) + 64 * 12);
  EXPECT_EQ(model.graph.tensor(model.graph.outputs[0]).shape, (ir::Shape{1, 12}));
}

TEST(ModelZoo, EveryTypeMakesANetworkThatRuns) {
  for (const std::string& type : model_types()) {
    const Model model = make_model(spec_of(type), {1, 20, 6, 2}, 5, 1);
    Network network(model.graph, model.trained_output);
    const std::vector<float> x(20 * 6 * 2 * 2, 0.5f);
    const auto y = network.forward(x, 2, true);
    EXPECT_EQ(y.size(), type == "autoencoder" ? 2u : 10u) << type;
  }
}

TEST(ModelZoo, RefusesVectorsWhereAnImageIsNeeded) {
  EXPECT_THROW(make_model(spec_of("ds_cnn"), {1, 30}, 5, 1), ir::GraphError);
  EXPECT_THROW(make_model(spec_of("conv1d"), {1, 30}, 5, 1), ir::GraphError);
  EXPECT_THROW(make_model(spec_of("transformer"), {1, 30}, 5, 1), ir::GraphError);
}

TEST(Standardise, MeasuresImagesPerColumnAndVectorsPerElement) {
  // Two samples of [1, h = 2, w = 2, c = 1]: columns 0 and 1 alternate.
  const std::vector<float> x{0, 10, 2, 10, 4, 10, 6, 10};
  const Standardisation image = standardise({1, 2, 2, 1}, x);
  EXPECT_EQ(image.mean, (std::vector<float>{3, 10}));
  EXPECT_NEAR(image.factor[0], 1 / 2.2360680f, 1e-6);
  EXPECT_EQ(image.factor[1], 1.0f);  // never changes
  const Standardisation vector = standardise({1, 4}, x);
  EXPECT_EQ(vector.mean, (std::vector<float>{2, 10, 4, 10}));
}

}  // namespace
}  // namespace mote::learn
