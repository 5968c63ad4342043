// mps3-an547 (Corstone SSE-300): memory map of Arm's application note 547, section 4.
#include "device/ports/qemu-mps2/registers.hpp"

namespace mote::board {

const BoardFacts board_facts = {
    {0x49303000, 0x49304000, 0x49305000}, {33, 35, 37}, 32'000'000, 32'000'000, 5};

// The SSE-300's 64-bit system counter: a control frame and a status frame.
void counter_start() {
  *reinterpret_cast<volatile uint32_t*>(0x58100000) = 1;
}

uint32_t ticks() {
  return *reinterpret_cast<volatile uint32_t*>(0x58000000);
}

}  // namespace mote::board
