// core/dot_pairs.hpp for Armv7-M: one MLA for two products. GCC spills accumulators, so the loops
// are assembly.
#pragma once

#include "core/dot_pairs.hpp"

namespace mote {

// Offsets in DotPairsRun: x 0, weights 4, marks 8, tap_pairs 12.
//
// r0: x, r1 and r2: weights, r3: marks, r4-r7: accumulators, r8 and r9: pixels, r10 and r11:
// weights, r12: x where the word of marks ends, lr: sums. On the stack: next word of marks, pairs
// left.
#define MOTE_PAIRS_TAP                          \
  "ldrd r8, r9, [r0], #8\n"                     \
  "ldrsb r10, [r1], #1\n ldrsb r11, [r2], #1\n" \
  "mla r4, r8, r10, r4\n mla r5, r9, r10, r5\n" \
  "mla r6, r8, r11, r6\n mla r7, r9, r11, r7\n"

// clang-format off
__attribute__((naked, noinline)) inline void dot_pairs_run(const DotPairsRun*, DotPairsSums*) {
  asm("push {r4-r11, lr}\n"
      "mov lr, r1\n"
      "ldrd r8, r9, [r0, #8]\n"
      "push {r8, r9}\n"
      "ldrd r0, r1, [r0]\n"
      "add r2, r1, r9, lsl #1\n"
      "movs r4, #0\n mov r5, r4\n mov r6, r4\n mov r7, r4\n"
      "stm lr, {r4-r7}\n strd r4, r5, [lr, #16]\n strd r6, r7, [lr, #24]\n"
      "mov r4, #0x7f007f00\n mov r5, r4\n mov r6, r4\n mov r7, r4\n"
      "1: ldrd r8, r9, [sp]\n"  // the next word of marks
      "ldr r3, [r8], #4\n"
      "movs r10, #32\n cmp r9, r10\n it lt\n movlt r10, r9\n"
      "sub r9, r9, r10\n strd r8, r9, [sp]\n"
      "add r12, r0, r10, lsl #4\n"
      "rsb r10, r10, #32\n movs r11, #1\n lsl r11, r11, r10\n orr r3, r3, r11\n"
      "2: " MOTE_PAIRS_TAP MOTE_PAIRS_TAP
      "lsls r3, r3, #1\n bcc 2b\n"
      "ldm lr, {r8-r11}\n"  // a run ends
      "add r8, r8, r4\n add r9, r9, r5\n add r10, r10, r6\n add r11, r11, r7\n"
      "stm lr, {r8-r11}\n"
      "ldrd r8, r9, [lr, #16]\n ldrd r10, r11, [lr, #24]\n"
      "add r8, r8, r4, lsr #16\n add r9, r9, r5, lsr #16\n"
      "add r10, r10, r6, lsr #16\n add r11, r11, r7, lsr #16\n"
      "strd r8, r9, [lr, #16]\n strd r10, r11, [lr, #24]\n"
      "mov r4, #0x7f007f00\n mov r5, r4\n mov r6, r4\n mov r7, r4\n"
      "cmp r0, r12\n bne 2b\n"
      "ldr r9, [sp, #4]\n cmp r9, #0\n bne 1b\n"
      "add sp, #8\n"
      "pop {r4-r11, pc}\n");
}
// clang-format on

#undef MOTE_PAIRS_TAP

}  // namespace mote
