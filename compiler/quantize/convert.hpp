// The one way from a float graph and ranges to an integer graph, for training with fake
// quantisation and for calibration alike.
#pragma once

#include <optional>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/quantize/groups.hpp"
#include "compiler/quantize/precision.hpp"
#include "compiler/quantize/second_moments.hpp"

namespace mote::quantize {

struct ConvertOptions {
  Precision precision = Precision::int8;
  // By node of the source; where there is none, linear ops have `precision` and others the type of
  // their first input.
  std::vector<std::optional<Precision>> by_node;
  int32_t palette_bits = 0;  // > 0: int8 and int4 weights of a layer have at most 2^bits values
  // By node of the source: these nodes alone have palettes; empty: all.
  std::vector<bool> palette_for;
  // By node of the source, for int4 weights and palettes; null: each weight is rounded by itself.
  const std::vector<SecondMoments>* moments = nullptr;
  bool float_inputs = false;   // graph inputs stay float32, with a quantize node behind
  bool float_outputs = false;  // quantised outputs get a dequantize node
};

struct Converted {
  ir::Graph graph;
  std::vector<ir::TensorId> values;   // by tensor of the source; no_tensor for constants
  std::vector<Precision> precisions;  // by node of the source: what each has become
  int32_t palette_bits = 0;           // of the options
  std::vector<bool> palette_for;      // of the options
};

// Makes integers of the float32 nodes of `source` that have an integer form and kernels for it:
//   - weights symmetric per output channel, their scale large enough for the bias; biases int32
//   (int64 at int16
//     activations) with scale x * weights;
//   - activations int8 with zero point, or int16 without; copies and pools keep their input's;
//     softmax, logistic and tanh have TensorFlow Lite's fixed ones.
// A node without a kernel of its precision becomes int8, without one of int8 it stays float32;
// where types meet, quantize and dequantize nodes stand. Batch norms are to be folded before
// (mote::run_passes). Throws ir::GraphError naming a tensor whose range is not known or a constant
// that is not finite.
Converted convert(const ir::Graph& source, const Ranges& ranges, const ConvertOptions& options);

}  // namespace mote::quantize
