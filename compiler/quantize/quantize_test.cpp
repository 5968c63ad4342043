// Ranges, grids and the conversion of single layers.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "compiler/interpret.hpp"
#include "compiler/ir/text.hpp"
#include "compiler/ir/verify.hpp"
#include "compiler/post_training.hpp"
#include "compiler/quantize/feedback.hpp"
#include "compiler/quantize/histogram.hpp"
#include "compiler/quantize/palette.hpp"
#include "compiler/quantize/quantize_trial.hpp"

namespace mote::quantize {
namespace {

TEST(Histogram, PercentileCutsAsManyValuesAsItSays) {
  Histogram histogram({-100, 100, true});
  std::vector<float> values;
  for (int i = 0; i < 10000; ++i) values.push_back(static_cast<float>(i) / 10000.0f);
  values.push_back(-100);
  values.push_back(100);
  histogram.add(values);
  const ValueRange kept = histogram.percentile(99.9);  // ten values at each end
  EXPECT_GE(kept.min, -0.2f);
  EXPECT_LE(kept.max, 1.2f);
  EXPECT_GE(kept.max, 0.98f);
  const ValueRange all = histogram.percentile(100);
  EXPECT_EQ(all.min, -100);
  EXPECT_EQ(all.max, 100);
}

TEST(Histogram, LeastSquaresClipsWhatCostsLessThanItSaves) {
  constexpr uint32_t seed = 4;
  std::mt19937 random(seed);
  std::vector<float> values = random_floats(random, 1000000, 1);
  values.push_back(30);
  Histogram histogram({-6, 30, true});
  histogram.add(values);
  const ValueRange found = histogram.least_squares();
  EXPECT_LT(found.max, 12) << "one value in a million doesn't get two thirds of the grid";
  EXPECT_GT(found.max, 3);
  // Uniform values have no outliers: nothing is cut.
  Histogram flat({-1, 1, true});
  std::vector<float> even;
  for (int i = -1000; i <= 1000; ++i) even.push_back(static_cast<float>(i) / 1000.0f);
  flat.add(even);
  EXPECT_GT(flat.least_squares().max, 0.97f);
  EXPECT_LT(flat.least_squares().min, -0.97f);
}

double mean_squared_error(const std::vector<float>& values, const ValueRange& range) {
  const AffineInt8 grid = affine_for(range);
  double sum = 0;
  for (float v : values) sum += std::pow(static_cast<double>(grid.real(grid.stored(v)) - v), 2);
  return sum / static_cast<double>(values.size());
}

TEST(Histogram, LeastSquaresIsNoWorseThanTheOtherMethods) {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    std::vector<float> values = random_floats(random, 20000, 1, 0.3f);
    for (float& v : values) v = v * v * v;  // long tails
    const auto [low, high] = std::ranges::minmax(values);
    Histogram histogram({low, high, true});
    histogram.add(values);
    const double best = mean_squared_error(values, histogram.least_squares());
    // Values count as their bin's center, which costs exactness of a few percent.
    EXPECT_LE(best, 1.05 * mean_squared_error(values, {low, high, true}));
    EXPECT_LE(best, 1.05 * mean_squared_error(values, histogram.percentile(99.99)));
    EXPECT_LE(best, 1.05 * mean_squared_error(values, histogram.percentile(99.9)));
  }
}

Prepared prepared(const ir::Graph& graph, std::span<const Sample> samples) {
  return prepare(graph, samples, {});
}

int64_t squared_change(const std::vector<int8_t>& before, const std::vector<int8_t>& after) {
  int64_t sum = 0;
  for (size_t i = 0; i < before.size(); ++i) {
    const int64_t change = before[i] - after[i];
    sum += change * change;
  }
  return sum;
}

// Over all sets of two values, or of 0 and another one where 0 is among the weights.
int64_t least_change_with_two(const std::vector<int8_t>& weights) {
  const bool zero = std::ranges::count(weights, 0) > 0;
  int64_t least = std::numeric_limits<int64_t>::max();
  for (int32_t a = -128; a <= (zero ? -128 : 127); ++a) {
    for (int32_t b = -128; b <= 127; ++b) {
      const int32_t first = zero ? 0 : a;
      int64_t sum = 0;
      for (const int8_t w : weights) {
        if (zero && w == 0) continue;
        const int64_t to_first = int64_t{w - first} * (w - first), to_b = int64_t{w - b} * (w - b);
        sum += std::min(to_first, to_b);
      }
      least = std::min(least, sum);
    }
  }
  return least;
}

TEST(Palette, ChangesWeightsAsLittleAsCanBe) {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    std::mt19937 random(seed);
    std::vector<int8_t> weights(3 + random() % 40);
    const bool zeros = seed % 2 == 0;
    for (int8_t& w : weights) {
      w = static_cast<int8_t>(random());
      if (!zeros && w == 0) w = 1;
    }
    if (zeros) weights[0] = 0;
    std::vector<int8_t> limited = weights;
    limit_to_palette(limited, 1);
    EXPECT_EQ(squared_change(weights, limited), least_change_with_two(weights)) << "seed " << seed;
  }
}

TEST(Palette, HasAtMostSoManyValuesAndKeepsZero) {
  std::mt19937 random(7);
  std::vector<int8_t> weights;
  for (float v : random_floats(random, 5000, 30)) {
    weights.push_back(static_cast<int8_t>(std::clamp(std::round(v), -127.0f, 127.0f)));
  }
  int64_t before = std::numeric_limits<int64_t>::max();
  for (int32_t bits = palette_bits_min; bits <= palette_bits_max; ++bits) {
    std::vector<int8_t> limited = weights;
    limit_to_palette(limited, bits);
    EXPECT_LE(std::set<int8_t>(limited.begin(), limited.end()).size(), size_t{1} << bits);
    for (size_t i = 0; i < weights.size(); ++i) {
      if (weights[i] == 0) {
        EXPECT_EQ(limited[i], 0);
      }
    }
    const int64_t change = squared_change(weights, limited);
    EXPECT_LT(change, before) << bits << " bits";
    before = change;
    std::vector<int8_t> again = limited;
    limit_to_palette(again, bits);
    EXPECT_EQ(again, limited) << "few enough already";
  }
}

// Inputs that go together in part, as neighbouring pixels do.
SecondMoments random_moments(std::mt19937& random, size_t taps) {
  SecondMoments moments{taps, {std::vector<double>(taps * taps, 0.0)}};
  for (int sample = 0; sample < 200; ++sample) {
    auto x = random_floats(random, static_cast<int>(taps), 1);
    for (size_t t = 1; t < taps; ++t) x[t] = (0.7f * x[t - 1] + x[t]) * (t % 3 == 0 ? 4.0f : 1.0f);
    for (size_t s = 0; s < taps; ++s) {
      for (size_t t = 0; t < taps; ++t) {
        moments.of_channel[0][s * taps + t] += static_cast<double>(x[s] * x[t]);
      }
    }
  }
  return moments;
}

double output_error(const RealWeights& weights, const std::vector<int8_t>& stored,
                    const SecondMoments& moments) {
  double sum = 0;
  for (size_t c = 0; c < weights.scales.size(); ++c) {
    std::vector<double> errors;
    for (size_t t = 0; t < moments.taps; ++t) {
      const size_t i = c * moments.taps + t;
      errors.push_back(static_cast<double>(weights.values[i] -
                                           weights.scales[c] * static_cast<float>(stored[i])));
    }
    sum += ErrorFeedback(moments.channel(c), moments.taps).cost(errors);
  }
  return sum;
}

TEST(FitToPalette, ChangesOutputsLessThanTheNearestWeights) {
  std::mt19937 random(3);
  constexpr int taps = 24, channels = 12;
  auto values = random_floats(random, taps * channels, 0.3f);
  values[5] = values[40] = 0;
  const ir::Shape shape{channels, taps};
  const auto scales = weight_scales(shape, values.data(), 0);
  const RealWeights weights{shape, values, 0, scales, weight_limit_s8};
  const SecondMoments moments = random_moments(random, taps);
  for (int32_t bits = 1; bits <= 5; ++bits) {
    auto nearest = quantize_weights(shape, values.data(), 0, scales);
    limit_to_palette(nearest, bits);
    const auto fitted = fit_to_palette(weights, bits, moments);
    EXPECT_LE(std::set<int8_t>(fitted.begin(), fitted.end()).size(), size_t{1} << bits);
    EXPECT_EQ(fitted[5], 0);
    EXPECT_EQ(fitted[40], 0);
    EXPECT_LT(output_error(weights, fitted, moments), 0.6 * output_error(weights, nearest, moments))
        << bits << " bits";
    EXPECT_EQ(fit_to_palette(weights, bits, {}), nearest) << "nothing known of the inputs";
  }
}

TEST(FitToPalette, KeepsWhatHasFewValuesAlready) {
  std::mt19937 random(4);
  const std::vector<float> values{1, -1, 0.5f, 0, -0.5f, 1, 1, 0};
  const ir::Shape shape{2, 4};
  const auto scales = weight_scales(shape, values.data(), 0);
  EXPECT_EQ(
      fit_to_palette({shape, values, 0, scales, weight_limit_s8}, 3, random_moments(random, 4)),
      quantize_weights(shape, values.data(), 0, scales));
}

TEST(Convert, LimitsWeightsOfNarrowLayersToPalettes) {
  const ir::Graph real = small_net(3);
  const Prepared p = prepare(real, random_samples(real, 8, 1), {});
  for (const Precision precision : {Precision::int8, Precision::int4, Precision::int16x8}) {
    ConvertOptions options;
    options.precision = precision;
    options.palette_bits = 3;
    size_t most = 0;
    const Converted converted = convert(p.graph, p.ranges, options);
    for (const ir::Tensor& tensor : converted.graph.tensors) {
      if (!tensor.constant || tensor.dtype != ir::DType::i8 || tensor.shape.size() < 2) continue;
      const auto values = tensor.values<int8_t>();
      most = std::max(most, std::set<int8_t>(values.begin(), values.end()).size());
    }
    if (precision == Precision::int16x8) {
      EXPECT_GT(most, 8u) << "no kernel reads palettes there";
    } else {
      EXPECT_EQ(most, 8u);
    }
  }
}

TEST(Convert, KeepsToTensorFlowLitesRules) {
  const ir::Graph graph = small_net(7);
  const auto samples = random_samples(graph, 8, 1);
  const Prepared p = prepared(graph, samples);
  const Converted c = convert(p.graph, p.ranges, {});
  ir::verify(c.graph);
  const auto result = [&](size_t node) -> const ir::Tensor& {
    return c.graph.tensor(c.graph.nodes[node].outputs[0]);
  };
  ASSERT_EQ(c.graph.nodes.size(), p.graph.nodes.size()) << "all int8: no type changes on the way";
  for (const ir::Node& node : c.graph.nodes) {
    const ir::Tensor& x = c.graph.tensor(node.inputs[0]);
    const ir::Tensor& y = c.graph.tensor(node.outputs[0]);
    EXPECT_EQ(y.dtype, ir::DType::i8);
    if (node.op == "average_pool" || node.op == "reshape") {
      EXPECT_EQ(x.quantization, y.quantization) << node.op;
    }
    if (node.inputs.size() < 3) continue;
    const ir::Tensor& w = c.graph.tensor(node.inputs[1]);
    const ir::Tensor& b = c.graph.tensor(node.inputs[2]);
    EXPECT_EQ(b.dtype, ir::DType::i32);
    int32_t largest = 0;
    for (int8_t v : w.values<int8_t>()) largest = std::max(largest, std::abs(int32_t{v}));
    EXPECT_EQ(largest, 127);
    for (size_t i = 0; i < b.quantization.scale.size(); ++i) {
      EXPECT_EQ(b.quantization.scale[i], x.scale() * w.quantization.scale[i]);
    }
  }
  const ir::Tensor& scores = result(c.graph.nodes.size() - 1);
  EXPECT_EQ(scores.scale(), 1.0f / 256.0f);
  EXPECT_EQ(scores.zero_point(), -128);
}

TEST(Convert, SharesOneGridWhereTheSpecificationWantsIt) {
  GraphMaker made({1, 4, 4, 2}, 3);
  const ir::TensorId x = made.top;
  made.conv(2, 1, "none");
  const ir::TensorId a = made.top;
  made.top = x;
  made.conv(2, 1, "relu");
  const ir::TensorId b = made.top;
  made.add("logistic", {b}, {});
  const ir::TensorId c = made.top;
  made.add("concat", {a, b, c}, {{"axis", int64_t{3}}});
  made.add("concat", {c, c}, {{"axis", int64_t{3}}});
  ir::Graph graph = made.finish();
  graph.outputs.push_back(graph.nodes[3].outputs[0]);
  const Prepared p = prepared(graph, random_samples(graph, 8, 1));
  const Converted done = convert(p.graph, p.ranges, {});
  ir::verify(done.graph);
  int32_t requantised = 0;
  for (const ir::Node& node : done.graph.nodes) {
    requantised += node.op == "quantize" ? 1 : 0;
    if (node.op != "concat") continue;
    for (ir::TensorId id : node.inputs) {
      EXPECT_EQ(done.graph.tensor(id).quantization,
                done.graph.tensor(node.outputs[0]).quantization);
    }
  }
  EXPECT_EQ(requantised, 1) << "the logistic's fixed grid meets others in the first concat alone";
}

// Every rounding moves a sum by half a step of what is rounded; clamps move nothing that was
// measured but the nudge of a zero point.
TEST(Convert, DenseLayersStayWithinTheBoundOfTheirScales) {
  for (uint32_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    const auto in = static_cast<int32_t>(1 + random() % 40);
    GraphMaker made({1, in}, seed);
    made.dense(static_cast<int32_t>(1 + random() % 20));
    const ir::Graph graph = made.finish();
    const auto samples = random_samples(graph, 6, seed, seed % 3 == 0 ? 2.0f : 0.0f);
    for (const Precision precision : {Precision::int8, Precision::int16x8, Precision::int4}) {
      const Prepared p = prepared(graph, samples);
      ConvertOptions options;
      options.precision = precision;
      const Converted c = convert(p.graph, p.ranges, options);
      const auto real = outputs_of(p.graph, samples), got = outputs_of(c.graph, samples);
      const ir::Node& node = c.graph.nodes.at(0);
      const ir::Tensor& x = c.graph.tensor(node.inputs[0]);
      const ir::Tensor& w = c.graph.tensor(node.inputs[1]);
      const auto weights = p.graph.tensor(p.graph.nodes[0].inputs[1]).values<float>();
      for (size_t s = 0; s < samples.size(); ++s) {
        std::vector<float> values(static_cast<size_t>(in));
        std::memcpy(values.data(), samples[s][0].data(), samples[s][0].size());
        for (size_t o = 0; o < real[s].size(); ++o) {
          const double sw = static_cast<double>(w.quantization.scale[o]);
          const double sx = static_cast<double>(x.scale());
          double bound =
              2.5 * static_cast<double>(c.graph.tensor(node.outputs[0]).scale()) + sx * sw;
          for (size_t i = 0; i < values.size(); ++i) {
            const double weight = std::fabs(static_cast<double>(weights[o * values.size() + i]));
            bound += (weight + sw / 2) * sx + std::fabs(static_cast<double>(values[i])) * sw / 2;
          }
          ASSERT_LE(std::fabs(static_cast<double>(got[s][o] - real[s][o])), bound)
              << precision_name(precision);
        }
      }
    }
  }
}

TEST(Convert, PutsRequantisationWhereTypesMeet) {
  const ir::Graph graph = small_net(9);
  const auto samples = random_samples(graph, 8, 2);
  const Prepared p = prepared(graph, samples);
  ConvertOptions options;
  options.by_node.resize(p.graph.nodes.size());
  options.by_node[1] = Precision::int16x8;  // the depthwise convolution
  const Converted c = convert(p.graph, p.ranges, options);
  ir::verify(c.graph);
  EXPECT_EQ(c.precisions[1], Precision::int16x8);
  std::string ops;
  for (const ir::Node& node : c.graph.nodes) ops += node.op + " ";
  EXPECT_EQ(ops,
            "conv2d quantize depthwise_conv2d quantize conv2d average_pool reshape fully_connected"
            " softmax ");
  const ir::Node& wide = c.graph.nodes[2];
  EXPECT_EQ(c.graph.tensor(wide.inputs[0]).dtype, ir::DType::i16);
  EXPECT_EQ(c.graph.tensor(wide.inputs[0]).zero_point(), 0);
  EXPECT_EQ(c.graph.tensor(wide.inputs[2]).dtype, ir::DType::i64);
}

TEST(Convert, LeavesInFloatWhatHasNoIntegers) {
  GraphMaker made({1, 4}, 5);
  made.dense(4);
  const ir::TensorId a = made.top;
  made.dense(4);
  made.add("div", {a, made.top}, {{"activation", std::string("none")}});  // no int8 kernel divides
  made.dense(3);
  const ir::Graph graph = made.finish();
  const auto samples = random_samples(graph, 8, 3, 4.0f);
  const Prepared p = prepared(graph, samples);
  const Converted c = convert(p.graph, p.ranges, {});
  ir::verify(c.graph);
  EXPECT_EQ(c.precisions[2], Precision::float32);
  EXPECT_EQ(c.precisions[3], Precision::int8);
  std::string ops;
  for (const ir::Node& node : c.graph.nodes) ops += node.op + " ";
  EXPECT_EQ(ops,
            "fully_connected fully_connected dequantize dequantize div quantize fully_connected ");
}

TEST(Convert, KeepsPortsInFloatWhenAsked) {
  const ir::Graph graph = small_net(2);
  const auto samples = random_samples(graph, 4, 2);
  const Prepared p = prepared(graph, samples);
  ConvertOptions options;
  options.float_inputs = options.float_outputs = true;
  const Converted c = convert(p.graph, p.ranges, options);
  EXPECT_EQ(c.graph.tensor(c.graph.inputs[0]).dtype, ir::DType::f32);
  EXPECT_EQ(c.graph.tensor(c.graph.outputs[0]).dtype, ir::DType::f32);
  EXPECT_EQ(c.graph.nodes.front().op, "quantize");
  EXPECT_EQ(c.graph.nodes.back().op, "dequantize");
  const Converted plain = convert(p.graph, p.ranges, {});
  EXPECT_EQ(outputs_of(c.graph, samples), outputs_of(plain.graph, samples));
}

}  // namespace
}  // namespace mote::quantize
