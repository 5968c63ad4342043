// What the runner measures: one of the two bindings of a model, chosen at link time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mote::engine {

struct Port {
  uint8_t* data;
  uint32_t bytes;
};

// Prepares the model. Returns a reason when it can't run here, else null.
const char* open();

// Ticks that open() spent on accepting the package, without its checksum; 0 for emitted source.
uint32_t load_ticks();

size_t input_count();
size_t output_count();
Port input(size_t index);   // an input's bytes may be overwritten by invoke()
Port output(size_t index);  // valid after invoke()
uint32_t arena_bytes();

// One inference.
void invoke();

}  // namespace mote::engine
