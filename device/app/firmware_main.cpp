// The application on a virtual Cortex-M board: UART 0 is the sensor, UART 1 leads to the broker,
// UART 2 takes the log. The package and the device's settings lie in flash of their own, so a model
// is replaced without a new image.
#include "device/app/app.hpp"
#include "device/ports/qemu-mps2/board.hpp"
#include "device/vm/kernels.hpp"

namespace {

using namespace mote;

// The last 4 KiB of the package's flash hold the settings.
constexpr size_t settings_page_bytes = 4096;
constexpr size_t stack_painted_bytes = 65536;
constexpr uint32_t tick_us = 2000;
// A step costs as much as some hundred bytes, so bytes may gather for a tick.
constexpr size_t sensor_bytes_gathered = 512;

constexpr size_t arena_bytes = 192 * 1024;
constexpr size_t ring_values = 32 * 1024;
constexpr size_t history_values = 2048;

__attribute__((section(".noinit"))) alignas(16) uint8_t arena[arena_bytes];
__attribute__((section(".noinit"))) int16_t ring[ring_values];
__attribute__((section(".noinit"))) float history[history_values];

int uart_of(void* context) {
  return static_cast<int>(reinterpret_cast<intptr_t>(context));
}

// A UART knows no connection: opening it means to forget what has arrived.
Status uart_open(void* context) {
  uint8_t old[32];
  for (int i = 0; i < 1000; ++i) {
    if (board::uart_read(uart_of(context), old, sizeof old) == 0) return Status::ok;
  }
  return Status::busy;  // the other side talks on; see again later
}

StreamIo uart_stream(int uart) {
  return {reinterpret_cast<void*>(static_cast<intptr_t>(uart)), uart_open,
          [](void* context, Bytes data) -> Result<size_t> {
            return board::uart_read(uart_of(context), data.data, data.size);
          },
          [](void* context, ConstBytes data) -> Result<size_t> {
            return board::uart_write(uart_of(context), data.data, data.size);
          },
          [](void*) {}};
}

uint32_t stack_bytes() {
  return static_cast<uint32_t>(board::stack_high_water());
}

}  // namespace

int main() {
  board::stack_paint(stack_painted_bytes);
  AppConfig config = {};
  config.sensor = uart_stream(board::uart_sensor);
  config.network = uart_stream(board::uart_network);
  config.clock = {nullptr, [](void*) { return board::micros(); },
                  [](void*) { return board::instructions(board::ticks_total()); }};
  config.log = {nullptr, [](void*, const char* text, size_t size) {
                  board::uart_write_all(board::uart_console, text, size);
                }};
  const size_t package_bytes = board::model_flash_bytes() - settings_page_bytes;
  const Result<settings::Settings> stored =
      settings::read({board::model_flash() + package_bytes, settings_page_bytes});
  config.settings = stored.value;  // the defaults when there is no valid block
  config.package = {board::model_flash(), package_bytes};
  config.kernels = &board_kernels;
  config.memory = {ring, history, arena};
  config.stack_bytes = stack_bytes;

  config.interrupts = board::interrupts;
  board::uart_listen(board::uart_sensor);
  board::uart_listen(board::uart_network);
  board::tick_start(tick_us);

  static App app(config);
  const Status status = app.start();
  if (status != Status::ok) return 2;
  while (!app.finished()) {
    if (app.step()) continue;
    const uint32_t tick = board::tick_count();
    while (board::tick_count() == tick && board::uart_waiting(board::uart_network) == 0 &&
           board::uart_waiting(board::uart_sensor) < sensor_bytes_gathered) {
      board::wait_for_interrupt();
    }
  }
  return 0;
}
