// What every virtual board of QEMU offers to firmware, whatever its core: an exact counter, the use
// of the stack, a package beside the image, and the way out of the emulator (QEMU runs with
// `-semihosting`). device/ports/qemu-mps2 adds UARTs and interrupts.
//
// A port's startup.cpp sets up the core, .data and .bss, then calls init() and the application's
// `int main()`; what main returns becomes QEMU's exit code.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mote::board {

// Frequency of ticks().
uint32_t ticks_hz();

// Instructions that took `ticks`, when QEMU runs with the board's `-icount shift=N`: one
// instruction then takes 2^N ns of virtual time. N is 6 on mps2, 5 on mps3-an547, 0 on riscv-virt.
uint64_t instructions(uint64_t ticks);

// Prepares counter and drivers. Called once by the start-up code.
void init();

// Free-running up-counter; wraps after 134 s of virtual time or more (riscv-virt: after 2^32
// instructions), so differences of shorter spans are exact in uint32_t.
uint32_t ticks();

// Stack use: paint() fills the free stack with a pattern; high_water() then tells how many bytes
// below paint()'s caller have been written since. The pattern covers `bytes` below the stack
// pointer (less when the stack ends earlier).
void stack_paint(size_t bytes);
size_t stack_high_water();

// Semihosting, version 3.0: https://github.com/ARM-software/abi-aa/blob/main/semihosting; RISC-V
// has the same operations. argument: what the operation takes, mostly the address of its block.
intptr_t semihost(int operation, const void* argument);

// Writes a zero-terminated text to QEMU's own standard error through semihosting: for faults, and
// when every UART is taken.
void debug_write(const char* text);

// Ends the emulation with this exit code.
[[noreturn]] void exit(int code);
// The exit code of a fault, after a line that says where.
constexpr int exit_code_fault = 125;

// Eight hexadecimal digits.
void put_hex(char* text, uint32_t value);

// Where a package is mapped; see the linker script.
const uint8_t* model_flash();
size_t model_flash_bytes();

}  // namespace mote::board
