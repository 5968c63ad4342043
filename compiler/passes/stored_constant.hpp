// Constants as int8 values and back.
#pragma once

#include <optional>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace mote::passes {

// An unsigned tensor's quantisation 128 lower: that of the same real values as int8.
ir::Quantization shifted_to_int8(ir::Quantization quantization);

// A real constant to the nearest int8 values, halves to even, cut to [-128, 127].
ir::Tensor stored_as(const ir::Tensor& real, const ir::Quantization& quantization);

// A real constant whose elements are all the same, stored exactly but for the scale's rounding.
bool uniform(const ir::Tensor& real);
ir::Tensor stored_uniform(const ir::Tensor& real);

// A real constant with one scale as whole multiples of it, or with scales as symmetric weights:
// zero points 0. Nothing when the multiples don't fit int8.
std::optional<ir::Tensor> stored_multiples(const ir::Tensor& real);
std::optional<ir::Tensor> symmetric_weights(const ir::Tensor& real);

// A linear op's bias as int32 at the scale of its sums, x_scale * weight scale.
ir::Tensor stored_bias(const ir::Tensor& real, float x_scale, const ir::Quantization& weights);

}  // namespace mote::passes
