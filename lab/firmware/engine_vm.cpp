// The virtual machine on the package that the board has in its flash.
#include "device/vm/kernels.hpp"
#include "device/vm/vm.hpp"
#include "lab/firmware/clock.hpp"
#include "lab/firmware/engine.hpp"

// MOTE_ARENA_BYTES: room for the arena of the largest package that this image takes.
// MOTE_FRAME_BYTES: room for an input that comes in pieces; 0 for none.
// MOTE_PROFILE_OP(index): as in emitted source.
#ifndef MOTE_PROFILE_OP
#define MOTE_PROFILE_OP(index)
#endif

namespace mote::engine {
namespace {

__attribute__((section(".noinit"))) alignas(16) uint8_t arena[MOTE_ARENA_BYTES];
__attribute__((section(".noinit"))) uint8_t frame[MOTE_FRAME_BYTES + 1];
Vm vm;
uint32_t ticks_of_load = 0;

Port port(Bytes bytes) {
  return {bytes.data, static_cast<uint32_t>(bytes.size)};
}

}  // namespace

const char* open() {
  const ConstBytes package{machine::package(), machine::package_bytes()};
  const uint32_t start = machine::ticks();
  const Status loaded = vm.load(package, board_kernels);
  ticks_of_load = machine::ticks() - start;
  if (loaded != Status::ok) return status_text(loaded);
  if (vm.arena_bytes() > sizeof(arena)) return "its arena is larger than this board's memory";
  if (vm.package().in_pieces() && vm.package().input(0).bytes > MOTE_FRAME_BYTES) {
    return "its input is larger than this image's frame";
  }
  if (vm.verify_checksum() != Status::ok) return status_text(Status::bad_checksum);
  (void)vm.reset({arena, sizeof(arena)});
  return nullptr;
}

uint32_t load_ticks() {
  return ticks_of_load;
}
size_t input_count() {
  return vm.package().header().input_count;
}
size_t output_count() {
  return vm.package().header().output_count;
}
Port input(size_t index) {
  const Bytes input = vm.input(index, arena);
  return {input.data == nullptr ? frame : input.data, static_cast<uint32_t>(input.size)};
}
Port output(size_t index) {
  return port(vm.output(index, arena));
}
uint32_t arena_bytes() {
  return vm.arena_bytes();
}

void invoke() {
  WholeInput whole{frame};
  const InputSource source = whole.source();
#ifdef MOTE_PROFILE
  Vm::Position at;
  do {
    MOTE_PROFILE_OP(static_cast<uint32_t>(at.op));
  } while (vm.run_next(&at, arena, &source));
#else
  (void)vm.run({arena, sizeof(arena)}, &source);
#endif
}

}  // namespace mote::engine
