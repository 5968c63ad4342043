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

// Fours of pixels. On the stack: the dot's fields, and the pixels' places in y at 48.
// r0 r2 r4 r6: sums of the pixels; q7: their places.
#define MOTE_MVE_ENTER(MORE)                                                          \
  "push {r4-r11, lr}\n"                                                               \
  "vpush {d8-d15}\n"                                                                  \
  "ldm r0, {r1-r12}\n"                                                                \
  "sub sp, sp, #" MORE "\n"                                                           \
  "push {r1-r12}\n"                                                                   \
  "mov r0, #0\n add r2, r5, r5\n add r3, r2, r5\n"                                    \
  "strd r0, r5, [sp, #48]\n strd r2, r3, [sp, #56]\n"
// Goes on with the next four from label 1, or returns. FRAME: bytes of stack.
#define MOTE_MVE_LEAVE(FRAME)                                                         \
  "ldr r1, [sp]\n"                                                                    \
  "ldr r5, [sp, #16]\n"                                                               \
  "ldr r9, [sp, #24]\n"                                                               \
  "add r1, r1, r5, lsl #2\n"                                                          \
  "str r1, [sp]\n"                                                                    \
  "subs r9, r9, #1\n"                                                                 \
  "str r9, [sp, #24]\n"                                                               \
  "bne 1b\n"                                                                          \
  "add sp, sp, #" FRAME "\n"                                                          \
  "vpop {d8-d15}\n"                                                                   \
  "pop {r4-r11, pc}\n"
// Sums X and Y of two channels, whose constants stand at B, M, A and S, to outputs in their top
// bytes. U, V: core registers for constants, free.
#define MOTE_MVE_BIAS(X, Y, U, V, B)                                                  \
  "ldrd " U ", " V ", [" B "]\n vadd.i32 " X ", " X ", " U "\n vadd.i32 " Y ", " Y ", " V "\n"
#define MOTE_MVE_HIGH(X, Y, U, V, M)                                                  \
  "ldrd " U ", " V ", [" M "]\n vqrdmulh.s32 " X ", " X ", " U "\n"                   \
  "vqrdmulh.s32 " Y ", " Y ", " V "\n"
#define MOTE_MVE_TOP(X, Y, U, V, A, S)                                                \
  "ldrd " U ", " V ", [" A "]\n vadd.i32 " X ", " X ", " U "\n vadd.i32 " Y ", " Y ", " V "\n" \
  "ldrd " U ", " V ", [" S "]\n vqshl.s32 " X ", " U "\n vqshl.s32 " Y ", " V "\n"

// One or two blocks. q0-q3: pixels; q4: weights; q4-q6: sums, then outputs. r1: y; r3: packed
// weights; r5, r9: constants; r7: clamped; r8 r10 r11 r12: the pixels' second blocks.
#define MOTE_MVE_SUMS(W)                                                              \
  "vldrb.8 q4, [r3, #" W "]\n"                                                        \
  "vmladav.s8 r0, q0, q4\n vmladav.s8 r2, q1, q4\n"                                   \
  "vmladav.s8 r4, q2, q4\n vmladav.s8 r6, q3, q4\n"
#define MOTE_MVE_MORE(W)                                                              \
  "vldrb.8 q4, [r3, #" W "]\n"                                                        \
  "vldrb.8 q7, [r8]\n vmladava.s8 r0, q7, q4\n"                                       \
  "vldrb.8 q7, [r10]\n vmladava.s8 r2, q7, q4\n"                                      \
  "vldrb.8 q7, [r11]\n vmladava.s8 r4, q7, q4\n"                                      \
  "vldrb.8 q7, [r12]\n vmladava.s8 r6, q7, q4\n"
#define MOTE_MVE_GATHER(LOW, HIGH) "vmov " LOW ", r0, r2\n vmov " HIGH ", r4, r6\n"
#define MOTE_MVE_FEW_false(X, Y, FREE, B, M, A, S)                                    \
  MOTE_MVE_BIAS(X, Y, "r5", "r9", B) MOTE_MVE_HIGH(X, Y, "r5", "r9", M)               \
  MOTE_MVE_TOP(X, Y, "r5", "r9", A, S)
// FREE: a vector for one sign after the other.
#define MOTE_MVE_FEW_true(X, Y, FREE, B, M, A, S)                                     \
  MOTE_MVE_BIAS(X, Y, "r5", "r9", B)                                                  \
  "ldrd r5, r9, [" M "]\n"                                                            \
  "vshr.s32 " FREE ", " X ", #31\n vqrdmulh.s32 " X ", " X ", r5\n"                   \
  "vadd.i32 " X ", " X ", " FREE "\n"                                                 \
  "vshr.s32 " FREE ", " Y ", #31\n vqrdmulh.s32 " Y ", " Y ", r9\n"                   \
  "vadd.i32 " Y ", " Y ", " FREE "\n"                                                 \
  MOTE_MVE_TOP(X, Y, "r5", "r9", A, S)
#define MOTE_MVE_DOT_FEW(POINTERS, SUMS_0, SUMS_1, SUMS_2, SUMS_3, SCALE_0, SCALE_1, BYTES) \
  MOTE_MVE_ENTER("16")                                                                \
  "1:\n"                                                                              \
  "ldrd r8, r9, [sp, #8]\n"                                                           \
  "vldrb.8 q0, [r8]\n add r10, r8, r9\n vldrb.8 q1, [r10]\n add r11, r10, r9\n"       \
  "vldrb.8 q2, [r11]\n add r12, r11, r9\n vldrb.8 q3, [r12]\n add r9, r12, r9\n"      \
  "str r9, [sp, #8]\n"                                                                \
  POINTERS                                                                            \
  "ldrd r1, r3, [sp]\n"                                                               \
  "ldr r5, [sp, #20]\n"                                                               \
  "ldr r7, [sp, #28]\n"                                                               \
  "dls lr, r5\n"                                                                      \
  "2:\n"                                                                              \
  SUMS_0 MOTE_MVE_GATHER("d10", "d11") SUMS_1 MOTE_MVE_GATHER("d12", "d13")           \
  SCALE_0                                                                             \
  "vsri.32 q6, q5, #8\n"                                                              \
  SUMS_2 MOTE_MVE_GATHER("d10", "d11") SUMS_3 MOTE_MVE_GATHER("d8", "d9")             \
  SCALE_1                                                                             \
  "vldrw.32 q7, [sp, #48]\n"                                                          \
  "vsri.32 q4, q5, #8\n vsri.32 q4, q6, #16\n"                                        \
  "cbz r7, 3f\n"                                                                      \
  "ldrd r5, r9, [sp, #32]\n"                                                          \
  "vdup.8 q5, r5\n vdup.8 q6, r9\n vmax.s8 q4, q4, q5\n vmin.s8 q4, q4, q6\n"         \
  "3:\n"                                                                              \
  "vstrw.32 q4, [r1, q7]\n"                                                           \
  "add r1, r1, #4\n add r3, r3, #" BYTES "\n"                                         \
  "le lr, 2b\n"                                                                       \
  MOTE_MVE_LEAVE("64")
#define MOTE_MVE_DOT_FEW_1(SIGN)                                                      \
  MOTE_MVE_DOT_FEW(                                                                   \
      "", MOTE_MVE_SUMS("16"), MOTE_MVE_SUMS("32"), MOTE_MVE_SUMS("48"),              \
      MOTE_MVE_SUMS("64"),                                                            \
      MOTE_MVE_FEW_##SIGN("q5", "q6", "q4", "r3", "r3, #80", "r3, #96", "r3, #112"),  \
      MOTE_MVE_FEW_##SIGN("q5", "q4", "q7", "r3, #8", "r3, #88", "r3, #104", "r3, #120"), "128")
#define MOTE_MVE_DOT_FEW_2(SIGN)                                                      \
  MOTE_MVE_DOT_FEW(                                                                   \
      "add r8, r8, #16\n add r10, r10, #16\n add r11, r11, #16\n add r12, r12, #16\n", \
      MOTE_MVE_SUMS("16") MOTE_MVE_MORE("80"), MOTE_MVE_SUMS("32") MOTE_MVE_MORE("96"), \
      MOTE_MVE_SUMS("48") MOTE_MVE_MORE("112"),                                       \
      MOTE_MVE_SUMS("64") "add r3, r3, #64\n" MOTE_MVE_MORE("64") "sub r3, r3, #64\n", \
      MOTE_MVE_FEW_##SIGN("q5", "q6", "q4", "r3", "r3, #144", "r3, #160", "r3, #176"), \
      MOTE_MVE_FEW_##SIGN("q5", "q4", "q7", "r3, #8", "r3, #152", "r3, #168", "r3, #184"), "192")

// Any number of blocks, two channels after two. r1 r3 r5 r7: pixels; r9: weights; r0 r2 r4 r6: sums
// of one channel, r8 r10 r12 lr: of the other. On the stack: 64 the pixels, 80 group, 84 groups
// left, 88 y.
#define MOTE_MVE_PIXEL(MULTIPLY, X, Q, FIRST, SECOND)                                 \
  "vldrb.8 " Q ", [" X "], #16\n " MULTIPLY ".s8 " FIRST ", " Q ", q4\n "             \
  MULTIPLY ".s8 " SECOND ", " Q ", q5\n"
#define MOTE_MVE_BLOCK_4(MULTIPLY)                                                    \
  "vldrb.8 q4, [r9], #64\n vldrb.8 q5, [r9, #-48]\n"                                  \
  MOTE_MVE_PIXEL(MULTIPLY, "r1", "q0", "r0", "r8")                                    \
  MOTE_MVE_PIXEL(MULTIPLY, "r3", "q1", "r2", "r10")                                   \
  MOTE_MVE_PIXEL(MULTIPLY, "r5", "q0", "r4", "r12")                                   \
  MOTE_MVE_PIXEL(MULTIPLY, "r7", "q1", "r6", "lr")
#define MOTE_MVE_ANY_false(X, Y, M, A, S)                                             \
  MOTE_MVE_HIGH(X, Y, "r0", "r2", M) MOTE_MVE_TOP(X, Y, "r0", "r2", A, S)
#define MOTE_MVE_ANY_true(X, Y, M, A, S)                                              \
  "vshr.s32 q4, " X ", #31\n vshr.s32 q5, " Y ", #31\n"                               \
  MOTE_MVE_HIGH(X, Y, "r0", "r2", M)                                                  \
  "vadd.i32 " X ", " X ", q4\n vadd.i32 " Y ", " Y ", q5\n"                           \
  MOTE_MVE_TOP(X, Y, "r0", "r2", A, S)
// START: of the two channels' weights; X_LOW... : halves of the vectors X and Y; B: of the biases.
#define MOTE_MVE_TWO_CHANNELS(START, X, X_LOW, X_HIGH, Y, Y_LOW, Y_HIGH, B, SCALE)    \
  "ldr r9, [sp, #80]\n"                                                               \
  "ldrd r1, r3, [sp, #64]\n ldrd r5, r7, [sp, #72]\n"                                 \
  "add r9, r9, #" START "\n"                                                          \
  MOTE_MVE_BLOCK_4("vmladav")                                                         \
  "ldr r11, [sp, #44]\n cmp r11, #0\n ldr r11, [sp, #40]\n bne 4f\n"                  \
  "cmp r11, #0\n beq 5f\n"                                                            \
  "3:\n"                                                                              \
  MOTE_MVE_BLOCK_4("vmladava")                                                        \
  "4:\n"                                                                              \
  MOTE_MVE_BLOCK_4("vmladava")                                                        \
  "subs r11, r11, #2\n"                                                               \
  "bne 3b\n"                                                                          \
  "5:\n"                                                                              \
  "vmov " X_LOW ", r0, r2\n vmov " X_HIGH ", r4, r6\n"                                \
  "vmov " Y_LOW ", r8, r10\n vmov " Y_HIGH ", r12, lr\n"                              \
  "ldr r11, [sp, #80]\n"                                                              \
  MOTE_MVE_BIAS(X, Y, "r0", "r2", B)                                                  \
  SCALE
#define MOTE_MVE_DOT_ANY(SIGN)                                                        \
  MOTE_MVE_ENTER("48")                                                                \
  "1:\n"                                                                              \
  "ldrd r8, r9, [sp, #8]\n"                                                           \
  "add r10, r8, r9\n add r11, r10, r9\n add r12, r11, r9\n"                           \
  "strd r8, r10, [sp, #64]\n strd r11, r12, [sp, #72]\n"                              \
  "add r9, r12, r9\n"                                                                 \
  "str r9, [sp, #8]\n"                                                                \
  "ldrd r8, r9, [sp]\n"                                                               \
  "ldr r11, [sp, #20]\n"                                                              \
  "strd r9, r11, [sp, #80]\n"                                                         \
  "str r8, [sp, #88]\n"                                                               \
  "vldrw.32 q7, [sp, #48]\n"                                                          \
  "2:\n"                                                                              \
  MOTE_MVE_TWO_CHANNELS("16", "q2", "d4", "d5", "q3", "d6", "d7", "r11",              \
                        MOTE_MVE_ANY_##SIGN("q2", "q3", "r9", "r9, #16", "r9, #32"))  \
  MOTE_MVE_TWO_CHANNELS("48", "q0", "d0", "d1", "q1", "d2", "d3", "r11, #8",          \
                        MOTE_MVE_ANY_##SIGN("q0", "q1", "r9, #-24", "r9, #-8", "r9, #8")) \
  "vsri.32 q3, q2, #8\n vsri.32 q1, q0, #8\n vsri.32 q1, q3, #16\n"                   \
  "ldr r5, [sp, #28]\n"                                                               \
  "cbz r5, 6f\n"                                                                      \
  "ldrd r5, r7, [sp, #32]\n"                                                          \
  "vdup.8 q4, r5\n vdup.8 q5, r7\n vmax.s8 q1, q1, q4\n vmin.s8 q1, q1, q5\n"         \
  "6:\n"                                                                              \
  "ldrd r11, r1, [sp, #84]\n"                                                         \
  "add r9, r9, #16\n"                                                                 \
  "vstrw.32 q1, [r1, q7]\n"                                                           \
  "add r1, r1, #4\n"                                                                  \
  "str r1, [sp, #88]\n"                                                               \
  "subs r11, r11, #1\n"                                                               \
  "strd r9, r11, [sp, #80]\n"                                                         \
  "bne 2b\n"                                                                          \
  MOTE_MVE_LEAVE("96")

template <int blocks, bool sign>
void mve_dot_4(const MveDotFours*);

template <>
__attribute__((naked, noinline)) inline void mve_dot_4<1, false>(const MveDotFours*) {
  asm(MOTE_MVE_DOT_FEW_1(false));
}
template <>
__attribute__((naked, noinline)) inline void mve_dot_4<1, true>(const MveDotFours*) {
  asm(MOTE_MVE_DOT_FEW_1(true));
}
template <>
__attribute__((naked, noinline)) inline void mve_dot_4<2, false>(const MveDotFours*) {
  asm(MOTE_MVE_DOT_FEW_2(false));
}
template <>
__attribute__((naked, noinline)) inline void mve_dot_4<2, true>(const MveDotFours*) {
  asm(MOTE_MVE_DOT_FEW_2(true));
}
template <>
__attribute__((naked, noinline)) inline void mve_dot_4<0, false>(const MveDotFours*) {
  asm(MOTE_MVE_DOT_ANY(false));
}
template <>
__attribute__((naked, noinline)) inline void mve_dot_4<0, true>(const MveDotFours*) {
  asm(MOTE_MVE_DOT_ANY(true));
}
// clang-format on

#undef MOTE_MVE_ANY_false
#undef MOTE_MVE_ANY_true
#undef MOTE_MVE_BIAS
#undef MOTE_MVE_BLOCK_2
#undef MOTE_MVE_BLOCK_4
#undef MOTE_MVE_DOT_2
#undef MOTE_MVE_DOT_ANY
#undef MOTE_MVE_DOT_FEW
#undef MOTE_MVE_DOT_FEW_1
#undef MOTE_MVE_DOT_FEW_2
#undef MOTE_MVE_ENTER
#undef MOTE_MVE_FEW_false
#undef MOTE_MVE_FEW_true
#undef MOTE_MVE_GATHER
#undef MOTE_MVE_HIGH
#undef MOTE_MVE_LEAVE
#undef MOTE_MVE_MORE
#undef MOTE_MVE_PIXEL
#undef MOTE_MVE_SUMS
#undef MOTE_MVE_TAPS_1
#undef MOTE_MVE_TAPS_2
#undef MOTE_MVE_TOP
#undef MOTE_MVE_TWO_CHANNELS

}  // namespace mote
