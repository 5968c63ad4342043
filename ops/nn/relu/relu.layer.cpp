// Trainer half of relu: y = max(x, 0).

#include <algorithm>
#include <limits>

#include "learn/activation.hpp"
#include "learn/layer.hpp"

namespace mote {
namespace {

using learn::Pass;

constexpr learn::ActivationBounds bounds{true, 0.0f, std::numeric_limits<float>::infinity()};

class ReluLayer : public learn::Layer {
 public:
  ReluLayer(const ir::Graph& graph, const ir::Node& node)
      : elements_(static_cast<size_t>(graph.tensor(node.inputs.at(0)).elements())) {}

  void forward(const Pass& pass) override {
    const size_t count = elements_ * static_cast<size_t>(pass.batch);
    std::copy_n(pass.inputs[0], count, pass.output);
    learn::activate(bounds, pass.output, count);
  }

  void backward(const Pass& pass) override {
    if (pass.input_gradients[0] == nullptr) return;
    const size_t count = elements_ * static_cast<size_t>(pass.batch);
    std::copy_n(pass.output_gradient, count, pass.input_gradients[0]);
    learn::activate_backward(bounds, pass.output, pass.input_gradients[0], count);
  }

 private:
  size_t elements_;
};

}  // namespace

extern const learn::LayerDef relu_layer;
const learn::LayerDef relu_layer{"relu", learn::make_layer<ReluLayer>, 0};

}  // namespace mote
