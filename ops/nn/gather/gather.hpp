// Entries of an axis by number.
//
//   y[o, k, :] = x[o, index[k], :]     zeros where the index is outside x
//
// gather_dequantize makes floats of int8 entries: y = scale * (x - zero). gather_batched has an
// index of its own for each batch: y[b, o, k, :] = x[b, o, index[b, k], :].
//
// Operands:
//   0  x: [outer, extent, inner] of any type; gather_dequantize: int8, outer is 1;
//        gather_batched: [batches, outer, extent, inner]
//   1  index: int32 [count], or [batches, count]
//   2  y: [outer, count, inner], float [count, inner], or [batches, outer, count, inner]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_GATHER_PARAMS(F)                 \
  F(int32_t, outer) /* >= 1 as all extents */ \
  F(int32_t, entries)                         \
  F(int32_t, count)                           \
  F(int32_t, inner) /* bytes of one entry */
MOTE_PARAMS(GatherParams, MOTE_GATHER_PARAMS)
#undef MOTE_GATHER_PARAMS

inline Status gather_check(const GatherParams& p, const uint32_t* bytes) {
  if (p.outer < 1 || p.entries < 1 || p.count < 1 || p.inner < 1) return Status::bad_params;
  const uint32_t x = extent(p.outer, p.entries, p.inner), y = extent(p.outer, p.count, p.inner);
  const bool fits = x <= bytes[0] && extent(p.count, 4) <= bytes[1] && y <= bytes[2] &&
                    x <= uint32_t{INT32_MAX} && y <= uint32_t{INT32_MAX};
  return fits ? Status::ok : Status::out_of_bounds;
}

#define MOTE_GATHER_BATCHED_PARAMS(F)           \
  F(int32_t, batches) /* >= 1 as all extents */ \
  F(int32_t, outer)                             \
  F(int32_t, entries)                           \
  F(int32_t, count)                             \
  F(int32_t, inner) /* bytes of one entry */
MOTE_PARAMS(GatherBatchedParams, MOTE_GATHER_BATCHED_PARAMS)
#undef MOTE_GATHER_BATCHED_PARAMS

inline Status gather_batched_check(const GatherBatchedParams& p, const uint32_t* bytes) {
  const int32_t extents[] = {p.batches, p.outer, p.entries, p.count, p.inner};
  for (int32_t value : extents) {
    if (value < 1) return Status::bad_params;
  }
  const uint32_t blocks = extent(p.batches, p.outer);
  if (blocks > uint32_t{INT32_MAX}) return Status::bad_params;
  const auto rows = static_cast<int32_t>(blocks);
  const uint32_t x = extent(rows, p.entries, p.inner), y = extent(rows, p.count, p.inner);
  const bool fits = x <= bytes[0] && extent(p.batches, p.count, 4) <= bytes[1] && y <= bytes[2] &&
                    x <= uint32_t{INT32_MAX} && y <= uint32_t{INT32_MAX};
  return fits ? Status::ok : Status::out_of_bounds;
}

#define MOTE_GATHER_DEQUANTIZE_PARAMS(F)        \
  F(int32_t, entries) /* >= 1 as all extents */ \
  F(int32_t, count)                             \
  F(int32_t, inner) /* values of one entry */   \
  F(int32_t, zero)                              \
  F(float, scale)
MOTE_PARAMS(GatherDequantizeParams, MOTE_GATHER_DEQUANTIZE_PARAMS)
#undef MOTE_GATHER_DEQUANTIZE_PARAMS

inline Status gather_dequantize_check(const GatherDequantizeParams& p, const uint32_t* bytes) {
  if (p.entries < 1 || p.count < 1 || p.inner < 1) return Status::bad_params;
  const uint32_t x = extent(p.entries, p.inner), y = extent(p.count, p.inner, 4);
  const bool fits = x <= bytes[0] && extent(p.count, 4) <= bytes[1] && y <= bytes[2] &&
                    x <= uint32_t{INT32_MAX} && y <= uint32_t{INT32_MAX};
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote
