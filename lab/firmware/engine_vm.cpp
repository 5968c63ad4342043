// The virtual machine on the package that the board has in its flash.
#include "device/vm/kernels.hpp"
#include "device/vm/vm.hpp"
#include "lab/firmware/clock.hpp"
#include "lab/firmware/engine.hpp"

// MOTE_ARENA_BYTES: room for the arena of the largest package that this image takes.
// MOTE_PROFILE_OP(index): as in emitted source.
#ifndef MOTE_PROFILE_OP
#define MOTE_PROFILE_OP(index)
#endif

namespace mote::engine {
namespace {

__attribute__((section(".noinit"))) alignas(16) uint8_t arena[MOTE_ARENA_BYTES];
Vm vm;

Port port(Bytes bytes) {
  return {bytes.data, static_cast<uint32_t>(bytes.size)};
}

}  // namespace

const char* open() {
  const Status loaded = vm.load({machine::package(), machine::package_bytes()}, board_kernels);
  if (loaded != Status::ok) return status_text(loaded);
  if (vm.arena_bytes() > sizeof(arena)) return "its arena is larger than this board's memory";
  if (vm.verify_checksum() != Status::ok) return status_text(Status::bad_checksum);
  (void)vm.reset({arena, sizeof(arena)});
  return nullptr;
}

size_t input_count() {
  return vm.package().header().input_count;
}
size_t output_count() {
  return vm.package().header().output_count;
}
Port input(size_t index) {
  return port(vm.input(index, arena));
}
Port output(size_t index) {
  return port(vm.output(index, arena));
}
uint32_t arena_bytes() {
  return vm.arena_bytes();
}

#ifdef MOTE_PROFILE
void invoke() {
  for (size_t i = 0; i < vm.op_count(); ++i) {
    MOTE_PROFILE_OP(static_cast<uint32_t>(i));
    vm.run_op(i, arena);
  }
  MOTE_PROFILE_OP(static_cast<uint32_t>(vm.op_count()));
}
#else
void invoke() {
  (void)vm.run({arena, sizeof(arena)});
}
#endif

}  // namespace mote::engine
