// Host half of element-wise functions of one tensor: everything but the op's name, formula and
// place in a foreign file.
#pragma once

#include "compiler/ir/op.hpp"
#include "ops/shared/unary/unary.hpp"

namespace mote::shared {

// The shape rule: y has x's type and shape.
void infer_unary(ir::Graph& graph, const ir::Node& node);

// An int8 function: the stored result for a stored value, before it is cut to [-128, 127].
using StoredFunction = int32_t (*)(const ir::Graph& graph, const ir::Node& node, int32_t x);

// round(f(scale * (x - zero)) / y's scale) + y's zero, halves away from zero: what TensorFlow Lite
// makes tables of when it has no arithmetic of its own for the op.
template <UnaryFunction f>
int32_t through_float(const ir::Graph& graph, const ir::Node& node, int32_t x);
int32_t requantize_result(const ir::Graph& graph, const ir::Node& node, float real);
float real_value(const ir::Graph& graph, const ir::Node& node, int32_t x);

ir::LoweredOp lower_lookup(const ir::Graph& graph, const ir::Node& node, StoredFunction stored);
ir::LoweredOp lower_unary_f32(const ir::Graph& graph, const ir::Node& node, UnaryFunction f);
ir::KernelInfo unary_kernel(size_t index);  // 0: int8, 1: float

// An op's `kernels`.
template <UnaryFunction f, StoredFunction stored = through_float<f>>
struct UnaryKernels {
  ir::KernelInfo entries[2];
  UnaryKernels() : entries{unary_kernel(0), unary_kernel(1)} {
    entries[0].lower = [](const ir::Graph& graph, const ir::Node& node) {
      return lower_lookup(graph, node, stored);
    };
    entries[1].lower = [](const ir::Graph& graph, const ir::Node& node) {
      return lower_unary_f32(graph, node, f);
    };
  }
};

float evaluate_unary(UnaryFunction f, const ir::Node& node, float x);

template <UnaryFunction f>
int32_t through_float(const ir::Graph& graph, const ir::Node& node, int32_t x) {
  return requantize_result(graph, node, evaluate_unary(f, node, real_value(graph, node, x)));
}

}  // namespace mote::shared
