// Portable change of type.
#pragma once

#include "ops/nn/cast/cast.hpp"

namespace mote {

template <class P>
void cast_reference(const P& p, void* const* operands) {
  const bool from_float = p.x_kind == static_cast<int32_t>(Element::f32);
  const bool to_boolean = p.y_kind == static_cast<int32_t>(Element::boolean);
  for (int32_t i = 0; i < p.count; ++i) {
    int64_t value = load_element(p.x_kind, operands[0], i);
    if (from_float && to_boolean) value = static_cast<const float*>(operands[0])[i] != 0;
    store_element(p.y_kind, operands[1], i, value);
  }
}

}  // namespace mote
