#include "compiler/ir/window.hpp"

#include <algorithm>

#include "compiler/ir/op.hpp"

namespace mote::ir {

WindowAxis window_axis(const Node& node, ImageAxis axis, int32_t in, int32_t filter) {
  const bool rows = axis == ImageAxis::h;
  const int64_t stride = node.integer(rows ? "stride_h" : "stride_w");
  const int64_t dilation = node.integer(rows ? "dilation_h" : "dilation_w", 1);
  constexpr int64_t limit = 1 << 16;
  const auto in_range = [](int64_t value) { return value >= 1 && value <= limit; };
  require(in >= 1, node, "input has no rows or columns");
  require(in_range(filter), node, "filter extent " + std::to_string(filter));
  require(in_range(stride), node, "stride " + std::to_string(stride));
  require(in_range(dilation), node, "dilation " + std::to_string(dilation));

  const int64_t reach = (filter - 1) * dilation + 1;  // inputs from the first tap to the last
  const std::string padding = node.text("padding");
  if (padding != "same") {
    const bool none = padding == "valid";
    require(none || padding == "explicit", node,
            "padding '" + padding + "' is not 'same', 'valid' or 'explicit'");
    const int64_t before = none ? 0 : node.integer(rows ? "pad_top" : "pad_left");
    const int64_t after = none ? 0 : node.integer(rows ? "pad_bottom" : "pad_right");
    require(before >= 0 && before < reach && after >= 0 && after < reach, node,
            "padding of " + std::to_string(before) + " and " + std::to_string(after) +
                " around windows of " + std::to_string(reach));
    require(reach <= before + in + after, node,
            "window of " + std::to_string(reach) + " is larger than the input of " +
                std::to_string(before + in + after));
    return {static_cast<int32_t>((before + in + after - reach) / stride + 1),
            static_cast<int32_t>(before), static_cast<int32_t>(after)};
  }
  const int64_t out = (int64_t{in} + stride - 1) / stride;
  const int64_t total = std::max<int64_t>((out - 1) * stride + reach - in, 0);
  return {static_cast<int32_t>(out), static_cast<int32_t>(total / 2),
          static_cast<int32_t>(total - total / 2)};
}

}  // namespace mote::ir
