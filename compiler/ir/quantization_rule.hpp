// How integer arithmetic sees an op, after TensorFlow Lite's int8 specification
// (https://www.tensorflow.org/lite/performance/quantization_spec). Whoever makes an integer graph
// of a float one, after training or after calibration, knows the op by this alone.
#pragma once

#include <cstdint>

namespace mote::ir {

struct QuantizationRule {
  enum class Output : uint8_t {
    real,       // float32 in and out: the op has no integer form, or belongs to the features
    own_range,  // scale and zero point from the range of the values
    as_input,   // the first input's scale and zero point
    shared,     // all inputs and the output have one scale and zero point
    fixed,      // `scale` and `zero_point` below, whatever the values are
    measure,    // not quantised: a score, an index or a truth value of quantised inputs
  };
  Output output = Output::real;
  float scale = 0;
  int32_t zero_point = 0;
  float scale_s16 = 0;        // fixed, int16, whose zero point is 0
  int32_t weights = -1;       // first of the inputs before `bias` that are symmetric per channel
  int32_t channel_axis = -1;  // of the weights; -1: one scale for all
  int32_t bias = -1;          // input that becomes integers with scale x * weights
  int32_t biases = 1;         // from there on, for as many weights that x multiplies; the weights
                              // behind those multiply the op's own earlier outputs
};

// The rules that op folders choose from.
namespace quantized {

using Output = QuantizationRule::Output;
constexpr QuantizationRule own_range{.output = Output::own_range};
constexpr QuantizationRule as_input{.output = Output::as_input};
constexpr QuantizationRule shared{.output = Output::shared};
constexpr QuantizationRule measure{.output = Output::measure};

// Results of a known range: in int8 scale and zero point, in int16 1 / 32768 and 0.
constexpr QuantizationRule fixed(float scale, int32_t zero_point) {
  return {.output = Output::fixed,
          .scale = scale,
          .zero_point = zero_point,
          .scale_s16 = 1.0f / 32768.0f};
}

// Sums of products: inputs x, weights with output channels on `channel_axis`, bias.
constexpr QuantizationRule linear(int32_t channel_axis) {
  return {.output = Output::own_range, .weights = 1, .channel_axis = channel_axis, .bias = 2};
}

}  // namespace quantized
}  // namespace mote::ir
