#include "learn/fake_quantize.hpp"

#include <algorithm>
#include <cmath>

#include "learn/vectorised.hpp"

namespace mote::learn {
namespace {

constexpr float smallest_width = 1e-6f;  // a constant tensor still needs a scale above 0

// Adding and subtracting 1.5 * 2^23 rounds to the nearest integer, halves to even.
constexpr float round_magic = 12582912.0f;

MOTE_VECTORISED void min_max(const float* values, size_t count, float* low, float* high) {
  constexpr size_t lanes = 64;
  float lows[lanes], highs[lanes];
  for (size_t l = 0; l < lanes; ++l) lows[l] = highs[l] = values[0];
  size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (size_t l = 0; l < lanes; ++l) {
      const float v = values[i + l];
      lows[l] = v < lows[l] ? v : lows[l];
      highs[l] = v > highs[l] ? v : highs[l];
    }
  }
  for (; i < count; ++i) {
    lows[0] = std::min(lows[0], values[i]);
    highs[0] = std::max(highs[0], values[i]);
  }
  *low = *std::min_element(lows, lows + lanes);
  *high = *std::max_element(highs, highs + lanes);
}

MOTE_VECTORISED void round_to_grid(float scale, float inverse, float low, float high, float* values,
                                   size_t count) {
  for (size_t i = 0; i < count; ++i) {
    float steps = values[i] * inverse;
    steps = steps > low ? steps : low;
    steps = steps < high ? steps : high;
    values[i] = ((steps + round_magic) - round_magic) * scale;
  }
}

MOTE_VECTORISED void round_mean_to_grid(float scale, float inverse, float zero, float* values,
                                        size_t count) {
  // Float products miss an exact half by less than this, and other means of up to 2048 by more.
  constexpr float half = 0.5f + 0x1p-12f;
  for (size_t i = 0; i < count; ++i) {
    const float stored = values[i] * inverse + zero;
    const float away = stored < 0 ? stored - half : stored + half;
    float rounded = static_cast<float>(static_cast<int32_t>(away));
    rounded = rounded > -128.0f ? rounded : -128.0f;
    rounded = rounded < 127.0f ? rounded : 127.0f;
    values[i] = (rounded - zero) * scale;
  }
}

MOTE_VECTORISED void mark_inside(float low, float high, const float* values, uint8_t* inside,
                                 size_t count) {
  for (size_t i = 0; i < count; ++i) {
    inside[i] = static_cast<uint8_t>((values[i] >= low) & (values[i] <= high));
  }
}

void mark_inside(const AffineInt8& grid, const float* values, uint8_t* inside, size_t count) {
  if (inside == nullptr) return;
  const auto low = static_cast<float>(-128 - grid.zero_point);
  const auto high = static_cast<float>(127 - grid.zero_point);
  mark_inside((low - 0.5f) * grid.scale, (high + 0.5f) * grid.scale, values, inside, count);
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
  const auto channels = static_cast<size_t>(shape.at(static_cast<size_t>(axis)));
  for (size_t o = 0; o < outer; ++o) {
    for (size_t c = 0; c < channels; ++c) visit((o * channels + c) * inner, c, inner);
  }
}

}  // namespace

void ValueRange::observe(const float* values, size_t count, float weight) {
  float low = 0, high = 0;
  min_max(values, count, &low, &high);
  if (!seen) {
    *this = {low, high, true};
    return;
  }
  min += weight * (low - min);
  max += weight * (high - max);
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

std::vector<float> weight_scales(const ir::Shape& shape, const float* weights, int32_t axis) {
  std::vector<float> scales(static_cast<size_t>(shape.at(static_cast<size_t>(axis))), 0.0f);
  for_each_run(shape, axis, [&](size_t offset, size_t channel, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      scales[channel] = std::max(scales[channel], std::fabs(weights[offset + i]));
    }
  });
  for (float& scale : scales) scale = scale > 0 ? scale / 127.0f : 1.0f;
  return scales;
}

void fake_quantize(const AffineInt8& grid, float* values, size_t count, uint8_t* inside) {
  mark_inside(grid, values, inside, count);
  const auto low = static_cast<float>(-128 - grid.zero_point);
  const auto high = static_cast<float>(127 - grid.zero_point);
  round_to_grid(grid.scale, 1.0f / grid.scale, low, high, values, count);
}

void fake_quantize_mean(const AffineInt8& grid, float* values, size_t count, uint8_t* inside) {
  mark_inside(grid, values, inside, count);
  round_mean_to_grid(grid.scale, 1.0f / grid.scale, static_cast<float>(grid.zero_point), values,
                     count);
}

void fake_quantize_weights(const ir::Shape& shape, const float* weights, int32_t axis,
                           const std::vector<float>& scales, float* rounded) {
  for_each_run(shape, axis, [&](size_t offset, size_t channel, size_t count) {
    const float scale = scales[channel];
    for (size_t i = offset; i < offset + count; ++i) {
      const float steps = (weights[i] / scale + round_magic) - round_magic;
      rounded[i] = std::clamp(steps, -127.0f, 127.0f) * scale;
    }
  });
}

std::vector<int8_t> quantize_weights(const ir::Shape& shape, const float* weights, int32_t axis,
                                     const std::vector<float>& scales) {
  std::vector<int8_t> stored;
  for_each_run(shape, axis, [&](size_t offset, size_t channel, size_t count) {
    stored.resize(std::max(stored.size(), offset + count));
    for (size_t i = offset; i < offset + count; ++i) {
      const float steps = (weights[i] / scales[channel] + round_magic) - round_magic;
      stored[i] = static_cast<int8_t>(std::clamp(steps, -127.0f, 127.0f));
    }
  });
  return stored;
}

}  // namespace mote::learn
