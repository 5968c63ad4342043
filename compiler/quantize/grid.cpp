#include "compiler/quantize/grid.hpp"

#include <algorithm>
#include <cmath>

namespace mote::quantize {
namespace {

constexpr float smallest_width = 1e-6f;  // a constant tensor still needs a scale above 0

}  // namespace

void ValueRange::include(const ValueRange& other) {
  if (!other.seen) return;
  min = seen ? std::min(min, other.min) : other.min;
  max = seen ? std::max(max, other.max) : other.max;
  seen = true;
}

int32_t AffineInt8::stored(float value) const {
  const float steps = std::round(value / scale) + static_cast<float>(zero_point);
  return static_cast<int32_t>(std::clamp(steps, -128.0f, 127.0f));
}

AffineInt8 affine_for(const ValueRange& range) {
  const float low = std::min(range.min, 0.0f);
  const float high = std::max({range.max, 0.0f, low + smallest_width});
  AffineInt8 grid;
  grid.scale = (high - low) / 255.0f;
  const float zero = std::round(-128.0f - low / grid.scale);
  grid.zero_point = static_cast<int32_t>(std::clamp(zero, -128.0f, 127.0f));
  return grid;
}

float symmetric_s16_scale(const ValueRange& range) {
  return std::max({std::fabs(range.min), std::fabs(range.max), smallest_width}) / 32767.0f;
}

std::vector<float> weight_scales(const ir::Shape& shape, const float* weights, int32_t axis,
                                 int32_t limit) {
  std::vector<float> scales(channels_on(shape, axis), 0.0f);
  for_each_run(shape, axis, [&](size_t offset, size_t channel, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      scales[channel] = std::max(scales[channel], std::fabs(weights[offset + i]));
    }
  });
  for (float& scale : scales) scale = scale > 0 ? scale / static_cast<float>(limit) : 1.0f;
  return scales;
}

std::vector<int8_t> quantize_weights(const ir::Shape& shape, const float* weights, int32_t axis,
                                     const std::vector<float>& scales, int32_t limit) {
  const auto high = static_cast<float>(limit);
  std::vector<int8_t> stored;
  for_each_run(shape, axis, [&](size_t offset, size_t channel, size_t count) {
    stored.resize(std::max(stored.size(), offset + count));
    const float inverse = high / (scales[channel] * high);
    for (size_t i = offset; i < offset + count; ++i) {
      const float steps = std::round(weights[i] * inverse);
      stored[i] = static_cast<int8_t>(std::clamp(steps, -high, high));
    }
  });
  return stored;
}

}  // namespace mote::quantize
