// Trainer half of add: y = activation(a + b), shapes equal.

#include <algorithm>

#include "compiler/ir/op.hpp"
#include "learn/activation.hpp"
#include "learn/layer.hpp"

namespace mote {
namespace {

using learn::Pass;

class AddLayer : public learn::Layer {
 public:
  AddLayer(const ir::Graph& graph, const ir::Node& node)
      : activation_(learn::activation_bounds(node)) {
    const ir::Tensor& a = graph.tensor(node.inputs.at(0));
    const ir::Tensor& b = graph.tensor(node.inputs.at(1));
    elements_ = a.elements();
    ir::require(a.shape == b.shape && !a.constant && !b.constant, node,
                "training needs two activations of the same shape");
  }

  void forward(const Pass& pass) override {
    const int64_t count = elements_ * pass.batch;
    for (int64_t i = 0; i < count; ++i) pass.output[i] = pass.inputs[0][i] + pass.inputs[1][i];
    learn::activate(activation_, pass.output, static_cast<size_t>(count));
  }

  void backward(const Pass& pass) override {
    const int64_t count = elements_ * pass.batch;
    learn::activate_backward(activation_, pass.output, pass.output_gradient,
                             static_cast<size_t>(count));
    for (float* gradient : pass.input_gradients) {
      if (gradient != nullptr) std::copy_n(pass.output_gradient, count, gradient);
    }
  }

 private:
  learn::ActivationBounds activation_;
  int64_t elements_ = 0;
};

}  // namespace

extern const learn::LayerDef add_layer;
const learn::LayerDef add_layer{"add", learn::make_layer<AddLayer>, 0};

}  // namespace mote
