// QEMU's RISC-V machine `virt` with one RV32 hart in machine mode. The counter is mcycle, which
// under
// `-icount shift=0` counts instructions (privileged specification 20211203, 3.1.10).
#include "device/ports/qemu/board.hpp"

namespace mote::board {
namespace {

constexpr int semihost_exit_extended = 0x20;
constexpr uint32_t semihost_application_exit = 0x20026;

}  // namespace

// RISC-V Semihosting 0.4: operation in a0, argument in a1, between two shifts that do nothing. The
// three instructions must not be compressed and must lie in one page.
intptr_t semihost(int operation, const void* argument) {
  register intptr_t a0 asm("a0") = operation;
  register const void* a1 asm("a1") = argument;
  asm volatile(
      ".option push\n.option norvc\n.balign 16\n"
      "slli x0, x0, 0x1f\nebreak\nsrai x0, x0, 0x7\n.option pop"
      : "+r"(a0)
      : "r"(a1)
      : "memory");
  return a0;
}

void init() {}

uint32_t ticks_hz() {
  return 1'000'000'000;
}

uint64_t instructions(uint64_t ticks) {
  return ticks;
}

uint32_t ticks() {
  uint32_t count;
  asm volatile(".option push\n.option arch, +zicsr\n\tcsrr %0, mcycle\n.option pop" : "=r"(count));
  return count;
}

void exit(int code) {
  const uint32_t block[2] = {semihost_application_exit, static_cast<uint32_t>(code)};
  semihost(semihost_exit_extended, block);
  for (;;) asm volatile("wfi");  // reached only on a machine without semihosting
}

}  // namespace mote::board
