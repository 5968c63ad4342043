// Portable sums of products with weights from a palette: one output channel after the other.
#pragma once

#include "ops/shared/conv_palette/conv_palette.hpp"

namespace mote {

template <class P>
void conv_palette_s8_reference(const P& p, void* const* operands) {
  const auto* const x = static_cast<const int8_t*>(operands[0]);
  const auto* const palette = static_cast<const int8_t*>(operands[1]);
  const auto* const bias = static_cast<const int32_t*>(operands[3]);
  const auto* const multiplier = static_cast<const int32_t*>(operands[4]);
  const auto* const shift = static_cast<const int32_t*>(operands[5]);
  auto* const w = static_cast<int8_t*>(operands[7]);
  const auto term = [w, &p](int8_t value, int32_t at) { return w[at] * (value - p.input_zero); };
  const int32_t taps = p.kernel_h * p.kernel_w * p.group_in;
  const auto* words = static_cast<const uint32_t*>(operands[2]);
  for (int32_t o = 0; o < p.out_c; ++o, words += palette_words(taps, p.bits)) {
    PaletteStream stream{words, 0, 0};
    for (int32_t i = 0; i < taps; ++i) w[i] = palette[stream.next(p.bits)];
    const int8_t* image = x + o / p.group_out * p.group_in;
    int8_t* y = static_cast<int8_t*>(operands[6]) + o;
    for (int32_t b = 0; b < p.batches; ++b, image += p.in_h * p.in_w * p.in_c) {
      for (int32_t oy = 0; oy < p.out_h; ++oy) {
        for (int32_t ox = 0; ox < p.out_w; ++ox, y += p.out_c) {
          const int32_t sum =
              bias[o] + conv_sum_terms<int32_t>(p, image, 0, oy * p.stride_h - p.pad_top,
                                                ox * p.stride_w - p.pad_left, term);
          const int32_t scaled = multiply_by_quantized_multiplier(sum, multiplier[o], shift[o]);
          *y = static_cast<int8_t>(
              clamp(scaled + p.output_zero, p.activation_min, p.activation_max));
        }
      }
    }
  }
}

}  // namespace mote
