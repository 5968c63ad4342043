// Variations of a window that keep its label: what the sensor might have delivered as well.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "learn/random.hpp"
#include "project/project.hpp"

namespace mote::learn {

// Whether anything in the section changes the samples, or the features.
bool varies_windows(const project::AugmentSection& section);
bool masks_features(const project::AugmentSection& section);

// Changes windows of samples within the limits of [train.augment].
class WindowAugmenter {
 public:
  struct Options {
    project::AugmentSection section;
    double rate_hz = 0;
    int32_t axes = 0;
    // Windows of `background_label`, [length, axes] counts each, of which pieces are mixed in. Must
    // outlive the augmenter; may be empty when section.background is 0.
    std::vector<std::span<const int16_t>> backgrounds;
  };
  explicit WindowAugmenter(Options options) : options_(std::move(options)) {}

  // Draws speed, shift, tilt, background, noise and gain and applies them in this order. window:
  // [length, axes] counts; varied: the same size. Before its first and after its last sample a
  // window is taken to go on as it is there; values between samples are interpolated linearly;
  // results saturate.
  void operator()(std::span<const int16_t> window, Random& random, std::span<int16_t> varied) const;

 private:
  void resample(std::span<const int16_t> window, Random& random, std::vector<float>& values) const;
  void tilt(Random& random, std::vector<float>& values) const;
  void add_background(double level, Random& random, std::vector<float>& values) const;

  Options options_;
};

// Replaces one stretch of frames and one of bands in an image of features, [1, frames, bands,
// axes], by `fill` (SpecAugment; Park et al. 2019, arXiv:1904.08779). fill: [bands, axes], or empty
// for 0. Features of another shape stay as they are.
void mask_features(const project::AugmentSection& section, const ir::Shape& shape,
                   std::span<const float> fill, Random& random, std::span<float> features);

}  // namespace mote::learn
