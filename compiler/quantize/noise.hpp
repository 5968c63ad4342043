// How far quantised values lie from the floats that they stand for.
#pragma once

#include <span>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace mote::quantize {

struct Noise {
  double signal = 0;  // sum of squares of the floats
  double noise = 0;   // sum of squares of the differences

  void add(std::span<const float> real, std::span<const float> other);
  // Signal to quantisation noise ratio in dB; 200 where there is no noise, -200 without a signal.
  double decibels() const;
  // noise / signal; 0 where there is no noise.
  double relative() const;
};

// A tensor's values as real numbers: float32 as it is, quantised ones through scale and zero point,
// other integers as numbers. bytes: of all its elements.
std::vector<float> real_values(const ir::Tensor& tensor, std::span<const uint8_t> bytes);

// The bytes that a graph input of `tensor`'s type and quantisation has for float32 values: float32
// as they are, int8 and int16 rounded to the grid. values: one for each element.
std::vector<uint8_t> input_bytes(const ir::Tensor& tensor, std::span<const float> values);

}  // namespace mote::quantize
