#include "learn/quantize.hpp"

#include "compiler/quantize/convert.hpp"

namespace mote::learn {

ir::Graph to_int8(const Network& network) {
  quantize::ConvertOptions options;
  options.float_inputs = true;
  return quantize::convert(network.graph(), {network.ranges(), network.ranges()}, options).graph;
}

}  // namespace mote::learn
