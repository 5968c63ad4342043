// Portable broadcast of shapes of int64.
#pragma once

#include "ops/nn/broadcast_args/broadcast_args.hpp"

namespace mote {

template <class P>
void broadcast_args_s64_reference(const P& p, void* const* operands) {
  broadcast_args_walk(p, static_cast<const int64_t*>(operands[0]),
                      static_cast<const int64_t*>(operands[1]), static_cast<int64_t*>(operands[2]));
}

}  // namespace mote
