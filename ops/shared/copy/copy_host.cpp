#include "ops/shared/copy/copy_host.hpp"

#include <limits>

#include "ops/shared/copy/copy_reference.hpp"
#include "ops/shared/copy/fill_reference.hpp"
#include "ops/shared/op_host.hpp"

namespace mote::shared {
namespace {

using namespace ir;

constexpr KernelVariant none{nullptr, nullptr, nullptr};

#define MOTE_OP_FOLDER "ops/shared/copy"
#define MOTE_KERNEL MOTE_KERNEL_INFO
constexpr KernelInfo kernels[] = {
#include "ops/shared/copy/kernels.inc"
};
constexpr const KernelInfo& copy_kernel = kernels[0];
constexpr const KernelInfo& fill_kernel = kernels[1];

// Drops axes of extent 1 and joins neighbours that are one longer axis in both tensors.
Region joined(const Region& region) {
  Region result;
  result.x_base = region.x_base;
  result.y_base = region.y_base;
  for (size_t k = 0; k < region.extents.size(); ++k) {
    const int64_t extent = region.extents[k], x = region.x_strides[k], y = region.y_strides[k];
    if (extent == 1) continue;
    if (!result.extents.empty() && result.x_strides.back() == x * extent &&
        result.y_strides.back() == y * extent) {
      result.extents.back() *= extent;
      result.x_strides.back() = x;
      result.y_strides.back() = y;
    } else {
      result.add_axis(extent, x, y);
    }
  }
  return result;
}

// Axes of a slab: everything before the axis, and the axis with everything after it.
Region slab_region(const Shape& whole, const Slab& slab, bool into) {
  int64_t outer = 1, inner = 1;
  for (size_t k = 0; k < slab.axis; ++k) outer *= whole[k];
  for (size_t k = slab.axis + 1; k < whole.size(); ++k) inner *= whole[k];
  const int64_t whole_stride = inner * whole[slab.axis], part_stride = inner * slab.count;
  Region region;
  (into ? region.y_base : region.x_base) = slab.begin * inner;
  region.add_axis(outer, into ? part_stride : whole_stride, into ? whole_stride : part_stride);
  region.add_axis(part_stride, 1, 1);
  return region;
}

bool any(const Graph&, const Node&) {
  return true;
}

int64_t instructions(const Graph& graph, const Node& node) {
  return 8 * output(graph, node).elements();
}

}  // namespace

LoweredOp copy_call(const Node& node, Region region, int64_t element_bytes, Operand x, Operand y) {
  region = joined(region);
  int64_t run = element_bytes;
  if (!region.extents.empty() && region.x_strides.back() == 1 && region.y_strides.back() == 1) {
    run *= region.extents.back();
    region.extents.pop_back();
    region.x_strides.pop_back();
    region.y_strides.pop_back();
  }
  require(region.extents.size() <= copy_rank_max, node, "moves data along more than 6 axes");
  const auto narrow = [&](int64_t value) {
    require(value >= INT32_MIN && value <= INT32_MAX, node, "tensors of 2^31 bytes or more");
    return static_cast<int32_t>(value);
  };
  const size_t missing = copy_rank_max - region.extents.size();
  int32_t n[copy_rank_max], from[copy_rank_max], to[copy_rank_max];
  for (size_t k = 0; k < copy_rank_max; ++k) {
    const bool there = k >= missing;
    n[k] = there ? narrow(region.extents[k - missing]) : 1;
    from[k] = there ? narrow(region.x_strides[k - missing] * element_bytes) : 0;
    to[k] = there ? narrow(region.y_strides[k - missing] * element_bytes) : 0;
  }
  const CopyParams params{narrow(run),
                          narrow(region.x_base * element_bytes),
                          narrow(region.y_base * element_bytes),
                          n[0],
                          n[1],
                          n[2],
                          n[3],
                          n[4],
                          n[5],
                          from[0],
                          from[1],
                          from[2],
                          from[3],
                          from[4],
                          from[5],
                          to[0],
                          to[1],
                          to[2],
                          to[3],
                          to[4],
                          to[5]};
  LoweredOp call;
  call.kernel = &copy_kernel;
  call.params = make_params(params);
  call.operands = {std::move(x), std::move(y)};
  return call;
}

LoweredOp copy_all(const Graph& graph, const Node& node, TensorId x, TensorId y) {
  Region region;
  region.add_axis(graph.tensor(x).elements(), 1, 1);
  return copy_call(node, region, dtype_bytes(graph.tensor(x).dtype), Operand::of_tensor(x),
                   Operand::of_tensor(y));
}

LoweredOp copy_out(const Graph& graph, const Node& node, const Slab& slab, TensorId part) {
  const Tensor& whole = graph.tensor(slab.whole);
  return copy_call(node, slab_region(whole.shape, slab, false), dtype_bytes(whole.dtype),
                   Operand::of_tensor(slab.whole), Operand::of_tensor(part));
}

LoweredOp copy_in(const Graph& graph, const Node& node, TensorId part, const Slab& slab) {
  const Tensor& whole = graph.tensor(slab.whole);
  return copy_call(node, slab_region(whole.shape, slab, true), dtype_bytes(whole.dtype),
                   Operand::of_tensor(part), Operand::of_tensor(slab.whole));
}

LoweredOp fill_call(const Graph& graph, TensorId y, uint64_t value) {
  const Tensor& tensor = graph.tensor(y);
  const FillParams params{static_cast<int32_t>(tensor.elements()),
                          static_cast<int32_t>(dtype_bytes(tensor.dtype)),
                          static_cast<int32_t>(value), static_cast<int32_t>(value >> 32)};
  LoweredOp call;
  call.kernel = &fill_kernel;
  call.params = make_params(params);
  call.operands = {Operand::of_tensor(y)};
  return call;
}

LoweredOp in_order(std::vector<LoweredOp> calls) {
  LoweredOp first = std::move(calls.at(0));
  for (size_t i = 1; i < calls.size(); ++i) first.then.push_back(std::move(calls[i]));
  return first;
}

CopyKernels::CopyKernels(LoweredOp (*lower)(const Graph&, const Node&))
    : entries{copy_kernel, fill_kernel} {
  for (KernelInfo& entry : entries) {
    entry.fits = any;
    entry.lower = lower;
    entry.instructions = instructions;
  }
}

}  // namespace mote::shared
