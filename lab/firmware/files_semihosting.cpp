// Files through semihosting; see device/ports/qemu/board.hpp.
#include "device/ports/qemu/board.hpp"
#include "lab/firmware/files.hpp"

namespace mote::files {
namespace {

constexpr int sys_open = 0x01;
constexpr int sys_close = 0x02;
constexpr int sys_write = 0x05;
constexpr int sys_read = 0x06;
constexpr int sys_flen = 0x0c;
constexpr uint32_t mode_rb = 1;
constexpr uint32_t mode_wb = 5;

int32_t call(int operation, const uint32_t* block) {
  return static_cast<int32_t>(board::semihost(operation, block));
}

uint32_t word(const void* pointer) {
  return reinterpret_cast<uintptr_t>(pointer);
}

int open(const char* name, uint32_t mode) {
  uint32_t length = 0;
  while (name[length] != '\0') ++length;
  const uint32_t block[3] = {word(name), mode, length};
  return call(sys_open, block);
}

}  // namespace

int open_read(const char* name) {
  return open(name, mode_rb);
}
int open_write(const char* name) {
  return open(name, mode_wb);
}

size_t size(int handle) {
  const uint32_t block[1] = {static_cast<uint32_t>(handle)};
  const int32_t bytes = call(sys_flen, block);
  return bytes < 0 ? 0 : static_cast<size_t>(bytes);
}

// Both calls return the number of bytes that were not transferred.
bool read(int handle, void* data, size_t bytes) {
  const uint32_t block[3] = {static_cast<uint32_t>(handle), word(data),
                             static_cast<uint32_t>(bytes)};
  return bytes == 0 || call(sys_read, block) == 0;
}

bool write(int handle, const void* data, size_t bytes) {
  const uint32_t block[3] = {static_cast<uint32_t>(handle), word(data),
                             static_cast<uint32_t>(bytes)};
  return bytes == 0 || call(sys_write, block) == 0;
}

void close(int handle) {
  const uint32_t block[1] = {static_cast<uint32_t>(handle)};
  call(sys_close, block);
}

}  // namespace mote::files
