// mps2-an385, mps2-an386, mps2-an500: memory map of Arm's application note 385, section 3.
#include "device/ports/qemu-mps2/registers.hpp"

namespace mote::board {
namespace {

CmsdkTimer* const timer0 = reinterpret_cast<CmsdkTimer*>(0x40000000);

}  // namespace

const BoardFacts board_facts = {
    {0x40004000, 0x40005000, 0x40006000}, {0, 2, 4}, 25'000'000, 25'000'000, 6};

void counter_start() {
  cmsdk_timer_start(timer0);
}

uint32_t ticks() {
  return ~timer0->value;
}

}  // namespace mote::board
