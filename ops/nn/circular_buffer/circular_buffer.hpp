// The last entries of a stream, as tflite-micro's CIRCULAR_BUFFER: each call drops the oldest entry
// and appends x.
//
// Operands:
//   0  x: bytes [entry]
//   1  entries: bytes [slots, entry], kept from call to call, oldest first
//   2  y: bytes [slots, entry], a copy of entries
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_CIRCULAR_BUFFER_PARAMS(F) \
  F(int32_t, slots) /* >= 1 */         \
  F(int32_t, entry) /* bytes, >= 1 */
MOTE_PARAMS(CircularBufferParams, MOTE_CIRCULAR_BUFFER_PARAMS)
#undef MOTE_CIRCULAR_BUFFER_PARAMS

inline Status circular_buffer_check(const CircularBufferParams& p, const uint32_t* bytes) {
  if (p.slots < 1 || p.entry < 1) return Status::bad_params;
  const uint32_t all = extent(p.slots, p.entry);
  const bool fits = extent(p.entry, 1) <= bytes[0] && all <= bytes[1] && all <= bytes[2] &&
                    all <= uint32_t{INT32_MAX};
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote
