#include "learn/convolution.hpp"

#include "compiler/ir/op.hpp"
#include "learn/onednn.hpp"
#include "learn/padding.hpp"

namespace mote::learn {
namespace {

using dnnl::memory;
using Dims = memory::dims;

constexpr auto f32 = memory::data_type::f32;
constexpr auto algorithm = dnnl::algorithm::convolution_direct;

memory view(const memory::desc& desc, float* data) {
  return {desc, onednn_engine(), data};
}

}  // namespace

// Weights are kept twice: as the graph stores them, and in the blocked order in which oneDNN's
// generated code reads them, which is different for the forward and the backward direction.
struct ConvolutionLayer::Primitives {
  memory::desc x, y, weights, bias;
  dnnl::convolution_forward::primitive_desc forward_desc;
  dnnl::convolution_backward_data::primitive_desc data_desc;
  dnnl::convolution_backward_weights::primitive_desc weights_desc;
  dnnl::primitive forward, backward_data, backward_weights;
  memory forward_weights, data_weights, weights_gradient;
  dnnl::reorder to_forward, to_data, from_gradient;
};

ConvolutionLayer::ConvolutionLayer(const ir::Graph& graph, const ir::Node& node, bool depthwise)
    : activation_(activation_bounds(node)) {
  const ir::Tensor& x = graph.tensor(node.inputs.at(0));
  const ir::Tensor& weights = graph.tensor(node.inputs.at(1));
  const ir::Tensor& y = graph.tensor(node.outputs.at(0));
  ir::require(x.shape.size() == 4 && weights.shape.size() == 4 && y.shape.size() == 4, node,
              "training needs x [1, h, w, c] and weights of four dimensions");
  Geometry& g = geometry_;
  g.in_h = x.shape[1];
  g.in_w = x.shape[2];
  g.in_c = x.shape[3];
  g.out_h = y.shape[1];
  g.out_w = y.shape[2];
  g.out_c = y.shape[3];
  g.filter_h = weights.shape[1];
  g.filter_w = weights.shape[2];
  g.stride_h = node.integer("stride_h", 1);
  g.stride_w = node.integer("stride_w", 1);
  g.dilation_h = node.integer("dilation_h", 1);
  g.dilation_w = node.integer("dilation_w", 1);
  g.depthwise = depthwise;
  g.bias = node.inputs.size() > 2 && node.inputs[2] != ir::no_tensor;
  ir::require(!depthwise || g.out_c % g.in_c == 0, node,
              "depthwise outputs must be a multiple of the inputs");
  const Padding rows = padding_of(g.in_h, g.out_h, (g.filter_h - 1) * g.dilation_h + 1, g.stride_h);
  const Padding columns =
      padding_of(g.in_w, g.out_w, (g.filter_w - 1) * g.dilation_w + 1, g.stride_w);
  g.pad_top = rows.before;
  g.pad_left = columns.before;
  g.pad_bottom = rows.after;
  g.pad_right = columns.after;
}

ConvolutionLayer::~ConvolutionLayer() = default;

ConvolutionLayer::Primitives& ConvolutionLayer::primitives(int32_t batch) {
  auto& slot = primitives_[batch];
  if (!slot) slot = make_primitives(geometry_, batch);
  return *slot;
}

std::unique_ptr<ConvolutionLayer::Primitives> ConvolutionLayer::make_primitives(const Geometry& g,
                                                                                int32_t batch) {
  auto result = std::make_unique<Primitives>();
  Primitives& p = *result;
  dnnl::engine& engine = onednn_engine();
  p.x = {{batch, g.in_c, g.in_h, g.in_w}, f32, memory::format_tag::nhwc};
  p.y = {{batch, g.out_c, g.out_h, g.out_w}, f32, memory::format_tag::nhwc};
  Dims weight_dims{g.out_c, g.in_c, g.filter_h, g.filter_w};
  if (g.depthwise) {
    // [1, kh, kw, c_out] seen as [group, output of the group, 1, kh, kw].
    const int64_t each = g.out_c / g.in_c;
    weight_dims = {g.in_c, each, 1, g.filter_h, g.filter_w};
    p.weights = {weight_dims, f32, Dims{each, 1, 1, g.filter_w * g.out_c, g.out_c}};
  } else {
    p.weights = {weight_dims, f32, memory::format_tag::ohwi};
  }
  const memory::desc any_weights(weight_dims, f32, memory::format_tag::any);
  p.bias = g.bias ? memory::desc({g.out_c}, f32, memory::format_tag::x) : memory::desc();
  const Dims stride{g.stride_h, g.stride_w};
  const Dims dilation{g.dilation_h - 1, g.dilation_w - 1};
  const Dims before{g.pad_top, g.pad_left};
  const Dims after{g.pad_bottom, g.pad_right};

  p.forward_desc = {{dnnl::prop_kind::forward_training, algorithm, p.x, any_weights, p.bias, p.y,
                     stride, dilation, before, after},
                    engine};
  p.data_desc = {
      {algorithm, p.x, any_weights, p.y, stride, dilation, before, after}, engine, p.forward_desc};
  p.weights_desc = {{algorithm, p.x, any_weights, p.bias, p.y, stride, dilation, before, after},
                    engine,
                    p.forward_desc};
  p.forward = dnnl::convolution_forward(p.forward_desc);
  p.backward_data = dnnl::convolution_backward_data(p.data_desc);
  p.backward_weights = dnnl::convolution_backward_weights(p.weights_desc);
  p.forward_weights = memory(p.forward_desc.weights_desc(), engine);
  p.data_weights = memory(p.data_desc.weights_desc(), engine);
  p.weights_gradient = memory(p.weights_desc.diff_weights_desc(), engine);
  const memory plain(p.weights, engine, DNNL_MEMORY_NONE);
  p.to_forward = dnnl::reorder(plain, p.forward_weights);
  p.to_data = dnnl::reorder(plain, p.data_weights);
  p.from_gradient = dnnl::reorder(p.weights_gradient, plain);
  return result;
}

void ConvolutionLayer::forward(const Pass& pass) {
  Primitives& p = primitives(pass.batch);
  dnnl::stream& stream = onednn_stream();
  memory weights = view(p.weights, pass.inputs[1]);
  p.to_forward.execute(stream, weights, p.forward_weights);
  std::unordered_map<int, memory> arguments{{DNNL_ARG_SRC, view(p.x, pass.inputs[0])},
                                            {DNNL_ARG_WEIGHTS, p.forward_weights},
                                            {DNNL_ARG_DST, view(p.y, pass.output)}};
  if (geometry_.bias) arguments[DNNL_ARG_BIAS] = view(p.bias, pass.inputs[2]);
  p.forward.execute(stream, arguments);
  stream.wait();
  activate(activation_, pass.output, p.y.get_size() / sizeof(float));
}

void ConvolutionLayer::backward(const Pass& pass) {
  Primitives& p = primitives(pass.batch);
  dnnl::stream& stream = onednn_stream();
  activate_backward(activation_, pass.output, pass.output_gradient, p.y.get_size() / sizeof(float));
  const memory x = view(p.x, pass.inputs[0]);
  const memory dy = view(p.y, pass.output_gradient);
  if (pass.input_gradients[0] != nullptr) {
    memory weights = view(p.weights, pass.inputs[1]);
    p.to_data.execute(stream, weights, p.data_weights);
    p.backward_data.execute(stream, {{DNNL_ARG_DIFF_DST, dy},
                                     {DNNL_ARG_WEIGHTS, p.data_weights},
                                     {DNNL_ARG_DIFF_SRC, view(p.x, pass.input_gradients[0])}});
  }
  if (pass.input_gradients[1] != nullptr) {
    std::unordered_map<int, memory> arguments{
        {DNNL_ARG_SRC, x}, {DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_DIFF_WEIGHTS, p.weights_gradient}};
    if (geometry_.bias) arguments[DNNL_ARG_DIFF_BIAS] = view(p.bias, pass.input_gradients[2]);
    p.backward_weights.execute(stream, arguments);
    memory gradient = view(p.weights, pass.input_gradients[1]);
    p.from_gradient.execute(stream, p.weights_gradient, gradient);
  }
  stream.wait();
}

}  // namespace mote::learn
