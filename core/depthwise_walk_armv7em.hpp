// core/depthwise_walk.hpp in the instructions of the DSP extension. All fourteen registers are in
// use, and GCC would spill.
#pragma once

#include "core/depthwise_walk.hpp"

namespace mote {

// clang-format off
// r0-r3: lanes; r4, r5: inputs; r6, r7: steps. On the stack: end.
// Two channels of two columns: words X and Y, of bytes upper c, c + 1, lower c, c + 1.
#define MOTE_PAIR_CHANNELS(X, Y, TO_FIRST, TO_SECOND)                             \
  "sxtb16 r11, " X "\n sxtb16 lr, " Y "\n strd r11, lr, [" TO_FIRST "], #8\n"     \
  "sxtb16 r11, " X ", ror #8\n sxtb16 lr, " Y ", ror #8\n"                        \
  "strd r11, lr, [" TO_SECOND "], #8\n"

__attribute__((naked, noinline)) inline void depthwise_pair_columns(const DepthwisePairRow*) {
  asm("push {r4-r11, lr}\n"
      "ldrd r10, r11, [r0, #32]\n"
      "push {r10, r11}\n"
      "ldmia r0, {r0-r7}\n"
      "b 2f\n"
      "1:\n"
      "ldr r8, [r4]\n ldr r9, [r5]\n ldr r10, [r4, r6]\n ldr r11, [r5, r7]\n"
      "add r4, r4, r6, lsl #1\n add r5, r5, r7, lsl #1\n"
      "pkhbt r12, r8, r9, lsl #16\n pkhtb r8, r9, r8, asr #16\n"
      "pkhbt r9, r10, r11, lsl #16\n pkhtb r10, r11, r10, asr #16\n"
      MOTE_PAIR_CHANNELS("r12", "r9", "r0", "r1")
      MOTE_PAIR_CHANNELS("r8", "r10", "r2", "r3")
      "2:\n"
      "ldr r11, [sp]\n"
      "cmp r0, r11\n"
      "bne 1b\n"
      "ldr r11, [sp, #4]\n"
      "cmp r11, #0\n"
      "beq 3f\n"
      "ldr r8, [r4]\n ldr r9, [r5]\n"
      "pkhbt r12, r8, r9, lsl #16\n pkhtb r8, r9, r8, asr #16\n"
      "sxtb16 r11, r12\n str r11, [r0]\n sxtb16 r11, r12, ror #8\n str r11, [r1]\n"
      "sxtb16 r11, r8\n str r11, [r2]\n sxtb16 r11, r8, ror #8\n str r11, [r3]\n"
      "3:\n"
      "add sp, sp, #8\n"
      "pop {r4-r11, pc}\n");
}

// The walk's fields lie on the stack. r0, r1: columns of P(j), P(j + 1); r2: y; r10, r11: sums of
// the upper row, r12, lr: of the lower one. r3-r9 hold weights and columns, then constants.
#define MOTE_WALK_ENTER                                                           \
  "push {r4-r11, lr}\n"                                                           \
  "add r12, r0, #48\n"                                                            \
  "ldmia r12, {r1-r12}\n"                                                         \
  "push {r1-r12}\n"                                                               \
  "ldmia r0, {r1-r12}\n"                                                          \
  "push {r1-r12}\n"
// Starts a pass.
#define MOTE_WALK_PASS                                                            \
  "2:\n"                                                                          \
  "ldr r3, [sp, #92]\n"                                                           \
  "ldrd r6, r4, [sp, #72]\n"                                                      \
  "ldrd r7, r9, [sp, #80]\n"                                                      \
  "ldrd r0, r2, [sp, #56]\n"                                                      \
  "ldrd r1, r10, [sp, #64]\n"                                                     \
  "subs r3, r3, #1\n"                                                             \
  "it eq\n moveq r6, r4\n"                                                        \
  "str r3, [sp, #92]\n"                                                           \
  "add r8, r6, r7\n add r9, r9, r0\n"                                             \
  "add r1, r1, r0\n add r10, r10, r2\n"                                           \
  "strd r1, r10, [sp, #56]\n"                                                     \
  "strd r6, r7, [sp, #12]\n"                                                      \
  "strd r8, r9, [sp, #20]\n"
// Goes on with a last output that is alone, which takes the place of the one beside it, or with the
// next pass. r6: down, r7: right, r9: end.
#define MOTE_WALK_NEXT                                                            \
  "cbz r7, 3f\n"                                                                  \
  "ldr r3, [sp, #88]\n"                                                           \
  "cbz r3, 3f\n"                                                                  \
  "mov r8, r6\n movs r7, #0\n add r9, r9, r3\n"                                   \
  "strd r7, r8, [sp, #16]\n"                                                      \
  "str r9, [sp, #24]\n"                                                           \
  "b 1b\n"                                                                        \
  "3:\n"                                                                          \
  "ldr r3, [sp, #92]\n"                                                           \
  "cmp r3, #0\n"                                                                  \
  "bne 2b\n"                                                                      \
  "add sp, sp, #96\n"                                                             \
  "pop {r4-r11, pc}\n"
// r3: multiplier, r4: addend, r5: shift.
#define MOTE_WALK_SCALE(SUM)                                                      \
  "smmlar " SUM ", " SUM ", r3, r4\n asr " SUM ", r5\n ssat " SUM ", #8, " SUM "\n"
// r9 is free.
#define MOTE_WALK_SCALE_SIGN(SUM)                                                 \
  "asr r9, " SUM ", #31\n add r9, r4, r9, lsl #7\n smmlar " SUM ", " SUM ", r3, r9\n" \
  "asr " SUM ", r5\n ssat " SUM ", #8, " SUM "\n"
// Two rows, of two columns X and Y.
#define MOTE_WALK_UPPER(X, Y, A)                                                  \
  "smlad r10, " X ", " A ", r10\n smlad r11, " Y ", " A ", r11\n"                 \
  "smlatb r12, " X ", " A ", r12\n smlatb lr, " Y ", " A ", lr\n"
#define MOTE_WALK_LOWER(X, Y, B)                                                  \
  "smlabt r10, " X ", " B ", r10\n smlabt r11, " Y ", " B ", r11\n"               \
  "smlad r12, " X ", " B ", r12\n smlad lr, " Y ", " B ", lr\n"

#define MOTE_WALK_1(SCALE)                                                        \
  MOTE_WALK_ENTER                                                                 \
  MOTE_WALK_PASS                                                                  \
  "1:\n"                                                                          \
  "ldmia r0, {r6-r9}\n"                                                           \
  "ldrd r3, r4, [sp, #28]\n ldrd r5, lr, [sp, #36]\n"                             \
  "smlad r10, r6, r3, lr\n smlad r11, r7, r3, lr\n"                               \
  "smlatb r12, r6, r3, lr\n smlatb lr, r7, r3, lr\n"                              \
  MOTE_WALK_UPPER("r7", "r8", "r4") MOTE_WALK_UPPER("r8", "r9", "r5")             \
  "ldmia r1, {r6-r9}\n"                                                           \
  "ldrd r3, r4, [sp, #44]\n ldr r5, [sp, #52]\n"                                  \
  MOTE_WALK_LOWER("r6", "r7", "r3") MOTE_WALK_LOWER("r7", "r8", "r4")             \
  MOTE_WALK_LOWER("r8", "r9", "r5")                                               \
  SCALE("r10", "r11", "r12", "lr")                                                \
  "strb lr, [r2, r8]\n strb r12, [r2, r6]\n strb r11, [r2, r7]\n strb r10, [r2]\n" \
  "add r2, r2, r7, lsl #1\n"                                                      \
  "add r0, r0, #8\n add r1, r1, #8\n"                                             \
  "cmp r0, r9\n"                                                                  \
  "bne 1b\n"                                                                      \
  MOTE_WALK_NEXT

#define MOTE_WALK_2(SCALE)                                                        \
  MOTE_WALK_ENTER                                                                 \
  MOTE_WALK_PASS                                                                  \
  "1:\n"                                                                          \
  "ldmia r0, {r6-r9, r12}\n"                                                      \
  "ldrd r3, r4, [sp, #28]\n ldrd r5, lr, [sp, #36]\n"                             \
  "smlad r10, r6, r3, lr\n smlad r11, r8, r3, lr\n"                               \
  "smlad r10, r7, r4, r10\n smlad r11, r9, r4, r11\n"                             \
  "smlad r10, r8, r5, r10\n smlad r11, r12, r5, r11\n"                            \
  "ldmia r1, {r6-r9, r12}\n"                                                      \
  "ldrd r3, r4, [sp, #44]\n"                                                      \
  "smlabb r10, r6, r3, r10\n smlabb r11, r8, r3, r11\n"                           \
  "smlabt r10, r7, r3, r10\n smlabt r11, r9, r3, r11\n"                           \
  "smlabt r10, r8, r4, r10\n smlabt r11, r12, r4, r11\n"                          \
  SCALE("r10", "r11")                                                             \
  "strb r11, [r2, r7]\n strb r10, [r2]\n"                                         \
  "add r2, r2, r7, lsl #1\n"                                                      \
  "add r0, r0, #16\n add r1, r1, #16\n"                                           \
  "cmp r0, r9\n"                                                                  \
  "bne 1b\n"                                                                      \
  MOTE_WALK_NEXT

#define MOTE_WALK_PLAIN_4(A, B, C, D)                                             \
  "ldmia sp, {r3-r9}\n"                                                           \
  MOTE_WALK_SCALE(A) MOTE_WALK_SCALE(B) MOTE_WALK_SCALE(C) MOTE_WALK_SCALE(D)
#define MOTE_WALK_PLAIN_2(A, B)                                                   \
  "ldmia sp, {r3-r9}\n"                                                           \
  MOTE_WALK_SCALE(A) MOTE_WALK_SCALE(B)
#define MOTE_WALK_SIGN_4(A, B, C, D)                                              \
  "ldmia sp, {r3-r8}\n"                                                           \
  MOTE_WALK_SCALE_SIGN(A) MOTE_WALK_SCALE_SIGN(B)                                 \
  MOTE_WALK_SCALE_SIGN(C) MOTE_WALK_SCALE_SIGN(D)                                 \
  "ldr r9, [sp, #24]\n"
#define MOTE_WALK_SIGN_2(A, B)                                                    \
  "ldmia sp, {r3-r8}\n"                                                           \
  MOTE_WALK_SCALE_SIGN(A) MOTE_WALK_SCALE_SIGN(B)                                 \
  "ldr r9, [sp, #24]\n"

template <bool sign>
void depthwise_walk_1(const DepthwiseWalk*);
template <>
__attribute__((naked, noinline)) inline void depthwise_walk_1<true>(const DepthwiseWalk*) {
  asm(MOTE_WALK_1(MOTE_WALK_SIGN_4));
}
template <>
__attribute__((naked, noinline)) inline void depthwise_walk_1<false>(const DepthwiseWalk*) {
  asm(MOTE_WALK_1(MOTE_WALK_PLAIN_4));
}

template <bool sign>
void depthwise_walk_2(const DepthwiseWalk*);
template <>
__attribute__((naked, noinline)) inline void depthwise_walk_2<true>(const DepthwiseWalk*) {
  asm(MOTE_WALK_2(MOTE_WALK_SIGN_2));
}
template <>
__attribute__((naked, noinline)) inline void depthwise_walk_2<false>(const DepthwiseWalk*) {
  asm(MOTE_WALK_2(MOTE_WALK_PLAIN_2));
}
// clang-format on

#undef MOTE_PAIR_CHANNELS
#undef MOTE_WALK_ENTER
#undef MOTE_WALK_PASS
#undef MOTE_WALK_NEXT
#undef MOTE_WALK_SCALE
#undef MOTE_WALK_SCALE_SIGN
#undef MOTE_WALK_UPPER
#undef MOTE_WALK_LOWER
#undef MOTE_WALK_1
#undef MOTE_WALK_2
#undef MOTE_WALK_PLAIN_4
#undef MOTE_WALK_PLAIN_2
#undef MOTE_WALK_SIGN_4
#undef MOTE_WALK_SIGN_2

}  // namespace mote
