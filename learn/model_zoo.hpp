// The models that a project file can name, as float32 graphs with seeded random weights.
//
//   mlp          dense layers with ReLU, over the flattened features
//   conv1d       convolutions over time (the features' first axis) with batch norm and ReLU, then
//                the mean over time
//   ds_cnn       depthwise separable convolutions over a time-frequency image (Zhang et al. 2017,
//                "Hello Edge", arXiv:1711.07128); the defaults are MLPerf Tiny's keyword spotter
//   autoencoder  dense layers to a narrow code and back; its output is the reconstruction error
//
// Classifiers end in a softmax over [1, classes]; an autoencoder in an error [1, 1].
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace mote::learn {

struct ModelSpec {
  std::string type = "mlp";
  std::vector<int32_t> hidden{32, 16};   // mlp, autoencoder: widths, without the output or the code
  int32_t code = 8;                      // autoencoder: width of the narrowest layer
  bool batch_norm = false;               // mlp, autoencoder: between dense layers and ReLU
  std::vector<int32_t> filters{16, 32};  // conv1d: one convolution each
  int32_t kernel = 5;                    // conv1d: taps over time
  int32_t stride = 2;                    // conv1d: over time, of each convolution
  int32_t channels = 64;                 // ds_cnn: of every layer
  int32_t blocks = 4;                    // ds_cnn: depthwise + pointwise pairs
  int32_t stem_h = 10, stem_w = 4;       // ds_cnn: first convolution over time, frequency
  int32_t stride_h = 2, stride_w = 2;    // ds_cnn: of the first convolution
  double dropout = 0;                    // before the last dense layer, [0, 1)
};

struct Model {
  ir::Graph graph;
  ir::TensorId trained_output = ir::no_tensor;  // logits of a classifier, error of an autoencoder
  ir::TensorId dropout_tensor = ir::no_tensor;  // where ModelSpec::dropout applies
  ir::TensorId network_input = ir::no_tensor;   // the features, standardised
};

// Mean and inverse standard deviation per feature; see ops/dsp/standardize. Empty: features are
// taken as they are.
struct Standardisation {
  std::vector<float> mean, factor;
};

// features: shape of one sample, 1 in front; images are [1, h, w, c]. classes: >= 2, not used by an
// autoencoder. Throws ir::GraphError when type and shape don't go together.
Model make_model(const ModelSpec& spec, const ir::Shape& features, int32_t classes, uint64_t seed,
                 const Standardisation& standardisation = {});

// Measured over `x`: [count, elements] features of the given shape. Images are measured per
// (frequency, channel) over time, vectors per element. A feature that never changes gets factor 1.
Standardisation standardise(const ir::Shape& features, std::span<const float> x);

// The names that ModelSpec::type may have.
const std::vector<std::string>& model_types();

}  // namespace mote::learn
