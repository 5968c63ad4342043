// Quantisation-aware training's arithmetic: floats that take only the values that int8 can hold
// (Jacob et al. 2018, arXiv:1712.05877), with TensorFlow Lite's choices of scale and zero point.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace mote::learn {

// Smallest and largest value of an activation.
struct ValueRange {
  float min = 0;
  float max = 0;
  bool seen = false;

  // Takes in one batch. weight: of this batch in the moving average, (0, 1]; the first batch
  // counts fully.
  void observe(const float* values, size_t count, float weight);
};

// real = scale * (stored - zero_point), stored in [-128, 127].
struct AffineInt8 {
  float scale = 1;
  int32_t zero_point = 0;

  float real(int32_t stored) const { return scale * static_cast<float>(stored - zero_point); }
  int32_t stored(float value) const;
};

// Asymmetric int8 for a range, widened so that it holds 0, with 0 exactly on the grid.
AffineInt8 affine_for(const ValueRange& range);

// Scale of symmetric weights in [-127, 127] per index of `axis`: max|w| / 127; 1 where all are 0.
std::vector<float> weight_scales(const ir::Shape& shape, const float* weights, int32_t axis);

// values: [count], rounded to the grid in place. inside: [count] or nullptr, set to 1 where the
// value lay within the representable range (its gradient passes) and to 0 where it was clipped.
void fake_quantize(const AffineInt8& grid, float* values, size_t count, uint8_t* inside);

// The same for means of values that are on `grid` already: halves go away from stored 0, as integer
// kernels round them. Where few values make a mean, halves are common. What lies nearer to a half
// than 1 / 4096 counts as one, which is right for means of up to 2048 values.
void fake_quantize_mean(const AffineInt8& grid, float* values, size_t count, uint8_t* inside);

// rounded = weights on the grid of `scales` (weight_scales).
void fake_quantize_weights(const ir::Shape& shape, const float* weights, int32_t axis,
                           const std::vector<float>& scales, float* rounded);

// Stored int8 weights of the same grid.
std::vector<int8_t> quantize_weights(const ir::Shape& shape, const float* weights, int32_t axis,
                                     const std::vector<float>& scales);

}  // namespace mote::learn
