// The virtual Arm boards of QEMU: mps2-an385 (Cortex-M3), mps2-an386 (M4F), mps2-an500 (M7) and
// mps3-an547 (M55). Start-up code, polled UARTs, a tick counter, and the way out of the emulator.
//
// startup.cpp sets up the FPU, .data and .bss, then calls init() and the application's `int
// main()`; what main returns becomes QEMU's exit code (run QEMU with `-semihosting`). Sources: Arm
// Cortex-M System Design Kit TRM (DDI 0479) for UART and timer; Arm DDI 0403 (Armv7-M).
#pragma once

#include <cstddef>
#include <cstdint>

namespace mote::board {

// What each UART is used for; the number is the position of QEMU's `-serial` option.
constexpr int uart_sensor = 0;
constexpr int uart_network = 1;
constexpr int uart_console = 2;
constexpr int uart_count = 3;

// Frequency of ticks().
uint32_t ticks_hz();

// Instructions that took `ticks`, when QEMU runs with `-icount shift=6` (mps2) or `shift=5`
// (mps3-an547): one instruction then takes 2^shift ns of virtual time.
uint64_t instructions(uint64_t ticks);

// Enables the UARTs and starts the counter. Called once by the start-up code.
void init();

// Free-running up-counter; wraps after 171 s (mps2) or 134 s (mps3-an547) of virtual time, so
// differences of shorter spans are exact in uint32_t.
uint32_t ticks();

// ticks() without the wraps, for which it or micros() must be called at least once a minute.
uint64_t ticks_total();

// Microseconds since init(), from ticks_total().
uint64_t micros();

// Reads what has arrived, at most `size` bytes; returns at once. Result: bytes read.
size_t uart_read(int uart, uint8_t* data, size_t size);

// Writes what the transmitter takes at once, at most `size` bytes. Result: bytes taken. Bytes are
// dropped silently by the emulator while nothing is connected to the UART's far end.
size_t uart_write(int uart, const uint8_t* data, size_t size);

// Writes all of it, waiting for the transmitter.
void uart_write_all(int uart, const void* data, size_t size);
void uart_write_text(int uart, const char* text);

// From now on bytes of this UART are received by interrupt into a ring of 4 KiB, and uart_read()
// takes them from there. While the ring is full or interrupts are off the UART holds its sender
// back, as one with hardware flow control does. Turns interrupts on.
void uart_listen(int uart);

// Bytes that uart_read() would get from a listening UART.
size_t uart_waiting(int uart);

// Starts a periodic interrupt that ends wait_for_interrupt() and counts. period_us: [1, 500,000].
void tick_start(uint32_t period_us);
uint32_t tick_count();

// Sleeps until the next interrupt. An interrupt that came just before the call does not end the
// sleep, the tick does. Virtual time follows the wall clock during the sleep.
void wait_for_interrupt();

// All interrupts on or off. They are off at reset, so a measurement is exact unless uart_listen()
// was called.
void interrupts(bool on);

// Stack use: paint() fills the free stack with a pattern; high_water() then tells how many bytes
// below paint()'s caller have been written since. The pattern covers `bytes` below the stack
// pointer (less when the stack ends earlier).
void stack_paint(size_t bytes);
size_t stack_high_water();

// Writes a zero-terminated text to QEMU's own standard error through semihosting: for faults, and
// when every UART is taken.
void debug_write(const char* text);

// Ends the emulation with this exit code.
[[noreturn]] void exit(int code);

// Where a package is mapped; see the linker script.
const uint8_t* model_flash();
size_t model_flash_bytes();

}  // namespace mote::board
