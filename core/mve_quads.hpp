// The inner loops of 3 x 3 depthwise convolution with stride 1 on cores with the vector extension
// of Armv8.1-M.
//
// A "quad row" Q(j) holds, for every column and channel, the bytes of the padded input rows 2j to
// 2j + 3 side by side. Four columns of one channel are a vector of sixteen taps, of which 2 x 2
// outputs are made by one VMLADAV each: with the nine weights and zeros, shifted by a row or a
// column. The four outputs are requantised together, by core/mve_dot.hpp's form, and stored where
// they belong by one scattering store.
#pragma once

#include <cstdint>

namespace mote {

// Channels of a quad row: one vector of int8.
constexpr int32_t mve_quad_lanes = 16;

// One channel's constants, as they stand in the packed weights.
struct MveQuadChannel {
  uint32_t taps[3];  // of column kx: bytes w(ky = 0), w(1), w(2); the top byte of the first: s
  int32_t bias;
  int32_t multiplier;
  int32_t addend;
};

// Bytes of four input rows that go side by side. The order of the fields is the assembly's.
struct MveQuadRow {
  const int8_t* rows[4];
  int32_t steps[4];  // bytes from one vector of a row to the next
  int8_t* to;        // 64 bytes for every vector are written
  int32_t to_step;   // bytes
  int32_t vectors;   // >= 1
  int32_t lanes;     // bytes of a vector that are read, [1, 16]; the others become 0
};

// Outputs of some channels. The order of the fields is the assembly's.
struct MveQuadWalk {
  const MveQuadChannel* packed;
  const int8_t* quads;     // the first channel's word in the first column of the first quad row
  int8_t* y;               // its first output
  int32_t passes;          // quad rows, >= 1
  int32_t quad_row_bytes;  // from one quad row to the next
  int32_t y_pass_bytes;    // from the outputs of one pass to those of the next
  int32_t quads_step;      // bytes of two columns
  int32_t y_step;          // bytes of two outputs
  int32_t whole;           // pairs of output columns
  uint32_t mask;           // which of four outputs are stored: four bits for each
  uint32_t last_mask;      // the same in the last pass
  uint32_t rest_mask;      // and of these, in a last column that is alone; 0: there is none
  int32_t channels;        // >= 1
  uint32_t columns[4];     // bytes from a column to its right neighbours: 0, 1, 2, 3 of them
  uint32_t outputs[4];     // bytes from an output to itself, its right neighbour, those below
};

// Columns of a quad row that `out_w` outputs read.
constexpr int32_t mve_quad_columns(int32_t out_w) {
  return (out_w + 1) / 2 * 2 + 2;
}

}  // namespace mote

// mve_quad_row(row)
// mve_quad_walk<sign>(walk); sign: see core/mve_dot.hpp.
#if defined(__ARM_FEATURE_MVE)
#include "core/mve_quads_armv81m.hpp"
#else
#include "core/mve_quads_portable.hpp"
#endif
