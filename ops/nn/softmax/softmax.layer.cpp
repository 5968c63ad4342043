// Trainer half of softmax over the last axis. Classifiers are trained on its input with the
// cross-entropy (learn/loss.hpp), so this layer mostly runs forward.

#include <algorithm>
#include <cmath>

#include "learn/layer.hpp"

namespace mote {
namespace {

using learn::Pass;

class SoftmaxLayer : public learn::Layer {
 public:
  SoftmaxLayer(const ir::Graph& graph, const ir::Node& node)
      : beta_(static_cast<float>(node.real("beta", 1.0))) {
    const ir::Tensor& x = graph.tensor(node.inputs.at(0));
    depth_ = x.shape.back();
    rows_ = x.elements() / depth_;
  }

  void forward(const Pass& pass) override {
    for (int64_t r = 0; r < rows_ * pass.batch; ++r) {
      const float* x = pass.inputs[0] + r * depth_;
      float* y = pass.output + r * depth_;
      const float largest = *std::max_element(x, x + depth_);
      float sum = 0;
      for (int64_t i = 0; i < depth_; ++i) sum += y[i] = std::exp(beta_ * (x[i] - largest));
      for (int64_t i = 0; i < depth_; ++i) y[i] /= sum;
    }
  }

  void backward(const Pass& pass) override {
    if (pass.input_gradients[0] == nullptr) return;
    for (int64_t r = 0; r < rows_ * pass.batch; ++r) {
      const float* y = pass.output + r * depth_;
      const float* dy = pass.output_gradient + r * depth_;
      float* dx = pass.input_gradients[0] + r * depth_;
      float dot = 0;
      for (int64_t i = 0; i < depth_; ++i) dot += y[i] * dy[i];
      for (int64_t i = 0; i < depth_; ++i) dx[i] = beta_ * y[i] * (dy[i] - dot);
    }
  }

 private:
  float beta_;
  int64_t depth_ = 0, rows_ = 0;
};

}  // namespace

extern const learn::LayerDef softmax_layer;
const learn::LayerDef softmax_layer{"softmax", learn::make_layer<SoftmaxLayer>, 0};

}  // namespace mote
