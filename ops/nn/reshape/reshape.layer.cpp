// Trainer half of reshape: the values stay, in their order.

#include <algorithm>

#include "learn/layer.hpp"

namespace mote {
namespace {

using learn::Pass;

class ReshapeLayer : public learn::Layer {
 public:
  ReshapeLayer(const ir::Graph& graph, const ir::Node& node)
      : elements_(graph.tensor(node.inputs.at(0)).elements()) {}

  void forward(const Pass& pass) override {
    std::copy_n(pass.inputs[0], elements_ * pass.batch, pass.output);
  }

  void backward(const Pass& pass) override {
    if (pass.input_gradients[0] == nullptr) return;
    std::copy_n(pass.output_gradient, elements_ * pass.batch, pass.input_gradients[0]);
  }

 private:
  int64_t elements_;
};

}  // namespace

extern const learn::LayerDef reshape_layer;
const learn::LayerDef reshape_layer{"reshape", learn::make_layer<ReshapeLayer>, 0};

}  // namespace mote
