// A graph that can be trained: one layer per node, activations and gradients for a batch.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/ir/quantization_rule.hpp"
#include "learn/buffer.hpp"
#include "learn/fake_quantize.hpp"
#include "learn/layer.hpp"
#include "learn/random.hpp"

namespace mote::learn {

// A constant of the graph while it is trained.
struct Parameter {
  ir::TensorId tensor = ir::no_tensor;
  std::string name;
  ir::Shape shape;
  Buffer value;
  Buffer gradient;       // empty when not trained
  bool trained = false;  // false: running statistics, fixed constants
  bool decays = false;   // weight decay applies: matrices and filters, not biases and scales
};

class Network {
 public:
  // graph: float32, one input, batch 1. Runs the nodes that `output` depends on. Throws
  // ir::GraphError for ops that can't be trained.
  Network(ir::Graph graph, ir::TensorId output);

  int64_t input_elements() const { return input_elements_; }    // of one sample
  int64_t output_elements() const { return output_elements_; }  // of one sample

  // x: [batch, input_elements]. The result [batch, output_elements] lives until the next call.
  std::span<const float> forward(std::span<const float> x, int32_t batch, bool training);
  // output_gradient: [batch, output_elements], d loss / d output of the last forward pass. Leaves
  // the gradients in the parameters.
  void backward(std::span<const float> output_gradient);

  std::vector<Parameter>& parameters() { return parameters_; }
  const std::vector<Parameter>& parameters() const { return parameters_; }
  // The graph with the parameters' present values.
  ir::Graph graph() const;

  // In training passes, zeroes values of `tensor` with probability `rate` in [0, 1) and scales the
  // rest by 1 / (1 - rate) (Srivastava et al. 2014).
  void set_dropout(ir::TensorId tensor, float rate, uint64_t seed);

  // Whether activations and weights are rounded to what int8 can hold.
  enum class Quantization : uint8_t {
    off,
    observe,  // values stay, the ranges of activations are measured in every pass
    fake,     // values are rounded; ranges move in training passes only
  };
  // range_weight: of one batch in the moving average of the ranges, (0, 1].
  void set_quantization(Quantization mode, float range_weight = 0.01f);
  // Gives an activation a range that no longer follows the values: for inputs that the device will
  // see further out than training does. `tensor` must not share another's range.
  void fix_range(ir::TensorId tensor, float min, float max);
  // Scale and zero point of a quantised activation. Throws ir::GraphError when it has none.
  AffineInt8 activation_grid(ir::TensorId tensor) const;
  // Measured and fixed ranges, by tensor of the graph; those of tensors that have none are not
  // seen.
  const std::vector<ValueRange>& ranges() const { return ranges_; }
  bool quantizes(ir::TensorId tensor) const { return quantized_[index(tensor)]; }
  // The last forward pass's values of an activation, [batch, elements].
  std::span<const float> values(ir::TensorId tensor) const;

 private:
  struct Step {
    const ir::Node* node;
    const LayerDef* def;
    const ir::QuantizationRule* rule;
    std::unique_ptr<Layer> layer;
    std::vector<float*> inputs, input_gradients;
    std::vector<bool> gradient_is_shared;  // input has an earlier gradient: add, don't overwrite
  };
  struct Activation {
    int64_t elements = 0;
    Buffer value, gradient;
    std::vector<uint8_t> inside;  // fake quantisation's mask
    bool needs_gradient = false;
  };
  struct Dropout {
    float rate;
    Random random;
    Buffer mask;
  };

  static size_t index(ir::TensorId id) { return static_cast<size_t>(id); }
  void add_parameter(ir::TensorId id);
  void mark_gradients();
  void mark_quantized();
  void reserve(int32_t batch);
  Pass pass_of(Step& step);
  void quantize_weights(Step& step);
  void quantize_activation(ir::TensorId id, bool training);
  void drop_out(ir::TensorId id);
  void step_backward(Step& step);

  ir::Graph graph_;
  ir::TensorId output_;
  int64_t input_elements_ = 0, output_elements_ = 0;
  std::vector<Step> steps_;
  std::vector<Parameter> parameters_;
  std::vector<int32_t> parameter_of_;    // by tensor, -1: none
  std::vector<Activation> activations_;  // by tensor
  std::map<ir::TensorId, Dropout> dropout_;
  int32_t batch_ = 0, batch_reserved_ = 0;
  bool training_ = false;
  Buffer spare_gradient_;

  Quantization quantization_ = Quantization::off;
  float range_weight_ = 0.01f;
  std::vector<bool> quantized_;             // by tensor
  std::vector<ir::TensorId> range_of_;      // by tensor: whose range and grid it shares
  std::vector<ValueRange> ranges_;          // by tensor
  std::vector<bool> range_is_fixed_;        // by tensor
  std::vector<Buffer> rounded_parameters_;  // by parameter, when fake
};

}  // namespace mote::learn
