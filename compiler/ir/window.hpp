// Geometry of sliding windows (convolution, pooling), as TensorFlow defines SAME and VALID padding
// (tensorflow/lite/kernels/padding.h).
#pragma once

#include <cstdint>

#include "compiler/ir/graph.hpp"

namespace mote::ir {

// One axis. The window of output o starts at input o * stride - pad_before; positions outside
// [0, in) are padding.
struct WindowAxis {
  int32_t out;         // output extent, >= 1
  int32_t pad_before;  // padding before the first input
  int32_t pad_after;   // padding after the last input
};

// Geometry of one axis of `node`, whose attribute "padding" is "same" or "valid". in: extent of the
// input, filter: taps, both >= 1. Throws GraphError when stride, dilation or filter is below 1 or
// over 2^16, or when a "valid" window is larger than the input.
WindowAxis window_axis(const Node& node, int32_t in, int32_t filter, int64_t stride,
                       int64_t dilation = 1);

}  // namespace mote::ir
