// The training loop: batches in a seeded order, Adam, a learning rate that falls, early stopping
// with the best epoch's parameters at the end. One seed gives the same bits again on one machine.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "learn/network.hpp"

namespace mote::learn {

// Feature vectors and what they are.
struct Samples {
  int64_t elements = 0;         // of one sample
  std::vector<float> x;         // [count, elements]
  std::vector<int32_t> labels;  // [count], or empty when the loss needs none

  int64_t count() const { return elements == 0 ? 0 : static_cast<int64_t>(x.size()) / elements; }
  std::span<const float> sample(int64_t i) const {
    return std::span(x).subspan(static_cast<size_t>(i * elements), static_cast<size_t>(elements));
  }
};

struct EpochRecord {
  int32_t epoch = 0;  // from 0
  double learning_rate = 0;
  double train_loss = 0;    // with dropout and augmentation, while the weights move
  double val_loss = 0;      // after the epoch
  double val_accuracy = 0;  // classification only
};

struct FitOptions {
  enum class Loss : uint8_t {
    cross_entropy,  // the output is logits
    mean_output,    // the output is itself the loss of each sample
  };
  Loss loss = Loss::cross_entropy;
  int32_t epochs = 60;
  int32_t batch = 64;
  float learning_rate = 1e-3f;  // after warm-up; falls to 1 % of it along a half cosine
  int32_t warmup_epochs = 1;    // in which the rate rises from 0
  float weight_decay = 0;
  float label_smoothing = 0;  // part of the target spread over all classes, [0, 1)
  // Each sample of a batch is mixed with another one, target and all; the other's part is drawn
  // from [0, mixup], at most 0.5 (after Zhang et al. 2018, arXiv:1710.09412). Classification only.
  float mixup = 0;
  // Of the moving average of the parameters over steps that is judged and kept (Polyak and Juditsky
  // 1992), [0, 1); 0: the parameters themselves.
  float average = 0;
  int32_t patience = 12;             // epochs without a better val loss; 0: run all, keep the last
  std::vector<float> class_weights;  // [classes]; empty: all 1
  uint64_t seed = 1;

  // Before each epoch, may put another variation of every training sample in its place; number,
  // order and labels stay.
  std::function<void(int32_t epoch, std::span<float> x)> renew;
  // Changes one sample of a training batch. index: which sample; called in batch order.
  std::function<void(int64_t index, std::span<float> x, Random& random)> augment;
  // A trained network that says what each batch should be taken for, in place of the labels.
  // Must have the same inputs and classes, and must not be the network itself.
  Network* teacher = nullptr;
  std::function<void(const EpochRecord&)> on_epoch;
};

struct FitResult {
  std::vector<EpochRecord> history;
  int32_t best_epoch = 0;  // whose parameters the network has now
};

// Trains on `train`; `val` decides when to stop and which epoch is the best. An empty val is
// replaced by train. Throws std::runtime_error for empty or ill-fitting samples, and when the loss
// is no longer a finite number.
FitResult fit(Network& network, const Samples& train, const Samples& val,
              const FitOptions& options);

// The network's outputs for all samples in inference mode: [count, output_elements].
std::vector<float> predict(Network& network, const Samples& samples, int32_t batch = 64);

// Index of the largest of each row. scores: [count, classes].
std::vector<int32_t> top_class(std::span<const float> scores, int64_t classes);

// weights[c] = count / (classes * count of c), for training on rare classes as much as on common
// ones; 0 for classes that don't occur.
std::vector<float> balanced_weights(std::span<const int32_t> labels, int64_t classes);

}  // namespace mote::learn
