// A .mote package from anywhere: refused with a reason, or run without leaving package and arena.
// The checksum is not consulted, so that mutations reach the structural checks.
#include <cstring>
#include <vector>

#include "device/vm/kernels.hpp"
#include "device/vm/vm.hpp"

namespace {

constexpr uint32_t arena_max = 1u << 16;

struct alignas(16) Block {
  uint8_t bytes[16];
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // The exact size, so that the address sanitizer sees a read behind the end.
  std::vector<Block> flash(size / sizeof(Block) + 1);
  uint8_t* package = flash.data()->bytes;
  if (size > 0) std::memcpy(package, data, size);
  mote::Vm vm;
  if (vm.load({package, size}, mote::board_kernels) != mote::Status::ok) return 0;
  if (vm.arena_bytes() > arena_max) return 0;
  std::vector<Block> arena(vm.arena_bytes() / sizeof(Block) + 1);
  (void)vm.verify_checksum();
  (void)vm.reset({arena.data()->bytes, arena.size() * sizeof(Block)});
  mote::GoldenInput input(mote::package::PortType::i8, 1);
  const mote::InputSource source = input.source();
  (void)vm.run({arena.data()->bytes, arena.size() * sizeof(Block)}, &source);
  for (uint32_t label = 0; label < 4; ++label) (void)std::strlen(vm.package().label(label));
  return 0;
}
