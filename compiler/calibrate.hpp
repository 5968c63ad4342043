// Runs a float graph on real inputs to see which values its tensors take.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/quantize/groups.hpp"

namespace mote::quantize {

// One inference: bytes of each graph input, little endian, in the graph's order. Of a model that
// keeps state, samples are consecutive.
using Sample = std::vector<std::vector<uint8_t>>;

enum class Method : uint8_t {
  minmax,      // from the smallest to the largest value
  percentile,  // without a part of the values at each end
  mse,         // whatever makes the mean squared error of int8 smallest
};
// "minmax", "percentile", "mse"; throws ir::GraphError for others.
Method method_from_name(std::string_view name);

struct CalibrationOptions {
  Method method = Method::minmax;
  double percentile = 99.99;  // of the values that a range holds at each end, (50, 100]
};

struct Calibration {
  Ranges ranges;
  std::vector<std::vector<float>>
      peaks;  // by tensor: largest |value| of each index of the last axis
};

// graph: verified, float32, after the passes. Throws ir::GraphError when there are no samples, and
// naming the tensor when one holds NaN or infinity, or has the same value everywhere although an
// integer grid must be chosen for it.
Calibration calibrate(const ir::Graph& graph, std::span<const Sample> samples,
                      const CalibrationOptions& options);

}  // namespace mote::quantize
