// Post-training quantisation from samples to an integer graph.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/import_model.hpp"
#include "compiler/interpret.hpp"
#include "compiler/ir/text.hpp"
#include "compiler/ir/verify.hpp"
#include "compiler/measure_moments.hpp"
#include "compiler/mixed_precision.hpp"
#include "compiler/plan/small.hpp"
#include "compiler/post_training_trial.hpp"
#include "compiler/quantize/equalise.hpp"
#include "compiler/quantize/quantize_trial.hpp"

namespace mote::quantize {
namespace {

// The network up to its logits: a softmax hides differences.
ir::Graph logits_net(uint32_t seed) {
  ir::Graph graph = small_net(seed);
  graph.outputs = {graph.nodes.back().inputs[0]};
  graph.nodes.pop_back();
  return graph;
}

TEST(PostTraining, IsCloseToTheFloatsOnInputsThatItHasNotSeen) {
  for (uint32_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const ir::Graph graph = logits_net(seed);
    const auto seen = random_samples(graph, 32, seed),
               unseen = random_samples(graph, 16, 100 + seed);
    for (const Method method : {Method::minmax, Method::percentile, Method::mse}) {
      PrepareOptions options;
      options.calibration.method = method;
      const Prepared p = prepare(graph, seen, options);
      EXPECT_GT(output_decibels(p.graph, converted(p, Precision::int8).graph, unseen), 25);
      const double wide = output_decibels(p.graph, converted(p, Precision::int16x8).graph, unseen);
      const double narrow = output_decibels(p.graph, converted(p, Precision::int4).graph, unseen);
      EXPECT_GT(wide, output_decibels(p.graph, converted(p, Precision::int8).graph, unseen));
      EXPECT_LT(narrow, output_decibels(p.graph, converted(p, Precision::int8).graph, unseen));
      EXPECT_GT(narrow, 5);
    }
  }
}

TEST(PostTraining, KeepsTheBiasOfAChannelWithoutWeights) {
  ir::Graph graph = logits_net(2);
  const auto w = graph.tensor(graph.nodes[5].inputs[1]).values<float>();
  std::fill(w.begin(), w.begin() + static_cast<std::ptrdiff_t>(w.size() / 5), 1e-30f);
  graph.tensor(graph.nodes[5].inputs[2]).values<float>()[0] = 0.5f;
  const auto samples = random_samples(graph, 8, 1);
  const Prepared p = prepare(graph, samples, {});
  for (const Precision precision : {Precision::int8, Precision::int16x8, Precision::int4}) {
    const ir::Graph integer = converted(p, precision).graph;
    const float step = integer.tensor(integer.outputs[0]).scale();
    for (const auto& y : outputs_of(integer, samples)) EXPECT_NEAR(y[0], 0.5f, step);
  }
}

TEST(PostTraining, TakesHybridModels) {
  ir::Graph hybrid = logits_net(2);
  std::vector<int8_t> stored;
  for (int i = 0; i < 5 * 48; ++i) stored.push_back(static_cast<int8_t>(i * 37 % 255 - 127));
  const ir::TensorId w = hybrid.add_constant("w8", ir::DType::i8, {5, 48}, stored);
  hybrid.tensor(w).quantization = {{0.01f}, {0}, -1};
  hybrid.nodes[5].inputs[1] = w;
  const auto samples = random_samples(hybrid, 8, 1);
  const Prepared p = prepare(hybrid, samples, {});
  const auto plain = outputs_of(hybrid, samples), real = outputs_of(p.graph, samples);
  for (size_t c = 0; c < plain[0].size(); ++c) EXPECT_NEAR(real[0][c], plain[0][c], 1e-4f);
  EXPECT_GT(output_decibels(p.graph, converted(p, Precision::int8).graph, samples), 25);
}

TEST(PostTraining, GivesTheSameBitsAgain) {
  const ir::Graph graph = small_net(3);
  const auto samples = random_samples(graph, 10, 1);
  const auto make = [&] {
    PrepareOptions options;
    options.calibration.method = Method::mse;
    options.equalise = true;
    const Prepared p = prepare(graph, samples, options);
    const Converted first = converted(p, Precision::int8);
    const ir::Graph corrected = with_corrected_biases(p.graph, first, samples);
    return ir::print_text(convert(corrected, p.ranges, {}).graph, ir::full_text);
  };
  EXPECT_EQ(make(), make());
}

TEST(PostTraining, RefusesWhatTellsNoRange) {
  const ir::Graph graph = small_net(3);
  const auto refusal = [&](const ir::Graph& model, const std::vector<Sample>& samples) {
    try {
      prepare(model, samples, {});
    } catch (const ir::GraphError& error) {
      return std::string(error.what());
    }
    return std::string("nothing");
  };
  EXPECT_NE(refusal(graph, {}).find("no calibration data"), std::string::npos);
  std::vector<float> values(8 * 8 * 3, 0.0f);
  EXPECT_NE(refusal(graph, {sample_of(values)}).find("tensor 'x' is 0.0"), std::string::npos);
  values[5] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_NE(refusal(graph, {sample_of(values)}).find("tensor 'x' holds nan"), std::string::npos);
  ir::Graph broken = graph;
  broken.tensor(broken.nodes[1].inputs[1]).values<float>()[0] =
      std::numeric_limits<float>::infinity();
  EXPECT_NE(refusal(broken, random_samples(graph, 2, 1)).find("depthwise_conv2d2"),
            std::string::npos);
  const Prepared p = prepare(graph, random_samples(graph, 2, 1), {});
  EXPECT_NE(refusal(converted(p, Precision::int8).graph, {}).find("already"), std::string::npos);
  EXPECT_THROW(convert(p.graph, {}, {}), ir::GraphError) << "no range is known";
}

// Channels of one activation between 1 and 1 / 200 of the largest, as nothing demands of a network:
// the same function as a balanced one.
ir::Graph unbalanced_net(uint32_t seed) {
  ir::Graph graph = logits_net(seed);
  std::mt19937 random(seed);
  for (const size_t first : {size_t{0}, size_t{1}}) {
    const ir::Node& writes = graph.nodes[first];
    const ir::Node& reads = graph.nodes[first + 1];
    const auto channels = static_cast<size_t>(graph.tensor(writes.inputs[2]).elements());
    std::vector<float> factor(channels);
    for (float& f : factor) {
      f = std::exp(std::uniform_real_distribution<float>(0.0f, std::log(200.0f))(random));
    }
    ir::Tensor& w = graph.tensor(writes.inputs[1]);
    const auto values = w.values<float>();
    const size_t per_channel = values.size() / channels;
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] *= factor[writes.op == "conv2d" ? i / per_channel : i % channels];
    }
    const auto bias = graph.tensor(writes.inputs[2]).values<float>();
    for (size_t c = 0; c < channels; ++c) bias[c] *= factor[c];
    const auto read = graph.tensor(reads.inputs[1]).values<float>();
    for (size_t i = 0; i < read.size(); ++i) read[i] /= factor[i % channels];
  }
  return graph;
}

TEST(Equalise, RestoresWhatUnbalancedChannelsCost) {
  for (uint32_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const ir::Graph graph = unbalanced_net(seed);
    const auto seen = random_samples(graph, 16, seed), unseen = random_samples(graph, 8, 50 + seed);
    const Prepared before = prepare(graph, seen, {});
    PrepareOptions options;
    options.equalise = true;
    const Prepared after = prepare(graph, seen, options);
    EXPECT_GE(after.equalised, 2);
    EXPECT_GT(output_decibels(before.graph, after.graph, unseen), 90) << "the same function";
    const double lost =
        output_decibels(before.graph, converted(before, Precision::int8).graph, unseen);
    const double kept =
        output_decibels(before.graph, converted(after, Precision::int8).graph, unseen);
    EXPECT_GT(kept, lost + 6);
  }
}

TEST(Equalise, LeavesAloneWhatDoesNotScale) {
  GraphMaker made({1, 8, 8, 3}, 1);
  made.conv(4, 1, "relu6").depthwise(3, "relu");  // a clamp at 6 knows how large values are
  const ir::TensorId branch = made.top;
  made.conv(4, 1, "none");
  made.add("add", {made.top, branch}, {{"activation", std::string("none")}});
  ir::Graph graph = made.finish();
  const auto samples = random_samples(graph, 4, 1);
  Calibration calibration = calibrate(graph, samples, {});
  const std::string text = ir::print_text(graph, ir::full_text);
  EXPECT_EQ(equalise(graph, calibration.peaks), 0);
  EXPECT_EQ(ir::print_text(graph, ir::full_text), text);
}

// Mean of each output channel's error, largest channel.
double worst_mean_error(const ir::Graph& real, const ir::Graph& integer,
                        std::span<const Sample> samples) {
  const auto a = outputs_of(real, samples), b = outputs_of(integer, samples);
  std::vector<double> sum(a[0].size(), 0);
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t c = 0; c < sum.size(); ++c) sum[c] += static_cast<double>(b[i][c] - a[i][c]);
  }
  double worst = 0;
  for (double s : sum) worst = std::max(worst, std::fabs(s) / static_cast<double>(a.size()));
  return worst;
}

TEST(CorrectBias, TakesTheRoundingOfWeightsOutOfTheMean) {
  for (uint32_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    GraphMaker made({1, 64}, seed);
    made.dense(32, "relu").dense(8);
    const ir::Graph graph = made.finish();
    const auto seen = random_samples(graph, 64, seed, 2.0f);
    const auto unseen = random_samples(graph, 64, 70 + seed, 2.0f);
    const Prepared p = prepare(graph, seen, {});
    ConvertOptions options;
    options.precision = Precision::int4;
    const Converted plain = convert(p.graph, p.ranges, options);
    const ir::Graph corrected = with_corrected_biases(p.graph, plain, seen);
    const Converted better = convert(corrected, p.ranges, options);
    EXPECT_LT(worst_mean_error(p.graph, better.graph, unseen),
              0.5 * worst_mean_error(p.graph, plain.graph, unseen));
    EXPECT_GT(output_decibels(p.graph, better.graph, unseen),
              output_decibels(p.graph, plain.graph, unseen));
  }
}

TEST(CorrectBias, GivesABiasToLayersThatHadNone) {
  GraphMaker made({1, 16}, 2);
  const ir::TensorId w = made.constant("w", {4, 16}, 0.3f);
  made.add("fully_connected", {made.top, w}, {{"activation", std::string("none")}});
  const ir::Graph graph = made.finish();
  const auto samples = random_samples(graph, 16, 2, 1.0f);
  const Prepared p = prepare(graph, samples, {});
  const ir::Graph corrected =
      with_corrected_biases(p.graph, converted(p, Precision::int4), samples);
  ir::verify(corrected);
  ASSERT_EQ(corrected.nodes[0].inputs.size(), 3u);
  EXPECT_GT(worst_mean_error(p.graph, corrected, samples), 0);
}

// Against windows cut out by hand: convolution with padding, and a kernel of its own per channel.
TEST(Moments, AreThoseOfTheWindows) {
  constexpr int32_t h = 3, w = 4, c = 2;
  GraphMaker made({1, h, w, c}, 5);
  made.conv(c, 3, "relu").depthwise(3, "none");
  const ir::Graph graph = made.finish();
  const auto samples = random_samples(graph, 3, 2, 0.5f);
  const auto moments = measure_moments(graph, samples);
  ASSERT_EQ(moments.size(), 2u);
  ASSERT_EQ(moments[0].taps, size_t{9 * c});
  ASSERT_EQ(moments[0].of_channel.size(), 1u);
  ASSERT_EQ(moments[1].taps, 9u);
  ASSERT_EQ(moments[1].of_channel.size(), size_t{c});
  std::vector<double> full(9 * c * 9 * c, 0.0);
  std::vector<std::vector<double>> own(c, std::vector<double>(81, 0.0));
  Interpreter interpreter(graph, host_target());
  for (const Sample& sample : samples) {
    interpreter.run(sample);
    for (const size_t node : {0u, 1u}) {
      const auto bytes = interpreter.bytes(graph.nodes[node].inputs[0]);
      const auto* x = reinterpret_cast<const float*>(bytes.data());
      for (int32_t place = 0; place < h * w; ++place) {
        std::vector<double> window;
        for (int32_t ky = -1; ky <= 1; ++ky) {
          for (int32_t kx = -1; kx <= 1; ++kx) {
            const int32_t iy = place / w + ky, ix = place % w + kx;
            const bool inside = iy >= 0 && iy < h && ix >= 0 && ix < w;
            for (int32_t k = 0; k < c; ++k) {
              window.push_back(inside ? static_cast<double>(x[(iy * w + ix) * c + k]) : 0.0);
            }
          }
        }
        for (size_t s = 0; s < 9; ++s) {
          for (size_t t = 0; t < 9 && node == 1; ++t) {
            for (size_t k = 0; k < c; ++k) {
              own[k][s * 9 + t] += window[s * c + k] * window[t * c + k];
            }
          }
        }
        for (size_t s = 0; s < window.size() && node == 0; ++s) {
          for (size_t t = 0; t < window.size(); ++t) full[s * 9 * c + t] += window[s] * window[t];
        }
      }
    }
  }
  for (size_t i = 0; i < full.size(); ++i) {
    EXPECT_NEAR(moments[0].of_channel[0][i], full[i], 1e-3);
  }
  for (size_t k = 0; k < c; ++k) {
    for (size_t i = 0; i < 81; ++i) EXPECT_NEAR(moments[1].of_channel[k][i], own[k][i], 1e-3);
  }
}

// Mean over some nets of what knowing the inputs gains, in dB.
double gained_by_moments(ConvertOptions options) {
  constexpr uint32_t nets = 4;
  double gained = 0;
  for (uint32_t seed = 1; seed <= nets; ++seed) {
    const ir::Graph graph = logits_net(seed);
    const auto seen = random_samples(graph, 32, seed), unseen = random_samples(graph, 16, 99);
    PrepareOptions preparing;
    preparing.moments = true;
    const Prepared p = prepare(graph, seen, preparing);
    options.moments = nullptr;
    gained -= output_decibels(p.graph, convert(p.graph, p.ranges, options).graph, unseen);
    options.moments = &p.moments;
    gained += output_decibels(p.graph, convert(p.graph, p.ranges, options).graph, unseen);
  }
  return gained / nets;
}

TEST(Palettes, LoseLessWhereInputsAreKnown) {
  ConvertOptions palette;
  palette.palette_bits = 3;
  EXPECT_GT(gained_by_moments(palette), 2);
  ConvertOptions int4;
  int4.precision = Precision::int4;
  EXPECT_GT(gained_by_moments(int4), 1);
}

// The portable kernel would have to read palettes of a few weights: nothing is saved.
TEST(Palettes, StayAwayWhereTheySaveNothing) {
  const ir::Graph graph = logits_net(1);
  const Prepared p = prepare(graph, random_samples(graph, 8, 1), {});
  ConvertOptions options;
  options.palette_bits = 4;
  const Converted all = convert(p.graph, p.ranges, options);
  const auto pay = palettes_that_pay(p, all, host_target());
  ASSERT_EQ(pay.size(), p.graph.nodes.size());
  const plan::Lowering lowering = plan::lower_small(all.graph, host_target());
  const auto compact = std::ranges::count_if(lowering.ops, [](const ir::LoweredOp& op) {
    return op.kernel != nullptr && op.kernel->compact;
  });
  EXPECT_EQ(std::ranges::count(pay, true), compact);
  options.palette_for = pay;
  const Converted some = convert(p.graph, p.ranges, options);
  const Converted none = convert(p.graph, p.ranges, {});
  for (size_t i = 0; i < p.graph.nodes.size(); ++i) {
    const int32_t w = ir::find_op(p.graph.nodes[i].op).quantization.weights;
    if (w < 0) continue;
    const auto stored = [&](const Converted& converted) {
      const auto y = converted.values[static_cast<size_t>(p.graph.nodes[i].outputs[0])];
      const ir::Node& node =
          converted.graph.nodes[static_cast<size_t>(converted.graph.producer(y))];
      return converted.graph.tensor(node.inputs[static_cast<size_t>(w)]).data;
    };
    EXPECT_EQ(stored(some), stored(pay[i] ? all : none)) << "node " << i;
  }
}

TEST(Sensitivity, TellsTheLayerThatLosesMost) {
  ir::Graph graph = logits_net(4);
  // One result that is far from the others makes the last layer's grid coarse for all of them.
  graph.tensor(graph.nodes[5].inputs[2]).values<float>()[0] = 300;
  const auto samples = random_samples(graph, 8, 1);
  const Prepared p = prepare(graph, samples, {});
  const Converted base = converted(p, Precision::int8);
  const auto real = outputs_of(p.graph, samples);
  const auto found = sensitivity_of(p, base, samples, real, {});
  ASSERT_EQ(found.size(), 4u) << "three convolutions and a dense layer";
  for (const Sensitivity& layer : found) {
    if (layer.node == 5) continue;
    EXPECT_GT(layer.alone.decibels(), found[3].alone.decibels()) << layer.node;
    EXPECT_LT(layer.all_but.decibels(), found[3].all_but.decibels()) << layer.node;
  }
}

class Mixed16 : public testing::Test {
 protected:
  void SetUp() override {
    options.choices = {Precision::int8, Precision::int16x8};
    options.target = host_target();
    narrow = cost_of(converted(p, Precision::int8).graph, options.target);
    wide = cost_of(converted(p, Precision::int16x8).graph, options.target);
  }
  double decibels(const ConvertOptions& convert_options) const {
    return noise_of_outputs(p, convert_options, samples, real).decibels();
  }

  ir::Graph graph = logits_net(6);
  std::vector<Sample> samples = random_samples(graph, 8, 1);
  Prepared p = prepare(graph, samples, {});
  std::vector<std::vector<float>> real = outputs_of(p.graph, samples);
  MixedOptions options;
  Cost narrow, wide;
};

TEST_F(Mixed16, LiesBetweenTheCheapestAndTheMostExact) {
  ASSERT_LT(narrow.instructions, wide.instructions);
  options.budget.instructions = (narrow.instructions + wide.instructions) / 2;
  const Mixed mixed = mixed_precision(p, samples, real, options);
  EXPECT_LE(mixed.cost.instructions, options.budget.instructions);
  EXPECT_FALSE(mixed.steps.empty());
  ConvertOptions all_narrow, all_wide;
  all_wide.precision = Precision::int16x8;
  EXPECT_GE(decibels(mixed.convert), decibels(all_narrow));
  EXPECT_LE(decibels(mixed.convert), decibels(all_wide) + 1);
  const Converted done = convert(p.graph, p.ranges, mixed.convert);
  ir::verify(done.graph);
  EXPECT_EQ(cost_of(done.graph, options.target).instructions, mixed.cost.instructions);
}

TEST_F(Mixed16, KeepsARamBudget) {
  ASSERT_LT(narrow.ram_bytes, wide.ram_bytes);
  options.budget.ram_bytes = narrow.ram_bytes;
  const Mixed mixed = mixed_precision(p, samples, real, options);
  EXPECT_LE(mixed.cost.ram_bytes, narrow.ram_bytes);
}

TEST_F(Mixed16, PacksWeightsWhereFlashIsShort) {
  const Cost packed = cost_of(converted(p, Precision::int4).graph, options.target);
  ASSERT_LT(packed.flash_bytes, narrow.flash_bytes);
  options.choices = {Precision::int4, Precision::int8};
  options.budget.flash_bytes = (packed.flash_bytes + narrow.flash_bytes) / 2;
  const Mixed mixed = mixed_precision(p, samples, real, options);
  EXPECT_LE(mixed.cost.flash_bytes, options.budget.flash_bytes);
  const auto& chosen = mixed.convert.by_node;
  EXPECT_GT(std::ranges::count(chosen, std::optional(Precision::int4)), 0);
  EXPECT_GT(std::ranges::count(chosen, std::optional(Precision::int8)), 0)
      << "not all layers have to be packed";
}

TEST_F(Mixed16, RefusesWhatNothingFits) {
  options.budget.flash_bytes = 100;
  EXPECT_THROW(mixed_precision(p, samples, real, options), ir::GraphError);
}

}  // namespace
}  // namespace mote::quantize
