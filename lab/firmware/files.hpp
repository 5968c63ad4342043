// Files of the machine that runs the emulator, in the folder in which it was started.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mote::files {

constexpr int closed = -1;

// Result: a handle, or `closed`.
int open_read(const char* name);
int open_write(const char* name);

size_t size(int handle);
// False unless all `bytes` were transferred.
bool read(int handle, void* data, size_t bytes);
bool write(int handle, const void* data, size_t bytes);
void close(int handle);

}  // namespace mote::files
