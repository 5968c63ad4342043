#include "learn/trainer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "learn/model_zoo.hpp"

namespace mote::learn {
namespace {

// Three interleaved spirals in the plane: no straight line separates them.
Samples spirals(int64_t count, uint64_t seed) {
  Random random(seed);
  Samples samples{.elements = 2, .x = {}, .labels = {}};
  for (int64_t i = 0; i < count; ++i) {
    const auto label = static_cast<int32_t>(i % 3);
    const float radius = random.uniform(0.1f, 1.0f);
    const float angle = 4.0f * radius + 2.0944f * static_cast<float>(label);
    samples.x.push_back(radius * std::cos(angle) + 0.01f * random.normal());
    samples.x.push_back(radius * std::sin(angle) + 0.01f * random.normal());
    samples.labels.push_back(label);
  }
  return samples;
}

Network spiral_network(uint64_t seed) {
  ModelSpec spec;
  spec.hidden = {32, 32};
  const Model model = make_model(spec, {1, 2}, 3, seed);
  return {model.graph, model.trained_output};
}

TEST(Fit, LearnsWhatNoLineSeparates) {
  Network network = spiral_network(1);
  FitOptions options;
  options.epochs = 60;
  options.learning_rate = 1e-2f;
  const FitResult result = fit(network, spirals(600, 1), spirals(300, 2), options);
  ASSERT_FALSE(result.history.empty());
  const auto& best = result.history[static_cast<size_t>(result.best_epoch)];
  EXPECT_GT(best.val_accuracy, 0.95);
  EXPECT_LT(best.val_loss, result.history.front().val_loss / 4);
}

TEST(Fit, GivesTheSameBitsForTheSameSeed) {
  const auto run = [](uint64_t seed) {
    ModelSpec spec;
    spec.type = "ds_cnn";
    spec.channels = 8;
    spec.blocks = 1;
    Random random(9);
    Samples samples{.elements = 60, .x = {}, .labels = {}};
    for (int32_t i = 0; i < 40; ++i) {
      samples.labels.push_back(i % 2);
      for (int32_t k = 0; k < 60; ++k) {
        samples.x.push_back(random.normal() + static_cast<float>(i % 2 * (k % 3)));
      }
    }
    const Model model = make_model(spec, {1, 10, 6, 1}, 2, seed);
    Network network(model.graph, model.trained_output);
    network.set_dropout(model.dropout_tensor, 0.3f, seed);
    FitOptions options;
    options.epochs = 4;
    options.batch = 16;
    options.seed = seed;
    options.augment = [](int64_t, std::span<float> x, Random& r) {
      for (float& value : x) value += 0.1f * r.normal();
    };
    fit(network, samples, {}, options);
    std::vector<Buffer> values;
    for (const Parameter& p : network.parameters()) values.push_back(p.value);
    return values;
  };
  const auto first = run(1), second = run(1), other = run(2);
  EXPECT_EQ(first, second);
  EXPECT_NE(first, other);
}

TEST(Fit, RenewsTheSamplesBeforeEveryEpochAndKeepsLabels) {
  Network network = spiral_network(1);
  const Samples train = spirals(30, 1);
  FitOptions options;
  options.epochs = 3;
  options.batch = 7;
  std::vector<int32_t> renewed;
  std::vector<std::vector<float>> seen;
  options.renew = [&](int32_t epoch, std::span<float> x) {
    renewed.push_back(epoch);
    ASSERT_EQ(x.size(), train.x.size());
    for (size_t i = 0; i < x.size(); ++i) x[i] = train.x[i] + static_cast<float>(epoch);
    seen.emplace_back(x.size());
  };
  options.augment = [&](int64_t index, std::span<float> x, Random&) {
    const auto at = static_cast<size_t>(index) * 2;
    std::ranges::copy(x, seen.back().begin() + static_cast<std::ptrdiff_t>(at));
  };
  fit(network, train, {}, options);
  EXPECT_EQ(renewed, (std::vector<int32_t>{0, 1, 2}));
  for (size_t epoch = 0; epoch < 3; ++epoch) {
    for (size_t i = 0; i < train.x.size(); ++i) {
      EXPECT_FLOAT_EQ(seen[epoch][i], train.x[i] + static_cast<float>(epoch));
    }
  }
}

TEST(Fit, LearnsFromMixedSamples) {
  Network network = spiral_network(1);
  FitOptions options;
  options.epochs = 100;
  options.learning_rate = 1e-2f;
  options.mixup = 0.2f;
  options.patience = 0;
  const FitResult result = fit(network, spirals(600, 1), spirals(300, 2), options);
  EXPECT_GT(result.history.back().val_accuracy, 0.9);
}

TEST(Fit, KeepsTheMovingAverageOfTheParameters) {
  using Values = std::vector<std::vector<float>>;
  const auto values_of = [](const Network& network) {
    Values values;
    for (const Parameter& p : network.parameters())
      values.emplace_back(p.value.begin(), p.value.end());
    return values;
  };
  // One step per epoch, so that on_epoch sees every step.
  const Samples samples = spirals(30, 1);
  const auto steps_of = [&](float average) {
    Network network = spiral_network(1);
    std::vector<Values> steps{values_of(network)};
    FitOptions options;
    options.epochs = 4;
    options.learning_rate = 1e-2f;
    options.patience = 0;
    options.average = average;
    options.on_epoch = [&](const EpochRecord&) { steps.push_back(values_of(network)); };
    fit(network, samples, samples, options);
    EXPECT_EQ(values_of(network), steps.back());
    return steps;
  };
  const std::vector<Values> raw = steps_of(0), averaged = steps_of(0.2f);
  Values expected = raw[0];
  for (size_t step = 1; step < raw.size(); ++step) {
    const float t = static_cast<float>(step);
    const float keep = std::min(0.2f, (1 + t) / (10 + t));
    for (size_t p = 0; p < expected.size(); ++p) {
      for (size_t i = 0; i < expected[p].size(); ++i) {
        expected[p][i] = keep * expected[p][i] + (1 - keep) * raw[step][p][i];
        EXPECT_NEAR(averaged[step][p][i], expected[p][i], 1e-6);
      }
    }
  }
}

TEST(Fit, FollowsATeacherWithoutKnowingTheLabels) {
  const Samples train = spirals(600, 1), val = spirals(300, 2);
  Network teacher = spiral_network(1), student = spiral_network(2);
  FitOptions options;
  options.epochs = 60;
  options.learning_rate = 1e-2f;
  fit(teacher, train, val, options);
  Samples unlabelled = train;
  std::ranges::fill(unlabelled.labels, 0);
  options.teacher = &teacher;
  options.patience = 0;
  const FitResult result = fit(student, unlabelled, val, options);
  EXPECT_GT(result.history.back().val_accuracy, 0.9);
}

TEST(Fit, StopsEarlyAndRestoresTheBestEpoch) {
  // 24 samples with random labels: val can only get worse once they are learned by heart.
  Samples train = spirals(24, 1);
  Random random(3);
  random.shuffle(train.labels);
  const Samples val = spirals(60, 2);
  Network network = spiral_network(1);
  FitOptions options;
  options.epochs = 400;
  options.patience = 5;
  options.learning_rate = 1e-2f;
  const FitResult result = fit(network, train, val, options);
  ASSERT_LT(result.history.size(), 400u);
  EXPECT_EQ(result.history.back().epoch, result.best_epoch + 5);
  const auto& best = result.history[static_cast<size_t>(result.best_epoch)];
  for (const EpochRecord& record : result.history) EXPECT_GE(record.val_loss, best.val_loss);
  const auto guesses = top_class(predict(network, val), 3);
  int64_t right = 0;
  for (size_t i = 0; i < guesses.size(); ++i) right += guesses[i] == val.labels[i] ? 1 : 0;
  EXPECT_DOUBLE_EQ(static_cast<double>(right) / 60.0, best.val_accuracy);
}

TEST(Fit, RefusesSamplesThatDoNotFit) {
  Network network = spiral_network(1);
  const FitOptions options;
  EXPECT_THROW(fit(network, {}, {}, options), std::runtime_error);
  Samples wide = spirals(3, 1);
  wide.elements = 3;
  wide.x.resize(9);
  EXPECT_THROW(fit(network, wide, {}, options), std::runtime_error);
  Samples mislabelled = spirals(3, 1);
  mislabelled.labels[1] = 3;
  EXPECT_THROW(fit(network, mislabelled, {}, options), std::runtime_error);
}

TEST(Fit, SaysWhenTrainingDiverges) {
  Network network = spiral_network(1);
  FitOptions options;
  options.epochs = 5;
  options.learning_rate = 1e30f;
  EXPECT_THROW(fit(network, spirals(30, 1), spirals(30, 2), options), std::runtime_error);
}

TEST(Fit, RefusesFeaturesThatAreNotFinite) {
  Network network = spiral_network(1);
  Samples train = spirals(30, 1);
  train.x[5] = std::numeric_limits<float>::infinity();
  EXPECT_THROW(fit(network, train, spirals(30, 2), {}), std::runtime_error);
}

TEST(Predict, DoesNotDependOnTheBatch) {
  Network network = spiral_network(1);
  const Samples samples = spirals(37, 4);
  const auto one = predict(network, samples, 1), many = predict(network, samples, 64);
  ASSERT_EQ(one.size(), many.size());
  for (size_t i = 0; i < one.size(); ++i) EXPECT_NEAR(one[i], many[i], 1e-5);
}

TEST(BalancedWeights, MakeRareClassesCountAsMuch) {
  const std::vector<int32_t> labels{0, 0, 0, 2};
  EXPECT_EQ(balanced_weights(labels, 3), (std::vector<float>{4.0f / 9, 0, 4.0f / 3}));
}

}  // namespace
}  // namespace mote::learn
