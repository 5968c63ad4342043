// A project file from anywhere: a checked Project, or a ProjectError.
#include <cstdint>
#include <string_view>

#include "project/project.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    (void)mote::project::parse({reinterpret_cast<const char*>(data), size}, "mote.toml").recipe();
  } catch (const mote::project::ProjectError&) {
  }
  return 0;
}
