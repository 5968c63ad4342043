// Which real numbers integers stand for: TensorFlow Lite's choices of scale and zero point.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace mote::quantize {

// Smallest and largest value of an activation.
struct ValueRange {
  float min = 0;
  float max = 0;
  bool seen = false;

  // Makes the range hold `other` too.
  void include(const ValueRange& other);
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

// Scale of symmetric int16 for a range: the larger end is 32767, and 0 is stored as 0.
float symmetric_s16_scale(const ValueRange& range);

// Largest stored weight: of int8 and of int4.
constexpr int32_t weight_limit_s8 = 127;
constexpr int32_t weight_limit_s4 = 7;

// How many scales weights have: along `axis`, or one with -1.
inline size_t channels_on(const ir::Shape& shape, int32_t axis) {
  return axis < 0 ? 1 : static_cast<size_t>(shape.at(static_cast<size_t>(axis)));
}

// Calls visit(offset of the first value, index on the axis, count of values) for every run of
// values that share an index on `axis`.
template <class Visit>
void for_each_run(const ir::Shape& shape, int32_t axis, Visit&& visit) {
  size_t outer = 1, inner = 1;
  for (size_t d = 0; d < shape.size(); ++d) {
    const auto extent = static_cast<size_t>(shape[d]);
    if (static_cast<int32_t>(d) < axis) outer *= extent;
    if (static_cast<int32_t>(d) > axis) inner *= extent;
  }
  const size_t channels = channels_on(shape, axis);
  for (size_t o = 0; o < outer; ++o) {
    for (size_t c = 0; c < channels; ++c) visit((o * channels + c) * inner, c, inner);
  }
}

// Scale of symmetric weights in [-limit, limit] per index of `axis`: max|w| / limit; 1 where all
// are 0.
std::vector<float> weight_scales(const ir::Shape& shape, const float* weights, int32_t axis,
                                 int32_t limit = weight_limit_s8);

// Weights stored on the grid of `scales` (weight_scales): round(weight * (limit / largest)) in
// binary32, halves away from zero, as TensorFlow's converter rounds.
std::vector<int8_t> quantize_weights(const ir::Shape& shape, const float* weights, int32_t axis,
                                     const std::vector<float>& scales,
                                     int32_t limit = weight_limit_s8);

}  // namespace mote::quantize
