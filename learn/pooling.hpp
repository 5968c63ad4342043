// Geometry that the pooling layers share: windows over [n, h, w, c].
#pragma once

#include <algorithm>
#include <cstdint>

#include "compiler/ir/graph.hpp"
#include "learn/padding.hpp"

namespace mote::learn {

struct PoolGeometry {
  int64_t in_h, in_w, out_h, out_w, channels;
  int64_t filter_h, filter_w, stride_h, stride_w, pad_top, pad_left;

  PoolGeometry(const ir::Graph& graph, const ir::Node& node) {
    const ir::Shape& x = graph.tensor(node.inputs.at(0)).shape;
    const ir::Shape& y = graph.tensor(node.outputs.at(0)).shape;
    in_h = x.at(1);
    in_w = x.at(2);
    channels = x.at(3);
    out_h = y.at(1);
    out_w = y.at(2);
    filter_h = node.integer("filter_h");
    filter_w = node.integer("filter_w");
    stride_h = node.integer("stride_h");
    stride_w = node.integer("stride_w");
    pad_top = padding_of(in_h, out_h, filter_h, stride_h).before;
    pad_left = padding_of(in_w, out_w, filter_w, stride_w).before;
  }

  struct Window {
    int64_t top, bottom, left, right;  // rows [top, bottom), columns [left, right), inside x
    int64_t size() const { return (bottom - top) * (right - left); }
  };
  Window window(int64_t row, int64_t column) const {
    const int64_t top = row * stride_h - pad_top, left = column * stride_w - pad_left;
    return {std::max<int64_t>(top, 0), std::min(top + filter_h, in_h), std::max<int64_t>(left, 0),
            std::min(left + filter_w, in_w)};
  }
  int64_t in_elements() const { return in_h * in_w * channels; }
  int64_t out_elements() const { return out_h * out_w * channels; }
};

}  // namespace mote::learn
