// The virtual Arm boards of QEMU: mps2-an385 (Cortex-M3, and Armv6-M code as mps2-m0plus),
// mps2-an386 (M4F), mps2-an500 (M7), mps2-an505 (M33) and mps3-an547 (M55). Besides what every
// board has: UARTs, a tick, interrupts. Sources: Arm Cortex-M System Design Kit TRM (DDI 0479) for
// UART and timer; Arm DDI 0403 (Armv7-M).
#pragma once

#include <cstddef>
#include <cstdint>

#include "device/ports/qemu/board.hpp"

namespace mote::board {

// What each UART is used for; the number is the position of QEMU's `-serial` option.
constexpr int uart_sensor = 0;
constexpr int uart_network = 1;
constexpr int uart_console = 2;
constexpr int uart_count = 3;

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

}  // namespace mote::board
