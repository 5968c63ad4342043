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

enum class ImageAxis { h, w };

// Geometry of one axis of `node`, by its attributes stride_h, stride_w, dilation_h, dilation_w (1
// if missing) and padding: "same", "valid" or "explicit", which has pad_top, pad_bottom, pad_left
// and pad_right. in: extent of the input, filter: taps, both >= 1. Throws GraphError when stride,
// dilation or filter is below 1 or over 2^16, when the window is larger than input and padding, or
// when an explicit padding is negative or holds a whole window.
WindowAxis window_axis(const Node& node, ImageAxis axis, int32_t in, int32_t filter);

}  // namespace mote::ir
