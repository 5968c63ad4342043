// mps2-an505 (Cortex-M33, IoTKit): memory map of Arm's application note 505, section 3, in the
// secure world, in which the core starts.
#include "device/ports/qemu-mps2/registers.hpp"

namespace mote::board {
namespace {

CmsdkTimer* const timer0 = reinterpret_cast<CmsdkTimer*>(0x50000000);

}  // namespace

const BoardFacts board_facts = {
    {0x50200000, 0x50201000, 0x50202000}, {32, 34, 36}, 20'000'000, 20'000'000, 6};

void counter_start() {
  cmsdk_timer_start(timer0);
}

uint32_t ticks() {
  return ~timer0->value;
}

}  // namespace mote::board
