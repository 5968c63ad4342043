// The board "host": a process of this machine.
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>

#include "lab/firmware/clock.hpp"
#include "lab/firmware/files.hpp"

namespace mote::machine {
namespace {

constexpr size_t package_bytes_max = 64u << 20;
alignas(16) uint8_t package_memory[package_bytes_max];

}  // namespace

uint32_t ticks() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint32_t>(now.tv_sec * 1'000'000'000 + now.tv_nsec);
}
uint32_t ticks_hz() {
  return 1'000'000'000;
}

void stack_paint(size_t) {}
size_t stack_high_water() {
  return 0;
}

// A board's flash has the package in it; here it is a file in the working folder.
const uint8_t* package() {
  const int handle = files::open_read("model.mote");
  if (handle == files::closed) return package_memory;
  const size_t bytes = files::size(handle);
  files::read(handle, package_memory, bytes < package_bytes_max ? bytes : package_bytes_max);
  files::close(handle);
  return package_memory;
}
size_t package_bytes() {
  return package_bytes_max;
}

void say(const char* text) {
  std::fputs(text, stderr);
}

}  // namespace mote::machine

namespace mote::files {

int open_read(const char* name) {
  return ::open(name, O_RDONLY);
}
int open_write(const char* name) {
  return ::open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
}

size_t size(int handle) {
  struct stat facts {};
  return fstat(handle, &facts) == 0 ? static_cast<size_t>(facts.st_size) : 0;
}

bool read(int handle, void* data, size_t bytes) {
  auto* to = static_cast<uint8_t*>(data);
  while (bytes > 0) {
    const ssize_t got = ::read(handle, to, bytes);
    if (got <= 0) return false;
    to += got;
    bytes -= static_cast<size_t>(got);
  }
  return true;
}

bool write(int handle, const void* data, size_t bytes) {
  const auto* from = static_cast<const uint8_t*>(data);
  while (bytes > 0) {
    const ssize_t put = ::write(handle, from, bytes);
    if (put <= 0) return false;
    from += put;
    bytes -= static_cast<size_t>(put);
  }
  return true;
}

void close(int handle) {
  ::close(handle);
}

}  // namespace mote::files
