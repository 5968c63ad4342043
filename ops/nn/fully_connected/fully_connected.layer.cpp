// Trainer half of fully_connected: y [rows, out] = activation(x [rows, in] * w^T + bias).

#include <algorithm>

#include "learn/activation.hpp"
#include "learn/layer.hpp"
#include "learn/onednn.hpp"

namespace mote {
namespace {

using learn::Pass;

class FullyConnectedLayer : public learn::Layer {
 public:
  FullyConnectedLayer(const ir::Graph& graph, const ir::Node& node)
      : activation_(learn::activation_bounds(node)),
        in_(graph.tensor(node.inputs.at(1)).shape.at(1)),
        out_(graph.tensor(node.inputs.at(1)).shape.at(0)),
        rows_(graph.tensor(node.inputs.at(0)).elements() / in_),
        bias_(node.inputs.size() > 2 && node.inputs[2] != ir::no_tensor) {}

  void forward(const Pass& pass) override {
    const int64_t rows = rows_ * pass.batch;
    if (bias_) {
      for (int64_t r = 0; r < rows; ++r) {
        std::copy_n(pass.inputs[2], out_, pass.output + r * out_);
      }
    }
    learn::multiply({.transpose_b = true, .m = rows, .n = out_, .k = in_, .accumulate = bias_},
                    pass.inputs[0], pass.inputs[1], pass.output);
    learn::activate(activation_, pass.output, static_cast<size_t>(rows * out_));
  }

  void backward(const Pass& pass) override {
    const int64_t rows = rows_ * pass.batch;
    const float* dy = pass.output_gradient;
    learn::activate_backward(activation_, pass.output, pass.output_gradient,
                             static_cast<size_t>(rows * out_));
    if (pass.input_gradients[0] != nullptr) {
      learn::multiply({.m = rows, .n = in_, .k = out_}, dy, pass.inputs[1],
                      pass.input_gradients[0]);
    }
    if (pass.input_gradients[1] != nullptr) {
      learn::multiply({.transpose_a = true, .m = out_, .n = in_, .k = rows}, dy, pass.inputs[0],
                      pass.input_gradients[1]);
    }
    if (bias_ && pass.input_gradients[2] != nullptr) {
      std::fill_n(pass.input_gradients[2], out_, 0.0f);
      for (int64_t r = 0; r < rows; ++r) {
        for (int64_t o = 0; o < out_; ++o) pass.input_gradients[2][o] += dy[r * out_ + o];
      }
    }
  }

 private:
  learn::ActivationBounds activation_;
  int64_t in_, out_, rows_;
  bool bias_;
};

}  // namespace

extern const learn::LayerDef fully_connected_layer;
const learn::LayerDef fully_connected_layer{"fully_connected",
                                            learn::make_layer<FullyConnectedLayer>, 0b110};

}  // namespace mote
