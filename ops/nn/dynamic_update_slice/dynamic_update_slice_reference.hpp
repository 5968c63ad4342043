// Portable replacement of a part.
#pragma once

#include "ops/nn/dynamic_update_slice/dynamic_update_slice.hpp"

namespace mote {

// Where on axis k of x the update begins.
template <class P>
int32_t update_slice_begin(const P& p, const void* index, int32_t k, int32_t room) {
  if (k < p.first) return 0;
  const int64_t at = p.wide != 0 ? static_cast<const int64_t*>(index)[k - p.first]
                                 : static_cast<const int32_t*>(index)[k - p.first];
  return static_cast<int32_t>(at < 0 ? 0 : (at > room ? room : at));
}

template <class P>
void dynamic_update_slice_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const uint8_t*>(operands[0]);
  const auto* update = static_cast<const uint8_t*>(operands[1]);
  auto* y = static_cast<uint8_t*>(operands[3]);
  const int32_t of_x[] = {p.x0, p.x1, p.x2, p.x3, p.x4, p.x5};
  const int32_t of_update[] = {p.u0, p.u1, p.u2, p.u3, p.u4, p.u5};
  int32_t stride[update_slice_axes];  // bytes
  int32_t size = p.element, offset = 0;
  for (int32_t k = update_slice_axes - 1; k >= 0; --k) {
    stride[k] = size;
    offset += size * update_slice_begin(p, operands[2], k, of_x[k] - of_update[k]);
    size *= of_x[k];
  }
  for (int32_t i = 0; x != y && i < size; ++i) y[i] = x[i];
  const int32_t run = p.u5 * p.element;
  int32_t at[update_slice_axes] = {};
  while (true) {
    int32_t to = offset;
    for (int32_t k = 0; k < update_slice_axes - 1; ++k) to += at[k] * stride[k];
    for (int32_t i = 0; i < run; ++i) y[to + i] = *update++;
    int32_t k = update_slice_axes - 2;
    while (k >= 0 && ++at[k] == of_update[k]) at[k--] = 0;
    if (k < 0) return;
  }
}

}  // namespace mote
