// Whether two graphs are the same model under different numbering.
#pragma once

#include <string>

#include "compiler/ir/graph.hpp"

namespace mote::ir {

// What two graphs may differ in and still count as the same.
struct Sameness {
  bool names = true;  // tensors have the same names
  enum class Attributes : uint8_t {
    all,     // nodes have the same ones
    kept,    // b has a's, and may have others that a leaves to their defaults
    shared,  // those that both have are equal
  };
  Attributes attributes = Attributes::all;
};

// "" when the graphs have the same inputs, outputs and nodes in the same order, joined by tensors
// of the same type, shape, quantisation and data; else the first difference, for a person. Numbers
// of tensors, operator indices and the graphs' names don't count.
std::string difference(const Graph& a, const Graph& b, const Sameness& sameness = {});

}  // namespace mote::ir
