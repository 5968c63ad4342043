// core/dot_pairs.hpp for Armv6-M, whose multiplication overwrites an operand and whose upper
// registers can only be moved, added to and compared: accumulators lie there.
#pragma once

#include "core/dot_pairs.hpp"

namespace mote {

// Offsets in DotPairsRun: x 0, weights 4, marks 8, tap_pairs 12.
//
// r0: x, r1 and r2: the channels' weights, r3: tap, r4 and r5: pixels, r6 and r7: a weight and a
// product, r8-r11: accumulators, r12: marks, lr: x where the word of marks ends. On the stack:
// sums, next word of marks, pairs left.
#define MOTE_PAIRS_TAP                                            \
  "ldmia r0!, {r4, r5}\n"                                         \
  "ldrsb r6, [r1, r3]\n movs r7, r4\n muls r7, r6\n add r8, r7\n" \
  "muls r6, r5\n add r9, r6\n"                                    \
  "ldrsb r6, [r2, r3]\n muls r4, r6\n add r10, r4\n"              \
  "muls r5, r6\n add r11, r5\n"                                   \
  "adds r3, #1\n"

#define MOTE_PAIRS_START "ldr r4, [sp, #12]\n mov r8, r4\n mov r9, r4\n mov r10, r4\n mov r11, r4\n"

// Adds two accumulators to two sums at r7, and steps over them.
#define MOTE_PAIRS_ALL(A, B) \
  "ldr r4, [r7]\n ldr r5, [r7, #4]\n add r4, " A "\n add r5, " B "\n stmia r7!, {r4, r5}\n"
// The same for upper halves.
#define MOTE_PAIRS_HIGH(A, B)                                  \
  "mov r4, " A                                                 \
  "\n lsrs r4, r4, #16\n ldr r5, [r7]\n adds r4, r4, r5\n"     \
  "mov r5, " B                                                 \
  "\n lsrs r5, r5, #16\n ldr r6, [r7, #4]\n adds r5, r5, r6\n" \
  "stmia r7!, {r4, r5}\n"

// clang-format off
__attribute__((naked, noinline)) inline void dot_pairs_run(const DotPairsRun*, DotPairsSums*) {
  asm(".syntax unified\n"
      "push {r4-r7, lr}\n"
      "mov r4, r8\n mov r5, r9\n mov r6, r10\n mov r7, r11\n push {r4-r7}\n"
      "ldr r2, [r0, #8]\n ldr r3, [r0, #12]\n"
      "movs r4, #0x7f\n lsls r5, r4, #16\n orrs r4, r5\n lsls r4, r4, #8\n"
      "push {r1, r2, r3, r4}\n"
      "movs r4, #0\n movs r5, r4\n movs r6, r4\n movs r7, r4\n"
      "stmia r1!, {r4-r7}\n stmia r1!, {r4-r7}\n"
      "ldr r1, [r0, #4]\n ldr r0, [r0]\n"
      "lsls r2, r3, #1\n adds r2, r2, r1\n movs r3, #0\n"
      MOTE_PAIRS_START
      "1: ldr r4, [sp, #4]\n ldmia r4!, {r5}\n str r4, [sp, #4]\n"  // the next word of marks
      "ldr r4, [sp, #8]\n movs r6, #32\n cmp r4, r6\n bge 3f\n movs r6, r4\n"
      "3: subs r4, r4, r6\n str r4, [sp, #8]\n"
      "lsls r4, r6, #4\n adds r4, r4, r0\n mov lr, r4\n"
      "movs r4, #32\n subs r4, r4, r6\n movs r6, #1\n lsls r6, r4\n orrs r5, r6\n mov r12, r5\n"
      "2: " MOTE_PAIRS_TAP MOTE_PAIRS_TAP
      "mov r6, r12\n lsls r6, r6, #1\n mov r12, r6\n bcc 2b\n"
      "ldr r7, [sp]\n"  // a run ends
      MOTE_PAIRS_ALL("r8", "r9") MOTE_PAIRS_ALL("r10", "r11")
      MOTE_PAIRS_HIGH("r8", "r9") MOTE_PAIRS_HIGH("r10", "r11")
      MOTE_PAIRS_START
      "cmp r0, lr\n bne 2b\n"
      "ldr r4, [sp, #8]\n cmp r4, #0\n bne 1b\n"
      "add sp, #16\n"
      "pop {r4-r7}\n mov r8, r4\n mov r9, r5\n mov r10, r6\n mov r11, r7\n"
      "pop {r4-r7, pc}\n");
}
// clang-format on

#undef MOTE_PAIRS_TAP
#undef MOTE_PAIRS_START
#undef MOTE_PAIRS_ALL
#undef MOTE_PAIRS_HIGH

}  // namespace mote
