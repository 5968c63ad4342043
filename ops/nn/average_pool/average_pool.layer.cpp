// Trainer half of average_pool: the mean over the inputs inside each window; padding doesn't count.

#include "learn/activation.hpp"
#include "learn/layer.hpp"
#include "learn/pooling.hpp"

namespace mote {
namespace {

using learn::Pass;

class AveragePoolLayer : public learn::Layer {
 public:
  AveragePoolLayer(const ir::Graph& graph, const ir::Node& node)
      : geometry_(graph, node), activation_(learn::activation_bounds(node)) {}

  void forward(const Pass& pass) override {
    const auto total = static_cast<size_t>(geometry_.out_elements() * pass.batch);
    std::fill_n(pass.output, total, 0.0f);
    for_each_tap(pass.batch, [&](int64_t x, int64_t y, float weight) {
      const float* from = pass.inputs[0] + x;
      float* to = pass.output + y;
      for (int64_t c = 0; c < geometry_.channels; ++c) to[c] += from[c] * weight;
    });
    learn::activate(activation_, pass.output, total);
  }

  void backward(const Pass& pass) override {
    if (pass.input_gradients[0] == nullptr) return;
    const auto total = static_cast<size_t>(geometry_.out_elements() * pass.batch);
    learn::activate_backward(activation_, pass.output, pass.output_gradient, total);
    std::fill_n(pass.input_gradients[0], geometry_.in_elements() * pass.batch, 0.0f);
    for_each_tap(pass.batch, [&](int64_t x, int64_t y, float weight) {
      const float* from = pass.output_gradient + y;
      float* to = pass.input_gradients[0] + x;
      for (int64_t c = 0; c < geometry_.channels; ++c) to[c] += from[c] * weight;
    });
  }

 private:
  // tap(offset in x, offset in y, weight) for every input position of every window.
  template <class Tap>
  void for_each_tap(int32_t batch, Tap&& tap) const {
    const learn::PoolGeometry& g = geometry_;
    for (int64_t n = 0; n < batch; ++n) {
      for (int64_t row = 0; row < g.out_h; ++row) {
        for (int64_t column = 0; column < g.out_w; ++column) {
          const auto window = g.window(row, column);
          const int64_t y = ((n * g.out_h + row) * g.out_w + column) * g.channels;
          const float weight = 1.0f / static_cast<float>(window.size());
          for (int64_t i = window.top; i < window.bottom; ++i) {
            for (int64_t j = window.left; j < window.right; ++j) {
              tap(((n * g.in_h + i) * g.in_w + j) * g.channels, y, weight);
            }
          }
        }
      }
    }
  }

  learn::PoolGeometry geometry_;
  learn::ActivationBounds activation_;
};

}  // namespace

extern const learn::LayerDef average_pool_layer;
const learn::LayerDef average_pool_layer{"average_pool", learn::make_layer<AveragePoolLayer>, 0};

}  // namespace mote
