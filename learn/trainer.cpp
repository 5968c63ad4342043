#include "learn/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <stdexcept>
#include <string>

#include "learn/adam.hpp"
#include "learn/loss.hpp"

namespace mote::learn {
namespace {

constexpr double final_rate = 0.01;  // part of the learning rate that is left at the end

// Linear warm-up, then half a cosine. progress: epochs done, with the part of the current one.
double rate_at(const FitOptions& options, double progress) {
  const double warmup = options.warmup_epochs;
  if (progress < warmup) return options.learning_rate * progress / warmup;
  const double span = std::max(1.0, options.epochs - warmup);
  const double cosine = 0.5 * (1.0 + std::cos(std::numbers::pi * (progress - warmup) / span));
  return options.learning_rate * (final_rate + (1.0 - final_rate) * cosine);
}

void check(const Network& network, const Samples& samples, const FitOptions& options,
           const char* part) {
  const auto fail = [&](const std::string& what) {
    throw std::runtime_error(std::string(part) + " samples: " + what);
  };
  if (samples.count() == 0) fail("there are none");
  if (samples.elements != network.input_elements()) {
    fail("have " + std::to_string(samples.elements) + " features, the network takes " +
         std::to_string(network.input_elements()));
  }
  const auto finite = [](float value) { return std::isfinite(value); };
  if (const auto bad = std::ranges::find_if_not(samples.x, finite); bad != samples.x.end()) {
    fail("feature " + std::to_string((bad - samples.x.begin()) % samples.elements) + " of sample " +
         std::to_string((bad - samples.x.begin()) / samples.elements) + " is not a finite number");
  }
  if (options.loss != FitOptions::Loss::cross_entropy) return;
  if (static_cast<int64_t>(samples.labels.size()) != samples.count()) fail("labels are missing");
  for (int32_t label : samples.labels) {
    if (label < 0 || label >= network.output_elements()) {
      fail("label " + std::to_string(label) + " for " + std::to_string(network.output_elements()) +
           " classes");
    }
  }
}

// The moving average of all parameters, running statistics included.
class Average {
 public:
  Average(Network& network, float decay) : network_(network), decay_(decay) {
    if (decay_ <= 0) return;
    for (const Parameter& p : network.parameters()) values_.push_back(p.value);
  }

  void step() {
    ++steps_;
    // The first steps are far from the goal and must not be remembered for long.
    const float start = (1.0f + static_cast<float>(steps_)) / (10.0f + static_cast<float>(steps_));
    const float keep = std::min(decay_, start);
    for (size_t p = 0; p < values_.size(); ++p) {
      const Buffer& now = network_.parameters()[p].value;
      for (size_t i = 0; i < now.size(); ++i) {
        values_[p][i] += (1.0f - keep) * (now[i] - values_[p][i]);
      }
    }
  }

  // Puts the average into the network and what was there in its place; again takes it back.
  void swap() {
    for (size_t p = 0; p < values_.size(); ++p) {
      std::ranges::swap_ranges(values_[p], network_.parameters()[p].value);
    }
  }

 private:
  Network& network_;
  float decay_;
  int64_t steps_ = 0;
  std::vector<Buffer> values_;
};

class Fit {
 public:
  Fit(Network& network, Samples train, const Samples& val, const FitOptions& options)
      : network_(network),
        train_(std::move(train)),
        val_(val),
        options_(options),
        adam_(network.parameters(), {.weight_decay = options.weight_decay}),
        average_(network, options.average),
        random_(options.seed),
        order_(static_cast<size_t>(train_.count())) {
    std::iota(order_.begin(), order_.end(), int64_t{0});
  }

  FitResult run() {
    FitResult result;
    double best_loss = std::numeric_limits<double>::infinity();
    std::vector<Buffer> best;
    for (int32_t epoch = 0; epoch < options_.epochs; ++epoch) {
      EpochRecord record{.epoch = epoch, .learning_rate = rate_at(options_, epoch + 0.5)};
      record.train_loss = train_epoch(epoch);
      average_.swap();
      validate(record);
      result.history.push_back(record);
      if (options_.on_epoch) options_.on_epoch(record);
      if (options_.patience == 0 || record.val_loss < best_loss) {
        best_loss = record.val_loss;
        result.best_epoch = epoch;
        best.clear();
        for (const Parameter& p : network_.parameters()) best.push_back(p.value);
      }
      average_.swap();
      if (options_.patience > 0 && epoch - result.best_epoch >= options_.patience) break;
    }
    for (size_t p = 0; p < best.size(); ++p) {
      std::ranges::copy(best[p], network_.parameters()[p].value.begin());
    }
    return result;
  }

 private:
  double train_epoch(int32_t epoch) {
    if (options_.renew) options_.renew(epoch, train_.x);
    random_.shuffle(order_);
    const auto count = static_cast<size_t>(train_.count());
    const auto batch = static_cast<size_t>(options_.batch);
    const size_t steps = (count + batch - 1) / batch;
    double sum = 0;
    for (size_t step = 0; step < steps; ++step) {
      const size_t first = step * batch, size = std::min(batch, count - first);
      gather(first, size);
      const double loss = learn_batch(static_cast<int32_t>(size));
      if (!std::isfinite(loss)) {
        throw std::runtime_error("training diverged in epoch " + std::to_string(epoch + 1) +
                                 ": the loss is not finite; try a smaller learning_rate");
      }
      sum += loss * static_cast<double>(size);
      const double part = static_cast<double>(step + 1) / static_cast<double>(steps);
      adam_.step(static_cast<float>(rate_at(options_, epoch + part)));
      average_.step();
    }
    return sum / static_cast<double>(count);
  }

  void gather(size_t first, size_t size) {
    const auto elements = static_cast<size_t>(train_.elements);
    x_.resize(size * elements);
    labels_.resize(train_.labels.empty() ? 0 : size);
    for (size_t i = 0; i < size; ++i) {
      const int64_t source = order_[first + i];
      const auto target = std::span(x_).subspan(i * elements, elements);
      std::ranges::copy(train_.sample(source), target.begin());
      if (options_.augment) options_.augment(source, target, random_);
      if (!labels_.empty()) labels_[i] = train_.labels[static_cast<size_t>(source)];
    }
    if (options_.loss != FitOptions::Loss::cross_entropy) return;
    targets_ = targets_of(labels_, network_.output_elements(), options_.class_weights,
                          options_.label_smoothing);
    if (options_.mixup > 0) mix(size);
  }

  // Sample i takes in part of sample i + half the batch, as both were before.
  void mix(size_t size) {
    const std::vector<float> x(x_), of(targets_.of), weight(targets_.weight);
    const size_t elements = x.size() / size, classes = of.size() / size;
    const auto blend = [](float part, float other, float& value) {
      value += part * (other - value);
    };
    for (size_t i = 0; i < size; ++i) {
      const size_t other = (i + size / 2) % size;
      const float part = options_.mixup * random_.uniform();
      for (size_t k = 0; k < elements; ++k) {
        blend(part, x[other * elements + k], x_[i * elements + k]);
      }
      for (size_t c = 0; c < classes; ++c) {
        blend(part, of[other * classes + c], targets_.of[i * classes + c]);
      }
      blend(part, weight[other], targets_.weight[i]);
    }
  }

  double learn_batch(int32_t size) {
    if (options_.teacher != nullptr) {
      follow_teacher(options_.teacher->forward(x_, size, false), network_.output_elements(),
                     targets_);
    }
    const auto y = network_.forward(x_, size, true);
    gradient_.resize(y.size());
    const double loss = options_.loss == FitOptions::Loss::mean_output
                            ? mean_output(y, gradient_)
                            : cross_entropy(y, targets_, gradient_);
    network_.backward(gradient_);
    return loss;
  }

  void validate(EpochRecord& record) {
    const std::vector<float> y = predict(network_, val_, options_.batch);
    if (options_.loss == FitOptions::Loss::mean_output) {
      record.val_loss = mean_output(y, {});
      return;
    }
    const int64_t classes = network_.output_elements();
    record.val_loss =
        cross_entropy(y, targets_of(val_.labels, classes, options_.class_weights, 0), {});
    const auto guesses = top_class(y, classes);
    int64_t right = 0;
    for (size_t i = 0; i < guesses.size(); ++i) right += guesses[i] == val_.labels[i] ? 1 : 0;
    record.val_accuracy = static_cast<double>(right) / static_cast<double>(guesses.size());
  }

  Network& network_;
  Samples train_;  // as renewed last
  const Samples& val_;
  const FitOptions& options_;
  Adam adam_;
  Average average_;
  Random random_;
  std::vector<int64_t> order_;
  std::vector<float> x_, gradient_;
  std::vector<int32_t> labels_;
  Targets targets_;
};

}  // namespace

FitResult fit(Network& network, const Samples& train, const Samples& val,
              const FitOptions& options) {
  const Samples& judge = val.count() == 0 ? train : val;
  check(network, train, options, "train");
  check(network, judge, options, "val");
  return Fit(network, train, judge, options).run();
}

std::vector<float> predict(Network& network, const Samples& samples, int32_t batch) {
  std::vector<float> result;
  const int64_t elements = samples.elements;
  for (int64_t first = 0; first < samples.count(); first += batch) {
    const auto size = static_cast<int32_t>(std::min<int64_t>(batch, samples.count() - first));
    const auto x = std::span(samples.x).subspan(static_cast<size_t>(first * elements),
                                                static_cast<size_t>(size * elements));
    const auto y = network.forward(x, size, false);
    result.insert(result.end(), y.begin(), y.end());
  }
  return result;
}

std::vector<int32_t> top_class(std::span<const float> scores, int64_t classes) {
  std::vector<int32_t> result;
  for (size_t i = 0; i < scores.size(); i += static_cast<size_t>(classes)) {
    const auto row = scores.subspan(i, static_cast<size_t>(classes));
    result.push_back(static_cast<int32_t>(std::ranges::max_element(row) - row.begin()));
  }
  return result;
}

std::vector<float> balanced_weights(std::span<const int32_t> labels, int64_t classes) {
  std::vector<int64_t> counts(static_cast<size_t>(classes), 0);
  for (int32_t label : labels) ++counts.at(static_cast<size_t>(label));
  std::vector<float> weights(counts.size(), 0.0f);
  for (size_t c = 0; c < counts.size(); ++c) {
    if (counts[c] == 0) continue;
    weights[c] = static_cast<float>(static_cast<double>(labels.size()) /
                                    static_cast<double>(classes * counts[c]));
  }
  return weights;
}

}  // namespace mote::learn
