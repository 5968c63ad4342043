// Portable interpolation of float images.
#pragma once

#include "ops/nn/resize_bilinear/resize_bilinear.hpp"

namespace mote {

template <class P>
void resize_bilinear_f32_reference(const P& p, void* const* operands) {
  resize_bilinear_walk<float, float>(
      p, operands, [](float al, float ar, float bl, float br, float row, float column) {
        return al * (1 - row) * (1 - column) + bl * row * (1 - column) + ar * (1 - row) * column +
               br * row * column;
      });
}

}  // namespace mote
