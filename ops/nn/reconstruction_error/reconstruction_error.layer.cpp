// Trainer half of reconstruction_error: the mean squared difference of its two inputs, so that an
// autoencoder is trained by making its own score small.

#include "learn/layer.hpp"

namespace mote {
namespace {

using learn::Pass;

class ReconstructionErrorLayer : public learn::Layer {
 public:
  ReconstructionErrorLayer(const ir::Graph& graph, const ir::Node& node)
      : elements_(graph.tensor(node.inputs.at(0)).elements()) {}

  void forward(const Pass& pass) override {
    for (int64_t n = 0; n < pass.batch; ++n) {
      const float* x = pass.inputs[0] + n * elements_;
      const float* restored = pass.inputs[1] + n * elements_;
      float sum = 0;
      for (int64_t i = 0; i < elements_; ++i) sum += (x[i] - restored[i]) * (x[i] - restored[i]);
      pass.output[n] = sum / static_cast<float>(elements_);
    }
  }

  void backward(const Pass& pass) override {
    for (size_t input = 0; input < 2; ++input) {
      float* gradient = pass.input_gradients[input];
      if (gradient == nullptr) continue;
      const float* other = pass.inputs[1 - input];
      for (int64_t n = 0; n < pass.batch; ++n) {
        const float factor = 2.0f * pass.output_gradient[n] / static_cast<float>(elements_);
        for (int64_t i = n * elements_; i < (n + 1) * elements_; ++i) {
          gradient[i] = factor * (pass.inputs[input][i] - other[i]);
        }
      }
    }
  }

 private:
  int64_t elements_;
};

}  // namespace

extern const learn::LayerDef reconstruction_error_layer;
const learn::LayerDef reconstruction_error_layer{"reconstruction_error",
                                                 learn::make_layer<ReconstructionErrorLayer>, 0};

}  // namespace mote
