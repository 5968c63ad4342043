// Test aid: integer graphs of float ones, and how far their results are apart.
#pragma once

#include "compiler/post_training.hpp"
#include "compiler/quantize/quantize_trial.hpp"

namespace mote::quantize {

inline double output_decibels(const ir::Graph& real, const ir::Graph& integer,
                              std::span<const Sample> samples) {
  const auto a = outputs_of(real, samples), b = outputs_of(integer, samples);
  Noise noise;
  for (size_t i = 0; i < a.size(); ++i) noise.add(a[i], b[i]);
  return noise.decibels();
}

inline Converted converted(const Prepared& prepared, Precision precision) {
  ConvertOptions options;
  options.precision = precision;
  return convert(prepared.graph, prepared.ranges, options);
}

}  // namespace mote::quantize
