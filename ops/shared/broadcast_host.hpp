// Shapes that repeat against each other, for the host halves of ops with several inputs.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "ops/shared/op_host.hpp"

namespace mote::shared {

// What the shapes have in common, and per axis of it each input's distance between neighbours in
// elements: 0 where it repeats. Throws GraphError, naming the axis, for shapes that don't fit.
struct Broadcast {
  ir::Shape shape;
  std::vector<std::vector<int64_t>> strides;  // one list per input

  Broadcast(const ir::Node& node, const std::vector<ir::Shape>& inputs) {
    size_t rank = 0;
    for (const ir::Shape& own : inputs) rank = std::max(rank, own.size());
    shape.assign(rank, 1);
    std::vector<ir::Shape> padded;
    for (const ir::Shape& own : inputs) {
      padded.emplace_back(rank - own.size(), 1);
      padded.back().insert(padded.back().end(), own.begin(), own.end());
      strides.push_back(dense_strides(padded.back()));
    }
    for (size_t k = 0; k < rank; ++k) {
      for (size_t i = 0; i < inputs.size(); ++i) {
        const int32_t own = padded[i][k];
        ir::require(own == 1 || shape[k] == 1 || own == shape[k], node,
                    "shapes differ on axis " + std::to_string(k) + ": " + std::to_string(shape[k]) +
                        " and " + std::to_string(own));
        if (own != 1) shape[k] = own;
        if (own == 1) strides[i][k] = 0;
      }
    }
  }
};

// The same on exactly `count` axes: axes of extent 1 go, and neighbours that every input runs
// through alike are joined. Throws GraphError when more than `count` are left.
struct BroadcastAxes {
  std::vector<int32_t> extents;
  std::vector<std::vector<int32_t>> strides;  // one list per input

  BroadcastAxes(const ir::Node& node, const Broadcast& all, size_t count) {
    const size_t inputs = all.strides.size();
    strides.resize(inputs);
    for (size_t k = 0; k < all.shape.size(); ++k) {
      const int32_t extent = all.shape[k];
      if (extent == 1) continue;
      bool joins = !extents.empty();
      for (size_t i = 0; i < inputs && joins; ++i) {
        joins = strides[i].back() == all.strides[i][k] * extent;
      }
      if (joins) {
        extents.back() *= extent;
      } else {
        extents.push_back(extent);
      }
      for (size_t i = 0; i < inputs; ++i) {
        const auto stride = static_cast<int32_t>(all.strides[i][k]);
        if (joins) {
          strides[i].back() = stride;
        } else {
          strides[i].push_back(stride);
        }
      }
    }
    ir::require(extents.size() <= count, node, "broadcasts in too many places at once");
    const size_t missing = count - extents.size();
    extents.insert(extents.begin(), missing, 1);
    for (auto& own : strides) own.insert(own.begin(), missing, 0);
  }
};

}  // namespace mote::shared
