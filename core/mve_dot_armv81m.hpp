// core/mve_dot.hpp in the instructions of the vector extension. GCC neither keeps eight sums in
// even registers nor makes tail-predicated loops, so both loops are assembly.
#pragma once

#include "core/mve_dot.hpp"

namespace mote {

// Sixteen taps of one channel of one pixel (q0).
#define MOTE_MVE_TAPS_1(SUM) "vldrb.8 q1, [r3], #16\n vmladava.s8 " SUM ", q0, q1\n"

// clang-format off
// r0 r2 r4 r6: sums; r1: x; r3: packed; r5: y; r7: taps; r8: start of x; r9: packed_end; q6, q7:
// min, max.
__attribute__((naked, noinline)) inline void mve_dot_1(const MveDot*) {
  asm("push {r4-r9, lr}\n"
      "vpush {d12-d15}\n"
      "ldrd r1, r2, [r0, #32]\n"
      "ldr r3, [r0, #16]\n"
      "vdup.32 q6, r1\n vdup.32 q7, r2\n"
      "ldm r0, {r5, r7, r8, r9}\n"
      "1:\n"
      "ldrd r0, r2, [r3], #8\n"
      "ldrd r4, r6, [r3], #8\n"
      "mov r1, r8\n"
      "dlstp.8 lr, r7\n"
      "2:\n"
      "vldrb.8 q0, [r1], #16\n"
      MOTE_MVE_TAPS_1("r0") MOTE_MVE_TAPS_1("r2") MOTE_MVE_TAPS_1("r4") MOTE_MVE_TAPS_1("r6")
      "letp lr, 2b\n"
      "vmov d0, r0, r2\n vmov d1, r4, r6\n"
      "vldrw.32 q1, [r3], #16\n vldrw.32 q2, [r3], #16\n vldrw.32 q3, [r3], #16\n"
      "vqrdmulh.s32 q1, q0, q1\n"
      "vshr.s32 q0, q0, #31\n"
      "vadd.i32 q1, q1, q2\n vadd.i32 q0, q0, q1\n"
      "vqshl.s32 q0, q0, q3\n"
      "vshr.s32 q0, q0, #24\n"
      "vmax.s32 q0, q0, q6\n vmin.s32 q0, q0, q7\n"
      "vstrb.32 q0, [r5], #4\n"
      "cmp r3, r9\n"
      "blo 1b\n"
      "vpop {d12-d15}\n"
      "pop {r4-r9, pc}\n");
}

// Sixteen taps of one channel of both pixels (q0, q1).
#define MOTE_MVE_TAPS_2(FIRST, SECOND, W)                                             \
  "vldrb.8 " W ", [r9], #16\n vmladava.s8 " FIRST ", q0, " W "\n"                     \
  "vmladava.s8 " SECOND ", q1, " W "\n"
#define MOTE_MVE_BLOCK_2                                                              \
  "vldrb.8 q0, [r1], #16\n vldrb.8 q1, [r5], #16\n"                                   \
  MOTE_MVE_TAPS_2("r0", "r8", "q2") MOTE_MVE_TAPS_2("r2", "r10", "q3")                \
  MOTE_MVE_TAPS_2("r4", "r12", "q2") MOTE_MVE_TAPS_2("r6", "lr", "q3")

// r0 r2 r4 r6: sums of the first pixel, r8 r10 r12 lr: of the second; r1, r5: pixels; r9: packed;
// r7: blocks; r3: y; r11: packed_end. On the stack: 0 x, 4 x_second, 8 y_step, 12 blocks, rounded
// up to an even number, 16 whether they are odd, 20 pairs, 24 x_step, 28 packed.
#define MOTE_MVE_DOT_2(MULTIPLY)                                                      \
  "push {r4-r11, lr}\n"                                                               \
  "vpush {d8-d15}\n"                                                                  \
  "ldrd r1, r2, [r0, #32]\n"                                                          \
  "vdup.32 q6, r1\n vdup.32 q7, r2\n"                                                 \
  "ldrd r6, r7, [r0, #24]\n"                                                          \
  "ldrd r4, r5, [r0, #20]\n"                                                          \
  "ldrd r11, r9, [r0, #12]\n"                                                         \
  "ldr r3, [r0]\n"                                                                    \
  "ldr r2, [r0, #8]\n"                                                                \
  "and r8, r7, #1\n"                                                                  \
  "add r7, r7, r8\n"                                                                  \
  "sub sp, sp, #32\n"                                                                 \
  "strd r2, r4, [sp]\n"                                                               \
  "strd r6, r7, [sp, #8]\n"                                                           \
  "str r8, [sp, #16]\n"                                                               \
  "ldrd r6, r7, [r0, #40]\n"                                                          \
  "strd r6, r7, [sp, #20]\n"                                                          \
  "str r9, [sp, #28]\n"                                                               \
  "1:\n"                                                                              \
  "ldrd r0, r2, [r9], #8\n"                                                           \
  "ldrd r4, r6, [r9], #8\n"                                                           \
  "ldrd r7, r5, [sp, #12]\n"                                                          \
  "mov r8, r0\n mov r10, r2\n mov r12, r4\n mov lr, r6\n"                             \
  "cmp r5, #0\n"                                                                      \
  "ldrd r1, r5, [sp]\n"                                                               \
  "bne 3f\n"                                                                          \
  "2:\n"                                                                              \
  MOTE_MVE_BLOCK_2                                                                    \
  "3:\n"                                                                              \
  MOTE_MVE_BLOCK_2                                                                    \
  "subs r7, #2\n"                                                                     \
  "bne 2b\n"                                                                          \
  "vmov d0, r0, r2\n vmov d1, r4, r6\n"                                               \
  "vmov d2, r8, r10\n vmov d3, r12, lr\n"                                             \
  "ldr r7, [sp, #8]\n"                                                                \
  "vldrw.32 q2, [r9], #16\n vldrw.32 q3, [r9], #16\n vldrw.32 q4, [r9], #16\n"        \
  MULTIPLY                                                                            \
  "vadd.i32 q0, q0, q3\n vadd.i32 q1, q1, q3\n"                                       \
  "vqshl.s32 q0, q0, q4\n vqshl.s32 q1, q1, q4\n"                                     \
  "vshr.s32 q0, q0, #24\n vshr.s32 q1, q1, #24\n"                                     \
  "vmax.s32 q0, q0, q6\n vmax.s32 q1, q1, q6\n"                                       \
  "vmin.s32 q0, q0, q7\n vmin.s32 q1, q1, q7\n"                                       \
  "add r7, r7, r3\n"                                                                  \
  "vstrb.32 q0, [r3], #4\n"                                                           \
  "vstrb.32 q1, [r7]\n"                                                               \
  "cmp r9, r11\n"                                                                     \
  "blo 1b\n"                                                                          \
  "ldrd r0, r2, [sp, #20]\n"                                                          \
  "ldrd r4, r6, [sp]\n"                                                               \
  "ldrd r7, r8, [sp, #8]\n"                                                           \
  "ldr r9, [sp, #28]\n"                                                               \
  "subs r0, r0, #1\n"                                                                 \
  "add r4, r4, r2\n add r6, r6, r2\n add r3, r3, r7\n"                                \
  "strd r4, r6, [sp]\n"                                                               \
  "str r0, [sp, #20]\n"                                                               \
  "bne 1b\n"                                                                          \
  "add sp, sp, #32\n"                                                                 \
  "vpop {d8-d15}\n"                                                                   \
  "pop {r4-r11, pc}\n"

template <bool sign>
void mve_dot_2(const MveDot*);

template <>
__attribute__((naked, noinline)) inline void mve_dot_2<false>(const MveDot*) {
  asm(MOTE_MVE_DOT_2("vqrdmulh.s32 q0, q0, q2\n vqrdmulh.s32 q1, q1, q2\n"));
}

template <>
__attribute__((naked, noinline)) inline void mve_dot_2<true>(const MveDot*) {
  asm(MOTE_MVE_DOT_2("vshr.s32 q5, q0, #31\n vqrdmulh.s32 q0, q0, q2\n vadd.i32 q0, q0, q5\n"
                     "vshr.s32 q5, q1, #31\n vqrdmulh.s32 q1, q1, q2\n vadd.i32 q1, q1, q5\n"));
}

// q0-q3: pixels; q4: weights; q4-q6: sums, then outputs in their top bytes; q7: where the pixels'
// outputs lie. r0 r2 r4 r6: sums; r1: y; r3: packed weights; r5: constants; r7: clamped.
#define MOTE_MVE_SUMS(W)                                                              \
  "vldrb.8 q4, [r3, #" W "]\n"                                                        \
  "vmladav.s8 r0, q0, q4\n vmladav.s8 r2, q1, q4\n"                                   \
  "vmladav.s8 r4, q2, q4\n vmladav.s8 r6, q3, q4\n"
// The second block: from pixels that r8, r10, r11 and r12 point to.
#define MOTE_MVE_MORE(W, X)                                                           \
  "vldrb.8 q4, [r3, #" W "]\n"                                                        \
  "vldrb.8 " X ", [r8]\n vmladava.s8 r0, " X ", q4\n"                                 \
  "vldrb.8 " X ", [r10]\n vmladava.s8 r2, " X ", q4\n"                                \
  "vldrb.8 " X ", [r11]\n vmladava.s8 r4, " X ", q4\n"                                \
  "vldrb.8 " X ", [r12]\n vmladava.s8 r6, " X ", q4\n"
#define MOTE_MVE_GATHER(LOW, HIGH) "vmov " LOW ", r0, r2\n vmov " HIGH ", r4, r6\n"
// Constants of two channels at B, M, A and S; their sums in X and Y.
#define MOTE_MVE_SCALE(X, Y, B, M, A, S)                                              \
  "ldrd r5, r9, [r3, #" B "]\n vadd.i32 " X ", " X ", r5\n vadd.i32 " Y ", " Y ", r9\n" \
  "ldrd r5, r9, [r3, #" M "]\n vqrdmulh.s32 " X ", " X ", r5\n"                       \
  "vqrdmulh.s32 " Y ", " Y ", r9\n"                                                   \
  "ldrd r5, r9, [r3, #" A "]\n vadd.i32 " X ", " X ", r5\n vadd.i32 " Y ", " Y ", r9\n" \
  "ldrd r5, r9, [r3, #" S "]\n vqshl.s32 " X ", r5\n vqshl.s32 " Y ", r9\n"
// On the stack: the dot's fields, and the pixels' places in y behind them.
#define MOTE_MVE_DOT_FEW(POINTERS, SUMS_0, SUMS_1, SUMS_2, SUMS_3, SCALE_0, SCALE_1, BYTES) \
  "push {r4-r11, lr}\n"                                                               \
  "vpush {d8-d15}\n"                                                                  \
  "ldm r0, {r1-r10}\n"                                                                \
  "sub sp, sp, #16\n"                                                                 \
  "push {r1-r10}\n"                                                                   \
  "mov r0, #0\n add r2, r5, r5\n add r3, r2, r5\n"                                    \
  "strd r0, r5, [sp, #40]\n strd r2, r3, [sp, #48]\n"                                 \
  "1:\n"                                                                              \
  "ldrd r8, r9, [sp, #8]\n"                                                           \
  "vldrb.8 q0, [r8]\n add r10, r8, r9\n vldrb.8 q1, [r10]\n add r11, r10, r9\n"       \
  "vldrb.8 q2, [r11]\n add r12, r11, r9\n vldrb.8 q3, [r12]\n add r9, r12, r9\n"      \
  "str r9, [sp, #8]\n"                                                                \
  POINTERS                                                                            \
  "ldrd r1, r3, [sp]\n"                                                               \
  "ldr r5, [sp, #20]\n"                                                               \
  "ldr r7, [sp, #28]\n"                                                               \
  "vldrw.32 q7, [sp, #40]\n"                                                          \
  "dls lr, r5\n"                                                                      \
  "2:\n"                                                                              \
  SUMS_0 MOTE_MVE_GATHER("d10", "d11") SUMS_1 MOTE_MVE_GATHER("d12", "d13")           \
  SCALE_0                                                                             \
  "vsri.32 q6, q5, #8\n"                                                              \
  SUMS_2 MOTE_MVE_GATHER("d10", "d11") SUMS_3 MOTE_MVE_GATHER("d8", "d9")             \
  SCALE_1                                                                             \
  "vsri.32 q4, q5, #8\n vsri.32 q4, q6, #16\n"                                        \
  "cbz r7, 3f\n"                                                                      \
  "ldrd r5, r9, [sp, #32]\n"                                                          \
  "vdup.8 q5, r5\n vdup.8 q6, r9\n vmax.s8 q4, q4, q5\n vmin.s8 q4, q4, q6\n"         \
  "3:\n"                                                                              \
  "vstrw.32 q4, [r1, q7]\n"                                                           \
  "add r1, r1, #4\n add r3, r3, #" BYTES "\n"                                         \
  "le lr, 2b\n"                                                                       \
  "ldr r1, [sp]\n"                                                                    \
  "ldr r5, [sp, #16]\n"                                                               \
  "ldr r9, [sp, #24]\n"                                                               \
  "add r1, r1, r5, lsl #2\n"                                                          \
  "str r1, [sp]\n"                                                                    \
  "subs r9, r9, #1\n"                                                                 \
  "str r9, [sp, #24]\n"                                                               \
  "bne 1b\n"                                                                          \
  "add sp, sp, #56\n"                                                                 \
  "vpop {d8-d15}\n"                                                                   \
  "pop {r4-r11, pc}\n"

template <int blocks>
void mve_dot_few(const MveDotFew*);

template <>
__attribute__((naked, noinline)) inline void mve_dot_few<1>(const MveDotFew*) {
  asm(MOTE_MVE_DOT_FEW(
      "", MOTE_MVE_SUMS("16"), MOTE_MVE_SUMS("32"), MOTE_MVE_SUMS("48"), MOTE_MVE_SUMS("64"),
      MOTE_MVE_SCALE("q5", "q6", "0", "80", "96", "112"),
      MOTE_MVE_SCALE("q5", "q4", "8", "88", "104", "120"), "128"));
}

// q7 holds pixels, too.
template <>
__attribute__((naked, noinline)) inline void mve_dot_few<2>(const MveDotFew*) {
  asm(MOTE_MVE_DOT_FEW(
      "add r8, r8, #16\n add r10, r10, #16\n add r11, r11, #16\n add r12, r12, #16\n",
      MOTE_MVE_SUMS("16") MOTE_MVE_MORE("80", "q7"),
      MOTE_MVE_SUMS("32") MOTE_MVE_MORE("96", "q7"),
      MOTE_MVE_SUMS("48") MOTE_MVE_MORE("112", "q7"),
      MOTE_MVE_SUMS("64") "add r3, r3, #64\n" MOTE_MVE_MORE("64", "q7") "sub r3, r3, #64\n"
      "vldrw.32 q7, [sp, #40]\n",
      MOTE_MVE_SCALE("q5", "q6", "0", "144", "160", "176"),
      MOTE_MVE_SCALE("q5", "q4", "8", "152", "168", "184"), "192"));
}
// clang-format on

#undef MOTE_MVE_TAPS_1
#undef MOTE_MVE_TAPS_2
#undef MOTE_MVE_BLOCK_2
#undef MOTE_MVE_DOT_2
#undef MOTE_MVE_SUMS
#undef MOTE_MVE_MORE
#undef MOTE_MVE_GATHER
#undef MOTE_MVE_SCALE
#undef MOTE_MVE_DOT_FEW

}  // namespace mote
