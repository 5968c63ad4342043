// Where a model gets an input that is never whole in its arena: from a function of the caller,
// which hands over the next bytes each time.
#pragma once

#include <cstdint>

namespace mote {

// read writes the next `bytes` bytes of the input to `to` (aligned to 4), in memory order from the
// input's first byte on. It is called several times in an inference, and may wait for a sensor. All
// pieces together have at most the input's bytes; rows that no output depends on aren't asked for.
struct InputSource {
  void* context;  // handed to read
  void (*read)(void* context, uint8_t* to, uint32_t bytes);
};

// An input that lies whole in memory of the caller, a camera's frame say, as a source.
struct WholeInput {
  const uint8_t* next;  // advances as pieces are read

  InputSource source() { return {this, read}; }

 private:
  static void read(void* context, uint8_t* to, uint32_t bytes) {
    auto* self = static_cast<WholeInput*>(context);
    __builtin_memcpy(to, self->next, bytes);
    self->next += bytes;
  }
};

}  // namespace mote
