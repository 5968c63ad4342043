// Portable interpolation of int8 images.
#pragma once

#include "ops/nn/resize_bilinear/resize_bilinear.hpp"

namespace mote {

template <class P>
void resize_bilinear_s8_reference(const P& p, void* const* operands) {
  resize_bilinear_integers<int8_t>(p, operands);
}

}  // namespace mote
