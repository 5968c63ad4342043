// core/dot_pairs.hpp for RV32IM. GCC loads ahead and spills sums, so the loops are assembly.
#pragma once

#include "core/dot_pairs.hpp"

namespace mote {

// Offsets in DotPairsRun: x 0, weights 4, marks 8, tap_pairs 12.
//
// a0: x, a2 and a3: the channels' weights, a4: marks, inverted: the top bit tells, once shifted,
// whether the run goes on, a5: x where the word of marks ends, a6: next word of marks, a7: pairs
// left, t0-t3: accumulators, t4 and t5: pixels, t6: a weight, s0: a product, s1-s8: sums, s9: where
// accumulators start.
#define MOTE_PAIRS_TAP(FIRST, SECOND, WEIGHT)                           \
  "lw t4, " FIRST "(a0)\n lw t5, " SECOND "(a0)\n lb t6, " WEIGHT       \
  "(a2)\n"                                                              \
  "mul s0, t4, t6\n add t0, t0, s0\n mul s0, t5, t6\n add t1, t1, s0\n" \
  "lb t6, " WEIGHT                                                      \
  "(a3)\n"                                                              \
  "mul s0, t4, t6\n add t2, t2, s0\n mul s0, t5, t6\n add t3, t3, s0\n"

#define MOTE_PAIRS_END(ACCUMULATOR, ALL, HIGH)                    \
  "add " ALL ", " ALL ", " ACCUMULATOR "\n srli t6, " ACCUMULATOR \
  ", 16\n"                                                        \
  "add " HIGH ", " HIGH ", t6\n mv " ACCUMULATOR ", s9\n"

// clang-format off
__attribute__((naked, noinline)) inline void dot_pairs_run(const DotPairsRun*, DotPairsSums*) {
  asm("addi sp, sp, -48\n"
      "sw s0, 0(sp)\n sw s1, 4(sp)\n sw s2, 8(sp)\n sw s3, 12(sp)\n sw s4, 16(sp)\n"
      "sw s5, 20(sp)\n sw s6, 24(sp)\n sw s7, 28(sp)\n sw s8, 32(sp)\n sw s9, 36(sp)\n"
      "lw a7, 12(a0)\n lw a6, 8(a0)\n lw a2, 4(a0)\n lw a0, 0(a0)\n"
      "slli a3, a7, 1\n add a3, a3, a2\n"
      "li s1, 0\n li s2, 0\n li s3, 0\n li s4, 0\n li s5, 0\n li s6, 0\n li s7, 0\n li s8, 0\n"
      "li s9, 0x7f007f00\n mv t0, s9\n mv t1, s9\n mv t2, s9\n mv t3, s9\n"
      "1: li a5, 32\n"  // the next word of marks
      "ble a5, a7, 3f\n mv a5, a7\n"
      "3: sub a7, a7, a5\n"
      "lw a4, 0(a6)\n addi a6, a6, 4\n"
      "li t4, 32\n sub t4, t4, a5\n li t5, 1\n sll t5, t5, t4\n or a4, a4, t5\n"
      "not a4, a4\n srli a4, a4, 1\n"
      "slli a5, a5, 4\n add a5, a5, a0\n"
      "2: " MOTE_PAIRS_TAP("0", "4", "0") MOTE_PAIRS_TAP("8", "12", "1")
      "slli a4, a4, 1\n addi a0, a0, 16\n addi a2, a2, 2\n addi a3, a3, 2\n bltz a4, 2b\n"
      MOTE_PAIRS_END("t0", "s1", "s5") MOTE_PAIRS_END("t1", "s2", "s6")  // a run ends
      MOTE_PAIRS_END("t2", "s3", "s7") MOTE_PAIRS_END("t3", "s4", "s8")
      "bne a0, a5, 2b\n"
      "bnez a7, 1b\n"
      "sw s1, 0(a1)\n sw s2, 4(a1)\n sw s3, 8(a1)\n sw s4, 12(a1)\n"
      "sw s5, 16(a1)\n sw s6, 20(a1)\n sw s7, 24(a1)\n sw s8, 28(a1)\n"
      "lw s0, 0(sp)\n lw s1, 4(sp)\n lw s2, 8(sp)\n lw s3, 12(sp)\n lw s4, 16(sp)\n"
      "lw s5, 20(sp)\n lw s6, 24(sp)\n lw s7, 28(sp)\n lw s8, 32(sp)\n lw s9, 36(sp)\n"
      "addi sp, sp, 48\n"
      "ret\n");
}
// clang-format on

#undef MOTE_PAIRS_TAP
#undef MOTE_PAIRS_END

}  // namespace mote
