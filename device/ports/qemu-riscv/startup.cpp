// Reset, memory initialisation, traps of a RISC-V hart in machine mode (privileged specification
// 20211203, chapter 3).
#include "device/ports/qemu/board.hpp"

int main();

extern "C" {

extern uint32_t __data_start[], __data_end[], __bss_start[], __bss_end[], __stack_top[];
extern const uint32_t __data_load[];
using Initialiser = void (*)();
extern const Initialiser __init_array_start[], __init_array_end[];

[[noreturn]] void mote_reset();
[[noreturn]] void mote_fault();

// A destructor of a static object never runs: the board only ever loses power.
void* __dso_handle = nullptr;
int __cxa_atexit(void (*)(void*), void*, void*) {
  return 0;
}
void __cxa_pure_virtual() {
  mote_fault();
}

// Every trap is a fault: no interrupt is on. The text is written whole, from the stack's top again.
[[noreturn]] __attribute__((used, aligned(4))) void mote_fault() {
  static char text[] = "fault: pc=0x00000000 cause=0x00000000 value=0x00000000\n";
  uint32_t pc, cause, value;
  asm volatile(
      ".option push\n.option arch, +zicsr\n\tcsrr %0, mepc\n\tcsrr %1, mcause\n\tcsrr %2, "
      "mtval\n.option pop"
      : "=r"(pc), "=r"(cause), "=r"(value));
  mote::board::put_hex(text + 12, pc);
  mote::board::put_hex(text + 29, cause);
  mote::board::put_hex(text + 46, value);
  mote::board::debug_write(text);
  mote::board::exit(mote::board::exit_code_fault);
}

[[noreturn]] __attribute__((used)) void mote_start() {
  const uint32_t* from = __data_load;
  for (uint32_t* to = __data_start; to < __data_end;) *to++ = *from++;
  for (uint32_t* to = __bss_start; to < __bss_end;) *to++ = 0;
  mote::board::init();
  for (const Initialiser* run = __init_array_start; run < __init_array_end; ++run) (*run)();
  mote::board::exit(main());
}

// The first thing in the image: the hart starts here, without a stack.
[[noreturn]] __attribute__((naked, used, section(".vectors"))) void mote_reset() {
  asm volatile(
      "la sp, __stack_top\n"
      "la t0, mote_fault\n"
      ".option push\n.option arch, +zicsr\n"
      "csrw mtvec, t0\n"
      ".option pop\n"
      "j mote_start");
  __builtin_unreachable();
}
}
