#include "learn/fake_quantize.hpp"

#include <algorithm>
#include <cmath>

#include "learn/vectorised.hpp"

namespace mote::learn {
namespace {

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

}  // namespace

void observe(ValueRange& range, const float* values, size_t count, float weight) {
  float low = 0, high = 0;
  min_max(values, count, &low, &high);
  if (!range.seen) {
    range = {low, high, true};
    return;
  }
  range.min += weight * (low - range.min);
  range.max += weight * (high - range.max);
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
  quantize::for_each_run(shape, axis, [&](size_t offset, size_t channel, size_t count) {
    const float scale = scales[channel];
    for (size_t i = offset; i < offset + count; ++i) {
      const float steps = (weights[i] / scale + round_magic) - round_magic;
      rounded[i] = std::clamp(steps, -127.0f, 127.0f) * scale;
    }
  });
}

}  // namespace mote::learn
