// Stack, package and semihosting, in which the virtual boards don't differ.
#include "device/ports/qemu/board.hpp"

extern "C" {
extern const uint8_t __model_start[], __model_end[];
extern uint8_t __stack_bottom[];
}

namespace mote::board {
namespace {

constexpr uint8_t stack_pattern = 0xa5;
uint8_t* stack_painted_from = nullptr;
uint8_t* stack_painted_to = nullptr;

constexpr int semihost_write0 = 0x04;

}  // namespace

void stack_paint(size_t bytes) {
  uint8_t* const top = static_cast<uint8_t*>(__builtin_frame_address(0));
  // The frames of this very call lie below `top` and must survive it.
  uint8_t* const to = top - 64;
  uint8_t* from = __stack_bottom;
  if (static_cast<size_t>(to - from) > bytes) from = to - bytes;
  for (volatile uint8_t* p = from; p < to; p = p + 1) *p = stack_pattern;
  stack_painted_from = from;
  stack_painted_to = top;
}

size_t stack_high_water() {
  const volatile uint8_t* p = stack_painted_from;
  while (p < stack_painted_to && *p == stack_pattern) p = p + 1;
  return static_cast<size_t>(stack_painted_to - p);
}

void debug_write(const char* text) {
  semihost(semihost_write0, text);
}

void put_hex(char* text, uint32_t value) {
  for (int digit = 7; digit >= 0; --digit, value >>= 4)
    text[digit] = "0123456789abcdef"[value & 15];
}

const uint8_t* model_flash() {
  return __model_start;
}
size_t model_flash_bytes() {
  return static_cast<size_t>(__model_end - __model_start);
}

}  // namespace mote::board
