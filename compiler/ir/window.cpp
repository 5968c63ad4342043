#include "compiler/ir/window.hpp"

#include <algorithm>

#include "compiler/ir/op.hpp"

namespace mote::ir {

WindowAxis window_axis(const Node& node, int32_t in, int32_t filter, int64_t stride,
                       int64_t dilation) {
  constexpr int64_t limit = 1 << 16;
  const auto in_range = [](int64_t value) { return value >= 1 && value <= limit; };
  require(in >= 1, node, "input has no rows or columns");
  require(in_range(filter), node, "filter extent " + std::to_string(filter));
  require(in_range(stride), node, "stride " + std::to_string(stride));
  require(in_range(dilation), node, "dilation " + std::to_string(dilation));

  const int64_t reach = (filter - 1) * dilation + 1;  // inputs from the first tap to the last
  const std::string padding = node.text("padding");
  if (padding == "valid") {
    require(reach <= in, node,
            "window of " + std::to_string(reach) + " is larger than the input of " +
                std::to_string(in));
    return {static_cast<int32_t>((in - reach) / stride + 1), 0, 0};
  }
  require(padding == "same", node, "padding '" + padding + "' is not 'same' or 'valid'");
  const int64_t out = (int64_t{in} + stride - 1) / stride;
  const int64_t total = std::max<int64_t>((out - 1) * stride + reach - in, 0);
  return {static_cast<int32_t>(out), static_cast<int32_t>(total / 2),
          static_cast<int32_t>(total - total / 2)};
}

}  // namespace mote::ir
