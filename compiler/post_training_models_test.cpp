// MLPerf Tiny's float models against the int8 ones that TensorFlow's converter made of the same
// training. These tests need MOTE_DATA_MIRROR; post_training_test.cpp doesn't.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "compiler/import/tflite.hpp"
#include "compiler/post_training.hpp"
#include "compiler/quantize/quantize_trial.hpp"
#include "tests/mirror.hpp"

namespace mote::quantize {
namespace {

struct Case {
  const char* name;
  const char* real;  // paths below models/mlcommons-tiny
  const char* integer;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}

class ReferenceModel : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (mirror::folder().empty()) GTEST_SKIP() << "MOTE_DATA_MIRROR is not set";
    real_ = load(GetParam().real);
    integer_ = load(GetParam().integer);
  }

  static ir::Graph load(const std::string& name) {
    const std::string path = "mlcommons-tiny/" + name + ".tflite";
    return tflite::import_tflite(mirror::models().at(path), path);
  }

  // Uniform over all that the int8 model's input can hold.
  std::vector<Sample> samples(size_t count, uint32_t seed) const {
    const ir::Tensor& x = integer_.tensor(integer_.inputs[0]);
    const float scale = x.dtype == ir::DType::i8 ? x.scale() : 0.02f;
    const int32_t zero = x.dtype == ir::DType::i8 ? x.zero_point() : 0;
    std::mt19937 random(seed);
    std::vector<Sample> result;
    for (size_t i = 0; i < count; ++i) {
      std::vector<float> values(static_cast<size_t>(x.elements()));
      for (float& v : values) {
        v = scale * static_cast<float>(static_cast<int32_t>(random() % 256) - 128 - zero);
      }
      result.push_back(sample_of(values));
    }
    return result;
  }

  ir::Graph real_, integer_;
};

// Weights of the layers that have integer ones, in order.
std::vector<const ir::Tensor*> weights_of(const ir::Graph& graph) {
  std::vector<const ir::Tensor*> found;
  for (const ir::Node& node : graph.nodes) {
    if (node.inputs.size() < 3 || node.inputs[1] == ir::no_tensor) continue;
    const ir::Tensor& w = graph.tensor(node.inputs[1]);
    if (w.constant && w.dtype == ir::DType::i8) found.push_back(&w);
  }
  return found;
}

TEST_P(ReferenceModel, HasTheWeightsOfTensorFlowsConverter) {
  const Prepared p = prepare(real_, samples(2, 1), {});
  const Converted c = convert(p.graph, p.ranges, {});
  const auto ours = weights_of(c.graph), theirs = weights_of(integer_);
  ASSERT_EQ(ours.size(), theirs.size());
  for (size_t i = 0; i < ours.size(); ++i) {
    SCOPED_TRACE("layer " + std::to_string(i) + " '" + theirs[i]->name + "'");
    const auto& scale = ours[i]->quantization.scale;
    if (theirs[i]->quantization.scale.size() == scale.size()) {
      EXPECT_EQ(ours[i]->data, theirs[i]->data);
    } else {  // the converter of that time had one scale for all of a dense layer
      EXPECT_FLOAT_EQ(*std::ranges::max_element(scale), theirs[i]->quantization.scale.at(0));
    }
  }
}

TEST_P(ReferenceModel, StaysCloseToItself) {
  const Prepared p = prepare(real_, samples(8, 1), {});
  const Converted c = convert(p.graph, p.ranges, {});
  const auto unseen = samples(4, 2);
  const auto real = outputs_of(p.graph, unseen), got = outputs_of(c.graph, unseen);
  Noise noise;
  for (size_t i = 0; i < real.size(); ++i) noise.add(real[i], got[i]);
  EXPECT_GT(noise.decibels(), 20);
}

INSTANTIATE_TEST_SUITE_P(
    MlperfTiny, ReferenceModel,
    testing::Values(Case{"vww", "visual_wake_words/vww_96_float", "visual_wake_words/vww_96_int8"},
                    Case{"ic", "image_classification/pretrainedResnet",
                         "image_classification/pretrainedResnet_quant"},
                    Case{"ad", "anomaly_detection/ad01_fp32", "anomaly_detection/ad01_int8"}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace mote::quantize
