// core/dot_block.hpp in the instructions of the DSP extension.
//
// GCC spills the 4 x 2 block's accumulators, so both loops are assembly. They read the block's
// fields from a copy on the stack, since every core register is in use.
#pragma once

#include "core/dot_block.hpp"

namespace mote {

// Offsets of the copy: y 0, y_stride 4, clamped 8, packed_end 12, x 16, x_end 20, odd 24, low 28,
// high 32, packed 36.

// clang-format off
// Tap pairs of four vectors side by side. x: int8 [4, taps]; taps: a multiple of 4.
__attribute__((naked, noinline)) inline void expand_four(uint32_t*, const int8_t*, int32_t) {
  asm("push {r4-r11, lr}\n"
      "add r12, r1, r2\n"
      "add r3, r2, r2, lsl #1\n"
      "1:\n"
      "ldr r5, [r1, r2]\n ldr r6, [r1, r2, lsl #1]\n ldr r7, [r1, r3]\n ldr r4, [r1], #4\n"
      "sxtb16 r8, r4\n sxtb16 r9, r5\n sxtb16 r10, r6\n sxtb16 r11, r7\n"
      "stmia r0!, {r8-r11}\n"
      "sxtb16 r4, r4, ror #8\n sxtb16 r5, r5, ror #8\n"
      "sxtb16 r6, r6, ror #8\n sxtb16 r7, r7, ror #8\n"
      "stmia r0!, {r4-r7}\n"
      "cmp r1, r12\n"
      "bne 1b\n"
      "pop {r4-r11, pc}\n");
}

// Two taps of four pixels. r0: weights, r1: pixels; r6 r8 r10 r12: S0, r7 r9 r11 lr: T.
#define MOTE_DOT_PAIR_4                                                                         \
  "ldr r4, [r0], #4\n ldrd r2, r3, [r1], #8\n sxtb16 r5, r4\n"                                  \
  "smlad r6, r2, r5, r6\n smlad r7, r2, r4, r7\n"                                               \
  "smlad r8, r3, r5, r8\n smlad r9, r3, r4, r9\n"                                               \
  "ldrd r2, r3, [r1], #8\n"                                                                     \
  "smlad r10, r2, r5, r10\n smlad r11, r2, r4, r11\n"                                           \
  "smlad r12, r3, r5, r12\n smlad lr, r3, r4, lr\n"
// The first two: all sums start from r6 and r7.
#define MOTE_DOT_FIRST_4                                                                        \
  "ldr r4, [r0], #4\n ldrd r2, r3, [r1, #8]\n sxtb16 r5, r4\n"                                  \
  "smlad r10, r2, r5, r6\n smlad r11, r2, r4, r7\n"                                             \
  "smlad r12, r3, r5, r6\n smlad lr, r3, r4, r7\n"                                              \
  "ldrd r2, r3, [r1], #16\n"                                                                    \
  "smlad r8, r3, r5, r6\n smlad r9, r3, r4, r7\n"                                               \
  "smlad r6, r2, r5, r6\n smlad r7, r2, r4, r7\n"

// r2: m, r3: addend, r4: s. The sign's form takes S and makes 2 * S of it by DOUBLE.
#define MOTE_DOT_SCALE_PLAIN(REG)                                                               \
  "smmlar " REG ", " REG ", r2, r3\n asr " REG ", " REG ", r4\n ssat " REG ", #8, " REG "\n"
#define MOTE_DOT_SCALE_SIGN(REG, DOUBLE)                                                        \
  "add r5, r3, " REG ", asr #31\n" DOUBLE "\n smmlar " REG ", " REG ", r2, r5\n"                \
  "asr " REG ", " REG ", r4\n ssat " REG ", #8, " REG "\n"
// Of the channels c0 and c1, by sign.
#define MOTE_DOT_EVEN_false(REG) MOTE_DOT_SCALE_PLAIN(REG)
#define MOTE_DOT_ODD_false(REG) MOTE_DOT_SCALE_PLAIN(REG)
#define MOTE_DOT_EVEN_true(REG) MOTE_DOT_SCALE_SIGN(REG, "lsl " REG ", " REG ", #1")
#define MOTE_DOT_ODD_true(REG) MOTE_DOT_SCALE_SIGN(REG, "asr " REG ", " REG ", #7")

// Clamps the bytes of REG into those of r2 and r3.
#define MOTE_DOT_CLAMP(REG)                                                                     \
  "ssub8 r5, " REG ", r2\n sel " REG ", " REG ", r2\n"                                          \
  "ssub8 r5, r3, " REG "\n sel " REG ", " REG ", r3\n"

#define MOTE_DOT_BLOCK_4(SIGN)                                                                  \
  "push {r4-r11, lr}\n"                                                                         \
  "ldmia r0, {r1-r10}\n"                                                                        \
  "push {r1-r10}\n"                                                                             \
  "mov r0, r10\n"                                                                               \
  "1:\n"                                                                                        \
  "ldrd r6, r7, [r0], #8\n"                                                                     \
  "ldr r1, [sp, #16]\n"                                                                         \
  MOTE_DOT_FIRST_4 MOTE_DOT_PAIR_4                                                              \
  "ldr r5, [sp, #24]\n"                                                                         \
  "cbnz r5, 3f\n"                                                                               \
  "b 4f\n"                                                                                      \
  "2:\n"                                                                                        \
  MOTE_DOT_PAIR_4 MOTE_DOT_PAIR_4                                                               \
  "3:\n"                                                                                        \
  MOTE_DOT_PAIR_4 MOTE_DOT_PAIR_4                                                               \
  "4:\n"                                                                                        \
  "ldr r5, [sp, #20]\n"                                                                         \
  "cmp r1, r5\n"                                                                                \
  "bne 2b\n"                                                                                    \
  "ldmia r0!, {r2-r4}\n"                                                                        \
  "sub r7, r7, r6\n sub r9, r9, r8\n sub r11, r11, r10\n sub lr, lr, r12\n"                     \
  MOTE_DOT_EVEN_##SIGN("r6") MOTE_DOT_EVEN_##SIGN("r8")                                         \
  MOTE_DOT_EVEN_##SIGN("r10") MOTE_DOT_EVEN_##SIGN("r12")                                       \
  "ldmia r0!, {r2-r4}\n"                                                                        \
  MOTE_DOT_ODD_##SIGN("r7") MOTE_DOT_ODD_##SIGN("r9")                                           \
  MOTE_DOT_ODD_##SIGN("r11") MOTE_DOT_ODD_##SIGN("lr")                                          \
  "bfi r6, r7, #8, #8\n bfi r8, r9, #8, #8\n bfi r10, r11, #8, #8\n bfi r12, lr, #8, #8\n"      \
  "ldmia sp, {r1, r2, r4, r7}\n"                                                                \
  "cbz r4, 5f\n"                                                                                \
  "ldrd r2, r3, [sp, #28]\n"                                                                    \
  MOTE_DOT_CLAMP("r6") MOTE_DOT_CLAMP("r8") MOTE_DOT_CLAMP("r10") MOTE_DOT_CLAMP("r12")         \
  "ldr r2, [sp, #4]\n"                                                                          \
  "5:\n"                                                                                        \
  "strh r8, [r1, r2]\n"                                                                         \
  "strh r10, [r1, r2, lsl #1]\n"                                                                \
  "add r2, r2, r2, lsl #1\n"                                                                    \
  "strh r12, [r1, r2]\n"                                                                        \
  "strh r6, [r1], #2\n"                                                                         \
  "str r1, [sp]\n"                                                                              \
  "cmp r0, r7\n"                                                                                \
  "blo 1b\n"                                                                                    \
  "add sp, sp, #40\n"                                                                           \
  "pop {r4-r11, pc}\n"

template <bool sign>
void dot_block_4(const DotBlock*);

template <>
__attribute__((naked, noinline)) inline void dot_block_4<true>(const DotBlock*) {
  asm(MOTE_DOT_BLOCK_4(true));
}

template <>
__attribute__((naked, noinline)) inline void dot_block_4<false>(const DotBlock*) {
  asm(MOTE_DOT_BLOCK_4(false));
}

// Two taps of one pixel: weights WORD, pixel X; r8: S0, r9: T.
#define MOTE_DOT_PAIR_1(WORD, X)                                                                \
  "sxtb16 r7, " WORD "\n smlad r9, " X ", " WORD ", r9\n smlad r8, " X ", r7, r8\n"

#define MOTE_DOT_BLOCK_1(SIGN)                                                                  \
  "push {r4-r11, lr}\n"                                                                         \
  "ldmia r0, {r1-r10}\n"                                                                        \
  "push {r1-r10}\n"                                                                             \
  "mov r0, r10\n"                                                                               \
  "1:\n"                                                                                        \
  "ldrd r8, r9, [r0], #8\n"                                                                     \
  "ldrd r1, r2, [sp, #16]\n"                                                                    \
  "ldr r5, [sp, #24]\n"                                                                         \
  "mov lr, r2\n"                                                                                \
  "cbz r5, 2f\n"                                                                                \
  "ldrd r3, r4, [r0], #8\n"                                                                     \
  "ldrd r10, r11, [r1], #8\n"                                                                   \
  MOTE_DOT_PAIR_1("r3", "r10") MOTE_DOT_PAIR_1("r4", "r11")                                     \
  "cmp r1, lr\n"                                                                                \
  "beq 3f\n"                                                                                    \
  "2:\n"                                                                                        \
  "ldmia r0!, {r3-r6}\n"                                                                        \
  "ldmia r1!, {r2, r10-r12}\n"                                                                  \
  MOTE_DOT_PAIR_1("r3", "r2") MOTE_DOT_PAIR_1("r4", "r10")                                      \
  MOTE_DOT_PAIR_1("r5", "r11") MOTE_DOT_PAIR_1("r6", "r12")                                     \
  "cmp r1, lr\n"                                                                                \
  "bne 2b\n"                                                                                    \
  "3:\n"                                                                                        \
  "ldmia r0!, {r2-r4}\n"                                                                        \
  "sub r9, r9, r8\n"                                                                            \
  MOTE_DOT_EVEN_##SIGN("r8")                                                                    \
  "ldmia r0!, {r2-r4}\n"                                                                        \
  MOTE_DOT_ODD_##SIGN("r9")                                                                     \
  "ldmia sp, {r1, r2, r4, r6}\n"                                                                \
  "bfi r8, r9, #8, #8\n"                                                                        \
  "cbz r4, 4f\n"                                                                                \
  "ldrd r2, r3, [sp, #28]\n"                                                                    \
  MOTE_DOT_CLAMP("r8")                                                                          \
  "4:\n"                                                                                        \
  "strh r8, [r1], #2\n"                                                                         \
  "str r1, [sp]\n"                                                                              \
  "cmp r0, r6\n"                                                                                \
  "blo 1b\n"                                                                                    \
  "add sp, sp, #40\n"                                                                           \
  "pop {r4-r11, pc}\n"

template <bool sign>
void dot_block_1(const DotBlock*);

template <>
__attribute__((naked, noinline)) inline void dot_block_1<true>(const DotBlock*) {
  asm(MOTE_DOT_BLOCK_1(true));
}

template <>
__attribute__((naked, noinline)) inline void dot_block_1<false>(const DotBlock*) {
  asm(MOTE_DOT_BLOCK_1(false));
}

// Two taps: words WORD of weights, tap pair X; S, T: sums.
#define MOTE_DOT_PAIR_BYTES(WORD, X, S, T)                                              \
  "sxtb16 r7, " WORD "\n smlad " T ", " X ", " WORD ", " T "\n"                         \
  "smlad " S ", " X ", r7, " S "\n"
// Four taps of one vector in bytes, two channel pairs. r0, r1: their weights; r2: x.
#define MOTE_DOT_FOUR_BYTES                                                             \
  "ldr r4, [r2], #4\n ldrd r5, r6, [r0], #8\n sxtb16 r3, r4\n sxtb16 r4, r4, ror #8\n"  \
  MOTE_DOT_PAIR_BYTES("r5", "r3", "r8", "r9") MOTE_DOT_PAIR_BYTES("r6", "r4", "r8", "r9") \
  "ldrd r5, r6, [r1], #8\n"                                                             \
  MOTE_DOT_PAIR_BYTES("r5", "r3", "r10", "r11") MOTE_DOT_PAIR_BYTES("r6", "r4", "r10", "r11")

// x and x_end are of bytes, y_stride is not used, requantisation is the sign's. On the stack as
// above; 40: bytes of packed weights of a channel pair.
__attribute__((naked, noinline)) inline void dot_block_bytes(const DotBlock*) {
  asm(
      "push {r4-r11, lr}\n"
      "ldmia r0, {r1-r10}\n"
      "sub sp, sp, #8\n"
      "push {r1-r10}\n"
      // Two words of weights for four bytes of x, and eight more.
      "sub r5, r6, r5\n"
      "lsl r5, r5, #1\n"
      "add r5, r5, #32\n"
      "str r5, [sp, #40]\n"
      "mov r0, r10\n"
      "1:\n"
      "ldr r1, [sp, #40]\n"
      "ldr r4, [sp, #12]\n"
      "add r1, r1, r0\n"
      // An odd last pair goes with itself.
      "cmp r1, r4\n"
      "it eq\n"
      "moveq r1, r0\n"
      "ldrd r8, r9, [r0], #8\n"
      "ldrd r10, r11, [r1], #8\n"
      "ldrd r2, r12, [sp, #16]\n"
      "ldr r5, [sp, #24]\n"
      "cbnz r5, 3f\n"
      "2:\n"
      MOTE_DOT_FOUR_BYTES
      "3:\n"
      MOTE_DOT_FOUR_BYTES
      "cmp r2, r12\n"
      "bne 2b\n"
      "sub r9, r9, r8\n sub r11, r11, r10\n"
      "mov r12, r1\n"
      "ldmia r0!, {r2-r4}\n"
      MOTE_DOT_EVEN_true("r8")
      "ldmia r0!, {r2-r4}\n"
      MOTE_DOT_ODD_true("r9")
      "ldmia r12!, {r2-r4}\n"
      MOTE_DOT_EVEN_true("r10")
      "ldmia r12!, {r2-r4}\n"
      MOTE_DOT_ODD_true("r11")
      "ldr r6, [sp, #8]\n"
      "ldr r1, [sp]\n"
      "bfi r8, r9, #8, #8\n bfi r10, r11, #8, #8\n"
      "cbz r6, 4f\n"
      "ldrd r2, r3, [sp, #28]\n"
      MOTE_DOT_CLAMP("r8") MOTE_DOT_CLAMP("r10")
      "4:\n"
      "strh r8, [r1], #2\n"
      "cmp r12, r0\n"
      "beq 5f\n"
      "strh r10, [r1], #2\n"
      "5:\n"
      "str r1, [sp]\n"
      "mov r0, r12\n"
      "ldr r4, [sp, #12]\n"
      "cmp r0, r4\n"
      "blo 1b\n"
      "add sp, sp, #48\n"
      "pop {r4-r11, pc}\n");
}
// clang-format on

#undef MOTE_DOT_PAIR_4
#undef MOTE_DOT_FIRST_4
#undef MOTE_DOT_PAIR_1
#undef MOTE_DOT_PAIR_BYTES
#undef MOTE_DOT_FOUR_BYTES
#undef MOTE_DOT_SCALE_PLAIN
#undef MOTE_DOT_SCALE_SIGN
#undef MOTE_DOT_EVEN_false
#undef MOTE_DOT_ODD_false
#undef MOTE_DOT_EVEN_true
#undef MOTE_DOT_ODD_true
#undef MOTE_DOT_BLOCK_4
#undef MOTE_DOT_BLOCK_1
#undef MOTE_DOT_CLAMP

}  // namespace mote
