// What import rules of sliding windows share: images [n, c, h, w] and series [n, c, w] as the
// graph's [n, h, w, c], and the geometry that a node's attributes describe.
#pragma once

#include "compiler/import/onnx_operator.hpp"

namespace mote::onnx {

// x as [n, h, w, c]; a series has one row.
TensorId channels_last(Operator& op, TensorId x);
// The inverse for a result; rank: that of the ONNX tensor.
TensorId channels_second(Operator& op, TensorId y, int64_t rank);

// One axis of a sliding window, in inputs.
struct Axis {
  int64_t in = 1, kernel = 1, stride = 1, dilation = 1;
  int64_t before = 0, after = 0;  // padding that the node asks for
  int64_t extra = 0;              // after it: what ceil_mode reads beyond

  int64_t reach() const { return (kernel - 1) * dilation + 1; }
  int64_t out() const { return (in + before + after + extra - reach()) / stride + 1; }
  // Whether the graph's "same" padding is this one.
  bool is_same() const {
    const int64_t outputs = (in + stride - 1) / stride;
    const int64_t total = std::max<int64_t>((outputs - 1) * stride + reach() - in, 0);
    return extra == 0 && out() == outputs && before == total / 2 && after == total - total / 2;
  }
};

struct Windows {
  Axis h, w;
  bool valid() const { return pads() == 0; }
  bool same() const { return h.is_same() && w.is_same(); }
  int64_t pads() const { return h.before + h.after + h.extra + w.before + w.after + w.extra; }
};

// Geometry of each axis; inputs: extents of the input's. Throws ir::GraphError when an attribute is
// out of range or a window larger than its padded input.
std::vector<Axis> window_axes(const Operator& op, const Integers& inputs, const Integers& kernel);
// The same for one or two axes; x: [n, h, w, c].
Windows windows(const Operator& op, TensorId x, const Integers& kernel);

// x [n, h, w, c], real, with its image padded by `value`.
TensorId padded(Operator& op, TensorId x, const Windows& windows, float value);

Attributes window_attributes(const Windows& windows, bool same);

}  // namespace mote::onnx
