#include "device/ports/qemu/board.hpp"
#include "lab/firmware/clock.hpp"

namespace mote::machine {

uint32_t ticks() {
  return board::ticks();
}
uint32_t ticks_hz() {
  return board::ticks_hz();
}
void stack_paint(size_t bytes) {
  board::stack_paint(bytes);
}
size_t stack_high_water() {
  return board::stack_high_water();
}
const uint8_t* package() {
  return board::model_flash();
}
size_t package_bytes() {
  return board::model_flash_bytes();
}
void say(const char* text) {
  board::debug_write(text);
}

}  // namespace mote::machine
