// Portable interpolation of int16 images.
#pragma once

#include "ops/nn/resize_bilinear/resize_bilinear.hpp"

namespace mote {

template <class P>
void resize_bilinear_s16_reference(const P& p, void* const* operands) {
  resize_bilinear_integers<int16_t>(p, operands);
}

}  // namespace mote
