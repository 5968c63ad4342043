// Arm semihosting, version 3.0: https://github.com/ARM-software/abi-aa/blob/main/semihosting
#include "lab/firmware/files.hpp"

namespace mote::files {
namespace {

constexpr uint32_t sys_open = 0x01;
constexpr uint32_t sys_close = 0x02;
constexpr uint32_t sys_write = 0x05;
constexpr uint32_t sys_read = 0x06;
constexpr uint32_t sys_flen = 0x0c;
constexpr uint32_t mode_rb = 1;
constexpr uint32_t mode_wb = 5;

int32_t call(uint32_t operation, const uint32_t* block) {
  register uint32_t r0 asm("r0") = operation;
  register const uint32_t* r1 asm("r1") = block;
  asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return static_cast<int32_t>(r0);
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
