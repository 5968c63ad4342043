// Registers that the virtual boards share, and the few facts in which they differ.
#pragma once

#include <cstddef>
#include <cstdint>

#include "device/ports/qemu-mps2/board.hpp"

namespace mote::board {

// CMSDK APB UART, DDI 0479 table 4-10.
struct UartRegisters {
  volatile uint32_t data;
  volatile uint32_t state;
  volatile uint32_t control;
  volatile uint32_t interrupt;  // read: status, write 1: clear
  volatile uint32_t baud_divider;
};
constexpr uint32_t uart_state_tx_full = 1u << 0;
constexpr uint32_t uart_state_rx_full = 1u << 1;
constexpr uint32_t uart_control_tx = 1u << 0;
constexpr uint32_t uart_control_rx = 1u << 1;
constexpr uint32_t uart_control_rx_interrupt = 1u << 3;
constexpr uint32_t uart_interrupt_rx = 1u << 1;

// CMSDK APB timer: a down-counter at the system clock, reloaded from `reload` after zero.
struct CmsdkTimer {
  volatile uint32_t control;
  volatile uint32_t value;
  volatile uint32_t reload;
  volatile uint32_t interrupt;
};
inline void cmsdk_timer_start(CmsdkTimer* timer) {
  timer->reload = 0xffffffff;
  timer->value = 0xffffffff;
  timer->control = 1;
}

// One of these is defined by the board's own file (board_*.cpp).
struct BoardFacts {
  uintptr_t uart_base[uart_count];
  uint8_t uart_rx_irq[uart_count];
  uint32_t ticks_hz;
  uint32_t systick_hz;
  uint32_t icount_shift;
};
extern const BoardFacts board_facts;

// Starts the counter that ticks() reads.
void counter_start();

// What the start-up code's interrupt handlers do.
void receive_interrupt(uint32_t irq);
void tick_interrupt();

}  // namespace mote::board
