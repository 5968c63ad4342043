// core/depthwise_walk.hpp in the instructions of the DSP extension.
#pragma once

#include "core/depthwise_walk.hpp"

namespace mote {

// r0: column, r1: row_bytes, r2: y; r3-r5: first, r6-r8: second; r9, r10: sums of the next
// outputs; r11, r12: column's words, then temporaries; lr: sum of this output. On the stack: 0
// bias, 4 multiplier, 8 addend, 12 shift, 16 y_step, 20 end of the columns.

#define MOTE_WALK_LOAD "ldr r12, [r0, r1]\n ldr r11, [r0], #16\n"
// SUM = FROM + column kx.
#define MOTE_WALK_ADD(SUM, FROM, FIRST, SECOND) \
  "smlad " SUM ", r11, " FIRST ", " FROM "\n smlad " SUM ", r12, " SECOND ", " SUM "\n"
// SIGN: adds the sign of lr to r12, or nothing.
#define MOTE_WALK_SIGN "add r12, r12, lr, asr #31\n"
#define MOTE_WALK_STORE(SIGN)      \
  "ldrd r11, r12, [sp, #4]\n" SIGN \
  "smmlar lr, lr, r11, r12\n"      \
  "ldrd r11, r12, [sp, #12]\n"     \
  "asr lr, lr, r11\n"              \
  "ssat lr, #8, lr\n"              \
  "strb lr, [r2]\n"                \
  "add r2, r2, r12\n"
// r3: outputs. PER_OUTPUT: log2 of the bytes of columns between outputs; MORE: bytes of the columns
// that the code before the loop takes.
#define MOTE_WALK_ENTER(PER_OUTPUT, MORE) \
  "push {r4-r11, lr}\n"                   \
  "add r9, r1, #" MORE                    \
  "\n"                                    \
  "add r9, r9, r3, lsl #" PER_OUTPUT      \
  "\n"                                    \
  "add r12, r0, #28\n"                    \
  "ldmia r12, {r4-r8}\n"                  \
  "push {r4-r9}\n"                        \
  "mov r12, r1\n"                         \
  "ldmia r0, {r3-r9}\n"                   \
  "mov r1, r9\n"                          \
  "mov r0, r12\n"
#define MOTE_WALK_LEAVE "add sp, sp, #24\n pop {r4-r11, pc}\n"

// clang-format off
#define MOTE_WALK_1(SIGN)                                   \
  MOTE_WALK_ENTER("4", "32")                                \
  MOTE_WALK_LOAD                                            \
  "ldr r10, [sp]\n"                                         \
  MOTE_WALK_ADD("r9", "r10", "r3", "r6")                    \
  MOTE_WALK_LOAD                                            \
  MOTE_WALK_ADD("r9", "r9", "r4", "r7")                     \
  MOTE_WALK_ADD("r10", "r10", "r3", "r6")                   \
  "1:\n"                                                    \
  MOTE_WALK_LOAD                                            \
  MOTE_WALK_ADD("lr", "r9", "r5", "r8")                     \
  MOTE_WALK_ADD("r9", "r10", "r4", "r7")                    \
  "ldr r10, [sp]\n"                                         \
  MOTE_WALK_ADD("r10", "r10", "r3", "r6")                   \
  MOTE_WALK_STORE(SIGN)                                     \
  "ldr r11, [sp, #20]\n"                                    \
  "cmp r0, r11\n"                                           \
  "bne 1b\n"                                                \
  MOTE_WALK_LEAVE

// One output row of one channel. column: the channel's word in the first column of P(j); y: the
// first output; outputs: >= 1. sign: see core/dot_block.hpp.
template <bool sign>
void depthwise_walk_1(const DepthwiseWalk*, const uint32_t*, int8_t*, int32_t);
template <>
__attribute__((naked, noinline)) inline void depthwise_walk_1<true>(
    const DepthwiseWalk*, const uint32_t*, int8_t*, int32_t) {
  asm(MOTE_WALK_1(MOTE_WALK_SIGN));
}
template <>
__attribute__((naked, noinline)) inline void depthwise_walk_1<false>(
    const DepthwiseWalk*, const uint32_t*, int8_t*, int32_t) {
  asm(MOTE_WALK_1(""));
}

#define MOTE_WALK_2(SIGN)                                   \
  MOTE_WALK_ENTER("5", "32")                                \
  MOTE_WALK_LOAD                                            \
  "ldr r9, [sp]\n"                                          \
  MOTE_WALK_ADD("r9", "r9", "r3", "r6")                     \
  MOTE_WALK_LOAD                                            \
  MOTE_WALK_ADD("r9", "r9", "r4", "r7")                     \
  "1:\n"                                                    \
  MOTE_WALK_LOAD                                            \
  MOTE_WALK_ADD("lr", "r9", "r5", "r8")                     \
  "ldr r9, [sp]\n"                                          \
  MOTE_WALK_ADD("r9", "r9", "r3", "r6")                     \
  MOTE_WALK_LOAD                                            \
  MOTE_WALK_ADD("r9", "r9", "r4", "r7")                     \
  MOTE_WALK_STORE(SIGN)                                     \
  "ldr r11, [sp, #20]\n"                                    \
  "cmp r0, r11\n"                                           \
  "bne 1b\n"                                                \
  MOTE_WALK_LEAVE

// With stride 2. Reads one column more than the outputs need.
template <bool sign>
void depthwise_walk_2(const DepthwiseWalk*, const uint32_t*, int8_t*, int32_t);
template <>
__attribute__((naked, noinline)) inline void depthwise_walk_2<true>(
    const DepthwiseWalk*, const uint32_t*, int8_t*, int32_t) {
  asm(MOTE_WALK_2(MOTE_WALK_SIGN));
}
template <>
__attribute__((naked, noinline)) inline void depthwise_walk_2<false>(
    const DepthwiseWalk*, const uint32_t*, int8_t*, int32_t) {
  asm(MOTE_WALK_2(""));
}
// clang-format on

#undef MOTE_WALK_LOAD
#undef MOTE_WALK_ADD
#undef MOTE_WALK_SIGN
#undef MOTE_WALK_STORE
#undef MOTE_WALK_1
#undef MOTE_WALK_2
#undef MOTE_WALK_ENTER
#undef MOTE_WALK_LEAVE

}  // namespace mote
