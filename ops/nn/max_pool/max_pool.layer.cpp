// Trainer half of max_pool. The gradient goes to the first of the largest inputs.

#include <vector>

#include "learn/activation.hpp"
#include "learn/layer.hpp"
#include "learn/pooling.hpp"

namespace mote {
namespace {

using learn::Pass;

class MaxPoolLayer : public learn::Layer {
 public:
  MaxPoolLayer(const ir::Graph& graph, const ir::Node& node)
      : geometry_(graph, node), activation_(learn::activation_bounds(node)) {}

  void forward(const Pass& pass) override {
    const learn::PoolGeometry& g = geometry_;
    const auto total = static_cast<size_t>(g.out_elements() * pass.batch);
    chosen_.resize(total);
    for (int64_t n = 0; n < pass.batch; ++n) {
      for (int64_t row = 0; row < g.out_h; ++row) {
        for (int64_t column = 0; column < g.out_w; ++column) {
          pool(pass, n, g.window(row, column),
               ((n * g.out_h + row) * g.out_w + column) * g.channels);
        }
      }
    }
    learn::activate(activation_, pass.output, total);
  }

  void backward(const Pass& pass) override {
    if (pass.input_gradients[0] == nullptr) return;
    const auto total = static_cast<size_t>(geometry_.out_elements() * pass.batch);
    learn::activate_backward(activation_, pass.output, pass.output_gradient, total);
    std::fill_n(pass.input_gradients[0], geometry_.in_elements() * pass.batch, 0.0f);
    for (size_t i = 0; i < total; ++i) {
      pass.input_gradients[0][chosen_[i]] += pass.output_gradient[i];
    }
  }

 private:
  void pool(const Pass& pass, int64_t n, const learn::PoolGeometry::Window& window, int64_t y) {
    const learn::PoolGeometry& g = geometry_;
    for (int64_t c = 0; c < g.channels; ++c) {
      int64_t best = ((n * g.in_h + window.top) * g.in_w + window.left) * g.channels + c;
      for (int64_t i = window.top; i < window.bottom; ++i) {
        for (int64_t j = window.left; j < window.right; ++j) {
          const int64_t at = ((n * g.in_h + i) * g.in_w + j) * g.channels + c;
          if (pass.inputs[0][at] > pass.inputs[0][best]) best = at;
        }
      }
      pass.output[y + c] = pass.inputs[0][best];
      chosen_[static_cast<size_t>(y + c)] = best;
    }
  }

  learn::PoolGeometry geometry_;
  learn::ActivationBounds activation_;
  std::vector<int64_t> chosen_;
};

}  // namespace

extern const learn::LayerDef max_pool_layer;
const learn::LayerDef max_pool_layer{"max_pool", learn::make_layer<MaxPoolLayer>, 0};

}  // namespace mote
