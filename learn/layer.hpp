// The trainer's side of the op interface: what each op folder's *.layer.cpp provides, and the table
// that is generated from all of them. Nothing else in the trainer names an op.
//
// Activations are float32, NHWC, row-major, with the batch outermost: where the graph says
// [1, h, w, c], a pass over a batch of n has [n, h, w, c]. Parameters have the graph's shape.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "compiler/ir/graph.hpp"

namespace mote::learn {

// The arguments of one node in one step. A pointer is to the node's input or output of that index;
// an absent optional input is nullptr. All memory is the network's and is aligned to 64 bytes.
struct Pass {
  int32_t batch = 0;      // samples, >= 1
  bool training = false;  // batch statistics are used, and running ones updated
  // Activations and parameters. Running statistics (parameters that no gradient changes) may be
  // written in a training pass; everything else is read only.
  std::span<float* const> inputs;
  float* output = nullptr;
  // Backward only. d loss / d output; the layer may use it as scratch.
  float* output_gradient = nullptr;
  // Backward only. To be overwritten with d loss / d input; nullptr where nobody needs it.
  std::span<float* const> input_gradients;
};

// One node's arithmetic. What backward needs from forward beyond inputs and output, it keeps.
class Layer {
 public:
  virtual ~Layer() = default;
  virtual void forward(const Pass& pass) = 0;
  // Called after forward with the same batch, inputs and output.
  virtual void backward(const Pass& pass) = 0;
};

struct LayerDef {
  std::string_view op;
  std::unique_ptr<Layer> (*make)(const ir::Graph& graph, const ir::Node& node);
  uint32_t trained_inputs;  // bit i: gradient descent changes input i if it is a constant
};

template <class T>
std::unique_ptr<Layer> make_layer(const ir::Graph& graph, const ir::Node& node) {
  return std::make_unique<T>(graph, node);
}

// All layers, sorted by op; generated from ops/*/*/*.layer.cpp.
std::span<const LayerDef* const> all_layers();
// Throws ir::GraphError when the op can't be trained, naming those that can.
const LayerDef& find_layer(std::string_view op);

}  // namespace mote::learn
