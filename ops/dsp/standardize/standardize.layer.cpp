// Trainer half of standardize. mean and factor are measured, not trained.

#include "learn/layer.hpp"
#include "ops/dsp/standardize/standardize_f32_reference.hpp"

namespace mote {
namespace {

using learn::Pass;

class StandardizeLayer : public learn::Layer {
 public:
  StandardizeLayer(const ir::Graph& graph, const ir::Node& node)
      : count_(graph.tensor(node.inputs.at(1)).elements()),
        rows_(graph.tensor(node.inputs.at(0)).elements() / count_) {}

  void forward(const Pass& pass) override {
    void* const operands[] = {pass.inputs[0], pass.inputs[1], pass.inputs[2], pass.output};
    const StandardizeParams params{static_cast<int32_t>(rows_ * pass.batch),
                                   static_cast<int32_t>(count_)};
    standardize_f32_reference(params, operands);
  }

  void backward(const Pass& pass) override {
    if (pass.input_gradients[0] == nullptr) return;
    for (int64_t i = 0; i < rows_ * pass.batch * count_; ++i) {
      pass.input_gradients[0][i] = pass.output_gradient[i] * pass.inputs[2][i % count_];
    }
  }

 private:
  int64_t count_, rows_;
};

}  // namespace

extern const learn::LayerDef standardize_layer;
const learn::LayerDef standardize_layer{"standardize", learn::make_layer<StandardizeLayer>, 0};

}  // namespace mote
