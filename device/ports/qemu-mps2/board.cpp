#include "device/ports/qemu-mps2/board.hpp"

#include "device/ports/qemu-mps2/registers.hpp"

namespace mote::board {
namespace {

UartRegisters* uart(int index) {
  return reinterpret_cast<UartRegisters*>(board_facts.uart_base[index]);
}

volatile uint32_t* system_register(uintptr_t address) {
  return reinterpret_cast<volatile uint32_t*>(address);
}
volatile uint32_t* nvic_enable(uint8_t irq) {
  return system_register(0xe000e100 + irq / 32 * 4);
}
volatile uint32_t* nvic_disable(uint8_t irq) {
  return system_register(0xe000e180 + irq / 32 * 4);
}

// Armv7-M SysTick (DDI 0403, B3.3), the tick.
constexpr uintptr_t systick_control = 0xe000e010;
constexpr uintptr_t systick_reload = 0xe000e014;
constexpr uintptr_t systick_value = 0xe000e018;
constexpr uint32_t systick_reload_max = 0xffffff;

// What a listening UART's interrupt has received. One writer (the interrupt), one reader.
struct ReceiveRing {
  static constexpr uint32_t size = 4096;
  uint8_t bytes[size];
  volatile uint32_t written;  // counts of bytes, wrapping at 2^32
  volatile uint32_t read;
  volatile bool held;  // full: the interrupt is off and the UART holds its sender back
  bool listening;
};
ReceiveRing rings[uart_count];
volatile uint32_t tick_counter = 0;

constexpr int semihost_exit_extended = 0x20;
constexpr uint32_t semihost_application_exit = 0x20026;

}  // namespace

// Operation in r0, argument in r1.
intptr_t semihost(int operation, const void* argument) {
  register int r0 asm("r0") = operation;
  register const void* r1 asm("r1") = argument;
  asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

void init() {
  asm volatile("cpsid i" ::: "memory");
  for (int i = 0; i < uart_count; ++i) {
    uart(i)->baud_divider = 16;
    uart(i)->control = uart_control_tx | uart_control_rx | uart_control_rx_interrupt;
  }
  counter_start();
}

uint32_t ticks_hz() {
  return board_facts.ticks_hz;
}

uint64_t instructions(uint64_t ticks) {
  return ticks * 1'000'000'000u / (uint64_t{board_facts.ticks_hz} << board_facts.icount_shift);
}

uint64_t ticks_total() {
  static uint32_t low = 0;
  static uint32_t wraps = 0;
  const uint32_t now = ticks();
  if (now < low) ++wraps;
  low = now;
  return (uint64_t{wraps} << 32) | now;
}

uint64_t micros() {
  return ticks_total() / (board_facts.ticks_hz / 1'000'000);
}

void uart_listen(int index) {
  const uint8_t irq = board_facts.uart_rx_irq[index];
  rings[index].listening = true;
  *nvic_enable(irq) = 1u << (irq % 32);
  asm volatile("cpsie i" ::: "memory");
}

size_t uart_waiting(int index) {
  return rings[index].written - rings[index].read;
}

size_t uart_read(int index, uint8_t* data, size_t size) {
  size_t count = 0;
  ReceiveRing& ring = rings[index];
  if (!ring.listening) {
    UartRegisters* const port = uart(index);
    while (count < size && (port->state & uart_state_rx_full)) {
      data[count++] = static_cast<uint8_t>(port->data);
    }
    return count;
  }
  uint32_t read = ring.read;
  while (count < size && read != ring.written) data[count++] = ring.bytes[read++ % ring.size];
  ring.read = read;
  if (ring.held && count > 0) {
    ring.held = false;
    const uint8_t irq = board_facts.uart_rx_irq[index];
    *nvic_enable(irq) = 1u << (irq % 32);
  }
  return count;
}

void receive_interrupt(uint32_t irq) {
  int index = 0;
  while (index < uart_count && board_facts.uart_rx_irq[index] != irq) ++index;
  if (index == uart_count) return;
  ReceiveRing& ring = rings[index];
  if (ring.written - ring.read == ring.size) {
    ring.held = true;
    *nvic_disable(static_cast<uint8_t>(irq)) = 1u << (irq % 32);
    return;
  }
  // In this order: a byte that comes right after `data` was read raises the interrupt again.
  uart(index)->interrupt = uart_interrupt_rx;
  ring.bytes[ring.written % ring.size] = static_cast<uint8_t>(uart(index)->data);
  ring.written = ring.written + 1;
}

size_t uart_write(int index, const uint8_t* data, size_t size) {
  UartRegisters* const port = uart(index);
  size_t count = 0;
  while (count < size && !(port->state & uart_state_tx_full)) port->data = data[count++];
  return count;
}

void uart_write_all(int index, const void* data, size_t size) {
  const uint8_t* bytes = static_cast<const uint8_t*>(data);
  for (size_t done = 0; done < size;) done += uart_write(index, bytes + done, size - done);
}

void uart_write_text(int index, const char* text) {
  size_t size = 0;
  while (text[size]) ++size;
  uart_write_all(index, text, size);
}

void tick_start(uint32_t period_us) {
  const uint64_t reload = uint64_t{period_us} * (board_facts.systick_hz / 1'000'000) - 1;
  *system_register(systick_reload) =
      reload > systick_reload_max ? systick_reload_max : static_cast<uint32_t>(reload);
  *system_register(systick_value) = 0;
  *system_register(systick_control) = 7;  // core clock, exception, enabled
}

uint32_t tick_count() {
  return tick_counter;
}
void tick_interrupt() {
  tick_counter = tick_counter + 1;
}

void wait_for_interrupt() {
  asm volatile("dsb\n\twfi" ::: "memory");
}

void interrupts(bool on) {
  if (on) {
    asm volatile("cpsie i" ::: "memory");
  } else {
    asm volatile("cpsid i" ::: "memory");
  }
}

void exit(int code) {
  for (int i = 0; i < uart_count; ++i) {  // let the last byte out; a stuck peer can't hold us
    for (int spin = 0; spin < 100'000 && (uart(i)->state & uart_state_tx_full); ++spin) {
    }
  }
  const uint32_t block[2] = {semihost_application_exit, static_cast<uint32_t>(code)};
  semihost(semihost_exit_extended, block);
  for (;;) asm volatile("wfi");  // reached only on a machine without semihosting
}

}  // namespace mote::board
