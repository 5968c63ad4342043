// Padding of sliding windows, from the extents that the shape rule has computed.
#pragma once

#include <algorithm>
#include <cstdint>

namespace mote::learn {

// One axis. TensorFlow's SAME: what the windows reach beyond the input is halved, the odd one goes
// after it. VALID windows reach no further than the input, so the same formula gives 0 before;
// `after` is negative where the last inputs are not used.
struct Padding {
  int64_t before;
  int64_t after;
};

// reach: inputs from a window's first tap to its last.
inline Padding padding_of(int64_t in, int64_t out, int64_t reach, int64_t stride) {
  const int64_t total = (out - 1) * stride + reach - in;
  const int64_t before = std::max<int64_t>(total, 0) / 2;
  return {before, total - before};
}

}  // namespace mote::learn
