// Convolution over [n, h, w, c], dense or depthwise, on oneDNN: the layer behind the op folders
// conv2d and depthwise_conv2d.
#pragma once

#include <map>
#include <memory>

#include "learn/activation.hpp"
#include "learn/buffer.hpp"
#include "learn/layer.hpp"

namespace mote::learn {

class ConvolutionLayer : public Layer {
 public:
  // Inputs: x [1, h, w, c_in]; weights [c_out, kh, kw, c_in], or depthwise [1, kh, kw, c_out] with
  // c_out a multiple of c_in; bias [c_out] (optional). Attributes as in ops/nn/conv2d.
  ConvolutionLayer(const ir::Graph& graph, const ir::Node& node, bool depthwise);
  ~ConvolutionLayer() override;

  void forward(const Pass& pass) override;
  void backward(const Pass& pass) override;

 private:
  struct Geometry {
    int64_t in_h, in_w, in_c, out_h, out_w, out_c, filter_h, filter_w;
    int64_t stride_h, stride_w, dilation_h, dilation_w;
    int64_t pad_top, pad_left, pad_bottom, pad_right;
    bool depthwise, bias;
  };
  struct Primitives;  // of one batch size

  Primitives& primitives(int32_t batch);
  static std::unique_ptr<Primitives> make_primitives(const Geometry& geometry, int32_t batch);

  Geometry geometry_;
  ActivationBounds activation_;
  std::map<int32_t, std::unique_ptr<Primitives>> primitives_;
};

}  // namespace mote::learn
