// Trainer half of depthwise_conv2d.

#include "learn/convolution.hpp"

namespace mote {
namespace {

std::unique_ptr<learn::Layer> make(const ir::Graph& graph, const ir::Node& node) {
  return std::make_unique<learn::ConvolutionLayer>(graph, node, true);
}

}  // namespace

extern const learn::LayerDef depthwise_conv2d_layer;
const learn::LayerDef depthwise_conv2d_layer{"depthwise_conv2d", make, 0b110};

}  // namespace mote
