// Quantisation-aware training's arithmetic: floats that take only the values that int8 can hold
// (Jacob et al. 2018, arXiv:1712.05877), on the grids of compiler/quantize/grid.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "compiler/quantize/grid.hpp"

namespace mote::learn {

using quantize::affine_for;
using quantize::AffineInt8;
using quantize::quantize_weights;
using quantize::ValueRange;
using quantize::weight_scales;

// Takes one batch into a range. weight: of this batch in the moving average, (0, 1]; the first
// batch counts fully.
void observe(ValueRange& range, const float* values, size_t count, float weight);

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

}  // namespace mote::learn
