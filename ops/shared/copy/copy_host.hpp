// Host half of copying: from regions of tensors to calls of the copy kernel.
#pragma once

#include <vector>

#include "compiler/ir/op.hpp"

namespace mote::shared {

// y[y_base + sum i_k * y_strides[k]] = x[x_base + sum i_k * x_strides[k]] for all i_k < extents[k];
// in elements. Any rank; axes that follow each other in both tensors are joined, and what is left
// may have six axes besides the innermost run.
struct Region {
  std::vector<int64_t> extents, x_strides, y_strides;
  int64_t x_base = 0, y_base = 0;

  void add_axis(int64_t extent, int64_t x_stride, int64_t y_stride) {
    extents.push_back(extent);
    x_strides.push_back(x_stride);
    y_strides.push_back(y_stride);
  }
};

// Throws GraphError when the region has too many axes or doesn't fit 32 bits.
ir::LoweredOp copy_call(const ir::Node& node, Region region, int64_t element_bytes, ir::Operand x,
                        ir::Operand y);
// All of x, dense, to y.
ir::LoweredOp copy_all(const ir::Graph& graph, const ir::Node& node, ir::TensorId x,
                       ir::TensorId y);
// Sets all of tensor y to `value`, the bits of one element.
ir::LoweredOp fill_call(const ir::Graph& graph, ir::TensorId y, uint64_t value);

// Part of `whole` along `axis`, `count` entries from `begin` on, and a dense tensor with just these
// entries (with or without the axis, when count is 1): copies the part out of whole or into it.
struct Slab {
  ir::TensorId whole;
  size_t axis;
  int64_t begin, count;
};
ir::LoweredOp copy_out(const ir::Graph& graph, const ir::Node& node, const Slab& slab,
                       ir::TensorId part);
ir::LoweredOp copy_in(const ir::Graph& graph, const ir::Node& node, ir::TensorId part,
                      const Slab& slab);

// Joins calls into the lowering of one node.
ir::LoweredOp in_order(std::vector<ir::LoweredOp> calls);

// Table entries of the kernels, for an op's `kernels`; `lower` returns calls made by the functions
// above. The pair covers all element types.
struct CopyKernels {
  ir::KernelInfo entries[2];
  explicit CopyKernels(ir::LoweredOp (*lower)(const ir::Graph&, const ir::Node&));
};

}  // namespace mote::shared
