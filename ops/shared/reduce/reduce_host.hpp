// Host half of reductions: everything but the op's name, formula and place in a foreign file.
// Inputs: x; axes, constant integers. Attribute: keep_dims (0 or 1).
#pragma once

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/op.hpp"
#include "ops/shared/reduce/reduce.hpp"

namespace mote::shared {

void infer_reduce(ir::Graph& graph, const ir::Node& node);
ir::LoweredOp lower_reduce(const ir::Graph& graph, const ir::Node& node, ReduceFunction f);
ir::KernelInfo reduce_kernel(size_t index);  // int8, int16, float
int64_t reduce_additions(const ir::Graph& graph, const ir::Node& node);

// ReducerOptions, of all of them.
constexpr int32_t reducer_options = 27;

inline void import_reduce(const tflite::Operator& source, ir::Node& node) {
  node.attributes["keep_dims"] = int64_t{source.options(reducer_options).byte(0) != 0};
}

inline void write_reduce(tflite::OperatorWriter& out) {
  out.options(reducer_options);
  out.byte(0, out.node().integer("keep_dims", 0));
}

// An op's `kernels`.
template <ReduceFunction f>
struct ReduceKernels {
  ir::KernelInfo entries[3];
  ReduceKernels() : entries{reduce_kernel(0), reduce_kernel(1), reduce_kernel(2)} {
    for (ir::KernelInfo& entry : entries) {
      entry.lower = [](const ir::Graph& graph, const ir::Node& node) {
        return lower_reduce(graph, node, f);
      };
    }
  }
};

}  // namespace mote::shared
