// Reset, memory initialisation, faults. Armv7-M Architecture Reference Manual (DDI 0403), B1.5.
#include "device/ports/qemu-mps2/board.hpp"
#include "device/ports/qemu-mps2/registers.hpp"

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
int __aeabi_atexit(void*, void (*)(void*), void*) {
  return 0;
}
void __cxa_pure_virtual() {
  mote_fault();
}
}

extern "C" {

// frame: what the core pushed: r0-r3, r12, lr, pc, xpsr.
[[noreturn]] __attribute__((used)) void mote_fault_report(const uint32_t* frame) {
  static char text[] = "fault: pc=0x00000000 lr=0x00000000 cfsr=0x00000000 addr=0x00000000\n";
  mote::board::put_hex(text + 12, frame[6]);
  mote::board::put_hex(text + 26, frame[5]);
  mote::board::put_hex(text + 42, *reinterpret_cast<volatile uint32_t*>(0xe000ed28));
  mote::board::put_hex(text + 58, *reinterpret_cast<volatile uint32_t*>(0xe000ed38));
  mote::board::debug_write(text);
  mote::board::exit(mote::board::exit_code_fault);
}

[[noreturn]] __attribute__((naked)) void mote_fault() {
  asm volatile("mrs r0, msp\n\tbl mote_fault_report");  // Armv6-M's b doesn't reach far
  __builtin_unreachable();
}

[[noreturn]] void mote_reset() {
  // Full access to coprocessors 10 and 11: the FPU, and on Armv8.1-M the vector extension. A core
  // without them ignores the write.
  *reinterpret_cast<volatile uint32_t*>(0xe000ed88) |= 0xfu << 20;
  asm volatile("dsb\n\tisb" ::: "memory");

  const uint32_t* from = __data_load;
  for (uint32_t* to = __data_start; to < __data_end;) *to++ = *from++;
  for (uint32_t* to = __bss_start; to < __bss_end;) *to++ = 0;
  mote::board::init();
  for (const Initialiser* run = __init_array_start; run < __init_array_end; ++run) (*run)();
  mote::board::exit(main());
}

void mote_interrupt() {
  uint32_t exception;
  asm volatile("mrs %0, ipsr" : "=r"(exception));
  mote::board::receive_interrupt(exception - 16);
}

void mote_tick() {
  mote::board::tick_interrupt();
}
}

namespace {

// The UARTs' interrupts are among the first 40 of every board here.
constexpr int interrupt_count = 40;
using Handler = void (*)();

struct Vectors {
  const void* stack_top;
  Handler system[15];
  Handler external[interrupt_count];
};

#define MOTE_IRQ4 mote_interrupt, mote_interrupt, mote_interrupt, mote_interrupt
#define MOTE_IRQ20 MOTE_IRQ4, MOTE_IRQ4, MOTE_IRQ4, MOTE_IRQ4, MOTE_IRQ4

// Reset, NMI, hard fault, memory management, bus fault, usage fault, secure fault, three reserved,
// supervisor call, debug monitor, reserved, PendSV, SysTick; then the external interrupts.
__attribute__((section(".vectors"), used)) const Vectors vectors = {
    __stack_top,
    {mote_reset, mote_fault, mote_fault, mote_fault, mote_fault, mote_fault, mote_fault, nullptr,
     nullptr, nullptr, mote_fault, mote_fault, nullptr, mote_fault, mote_tick},
    {MOTE_IRQ20, MOTE_IRQ20}};

}  // namespace
