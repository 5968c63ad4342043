// The graph as text, for people, for snapshot tests of passes and for `mote inspect --text`.
//
//   graph "net"
//   tensor %0 "x" i8 [1, 4] quant 0.5:-3
//   tensor %1 "w" i8 [2, 4] quant axis 0 0.1:0 0.2:0 = [1, 2, 3, 4, 5, 6, 7, 8]
//   tensor %2 "y" f32 [1, 2]
//   input %0
//   node %2 = fully_connected(%0, %1, _) activation="relu" keep_dims=0
//   output %2
//
// One statement a line; `#` starts a comment. Tensors come first, numbered from 0. A quantisation
// is a list of scale:zero_point. `_` is an optional input that is not there. Attributes are
// integers (1), reals (1.0), "texts", lists of integers [1, 2] and of reals r[1.0, 2.0]. A node
// read from a file ends with @ and its operator index. Numbers are printed so that reading them
// gives the same bits.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "compiler/ir/graph.hpp"

namespace mote::ir {

struct TextOptions {
  // Constants of more elements are summarised (`= 4000 bytes crc32 1a2b3c4d`), and so are longer
  // lists of scales; such a text can't be read back.
  size_t elements_max = 16;
};

constexpr TextOptions full_text{static_cast<size_t>(-1)};

std::string print_text(const Graph& graph, const TextOptions& options = {});

// The graph that `text` describes; not verified. Throws GraphError with line, column and what is
// expected there.
Graph parse_text(std::string_view text);

}  // namespace mote::ir
