// Post-training quantisation: a float graph and typical inputs in, an integer graph and what it
// costs in exactness out.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "compiler/calibrate.hpp"
#include "compiler/ir/graph.hpp"
#include "compiler/ir/target.hpp"
#include "compiler/plan/plan.hpp"
#include "compiler/quantize/convert.hpp"
#include "compiler/quantize/noise.hpp"

namespace mote::quantize {

struct PrepareOptions {
  CalibrationOptions calibration;
  bool equalise = false;                    // compiler/quantize/equalise.hpp
  bool moments = false;                     // compiler/measure_moments.hpp
  std::map<std::string, ValueRange> given;  // ranges by tensor name, in place of measured ones
};

// A float graph that is ready to be converted, at whatever precisions.
struct Prepared {
  ir::Graph graph;                     // after the passes: batch norms folded, activations fused
  Ranges ranges;                       // of its tensors
  std::vector<SecondMoments> moments;  // by node; where PrepareOptions asked for them
  int32_t equalised = 0;               // pairs of layers
};

// graph: verified, float32. Throws as calibrate() does, and for graphs that are quantised already.
Prepared prepare(ir::Graph graph, std::span<const Sample> samples, const PrepareOptions& options);

// `graph` with what rounding the weights takes from the mean of each output channel of linear ops,
// over the samples, given back by their biases (Nagel et al. 2019, arXiv:1906.04721, section 4.2,
// with measured means). converted: of `graph`, with the rounded weights.
ir::Graph with_corrected_biases(const ir::Graph& graph, const Converted& converted,
                                std::span<const Sample> samples);

// By node: whether planning for flash on the target decodes a palette there, or the weights are
// int4. Elsewhere a palette costs exactness and saves nothing. converted: with palettes in all
// nodes.
std::vector<bool> palettes_that_pay(const Prepared& prepared, const Converted& converted,
                                    const ir::Target& target);

// Values of all outputs, as real numbers and in order, for every sample. samples: float32; they are
// rounded to what the graph's inputs are.
std::vector<std::vector<float>> outputs_of(const ir::Graph& graph, std::span<const Sample> samples);

// By tensor of `real`: how far the converted graph is from it there.
std::vector<Noise> noise_of_tensors(const ir::Graph& real, const Converted& converted,
                                    std::span<const Sample> samples);

// How far the results are when one node alone is quantised, and when all others are.
struct Sensitivity {
  size_t node = 0;
  Noise alone;
  Noise all_but;
};
// Of every node that is an integer one in `base` and chooses a range of its own. `real_outputs`:
// outputs_of(prepared.graph, samples). done(i, count) is called as it goes on.
std::vector<Sensitivity> sensitivity_of(const Prepared& prepared, const Converted& base,
                                        std::span<const Sample> samples,
                                        const std::vector<std::vector<float>>& real_outputs,
                                        const std::function<void(size_t, size_t)>& done);

// Noise of the results with these options.
Noise noise_of_outputs(const Prepared& prepared, const ConvertOptions& options,
                       std::span<const Sample> samples,
                       const std::vector<std::vector<float>>& real_outputs);

// What a graph takes on a target: bytes of the package, of the arena, and the sum of the kernels'
// instruction estimates (not a measurement: `mote bench` measures).
struct Cost {
  int64_t flash_bytes = 0;
  int64_t ram_bytes = 0;
  int64_t instructions = 0;
};
Cost cost_of(const ir::Graph& graph, const ir::Target& target,
             plan::Optimize optimize = plan::Optimize::latency);

}  // namespace mote::quantize
