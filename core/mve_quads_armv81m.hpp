// core/mve_quads.hpp in the instructions of the vector extension: GCC has no way to keep sums
// in even registers and scalars of requantisation in others.
#pragma once

#include "core/mve_quads.hpp"

namespace mote {

// clang-format off
__attribute__((naked, noinline)) inline void mve_quad_row(const MveQuadRow*) {
  asm("push {r4-r11, lr}\n"
      "ldm r0, {r0-r11}\n"
      "vctp.8 r11\n"
      "dls lr, r10\n"
      "1:\n"
      "vpstttt\n"
      "vldrbt.8 q0, [r0]\n vldrbt.8 q1, [r1]\n vldrbt.8 q2, [r2]\n vldrbt.8 q3, [r3]\n"
      "add r0, r0, r4\n add r1, r1, r5\n add r2, r2, r6\n add r3, r3, r7\n"
      "vst40.8 {q0, q1, q2, q3}, [r8]\n vst41.8 {q0, q1, q2, q3}, [r8]\n"
      "vst42.8 {q0, q1, q2, q3}, [r8]\n vst43.8 {q0, q1, q2, q3}, [r8]\n"
      "add r8, r8, r9\n"
      "le lr, 1b\n"
      "pop {r4-r11, pc}\n");
}

// r0: quads, r1: quads_step; r3: y, r11: y_step; r2 r4 r6 r8: sums; r5 r7 r9 r10: bias, m, addend,
// 24 - s; r12: temporary. q0: taps, then outputs; q1, q2: columns, outputs; q4-q7: weights of the
// four outputs. On the stack: 0 walk, 4 packed, 8 quads and 12 y of the channel, 16 channels left,
// 20 quads and 24 y of the pass, 28 passes left.
#define MOTE_MVE_TAPS                                                           \
  "vldrw.u32 q0, [r0, q1]\n"                                                      \
  "add r0, r0, r1\n"                                                              \
  "vmladav.s8 r2, q0, q4\n vmladav.s8 r4, q0, q5\n"                               \
  "vmladav.s8 r6, q0, q6\n vmladav.s8 r8, q0, q7\n"
#define MOTE_MVE_SCALE_PLAIN "vqrdmulh.s32 q0, q0, r7\n vadd.i32 q0, q0, r9\n"
#define MOTE_MVE_SCALE_SIGN                                                       \
  "vshr.s32 q3, q0, #31\n vqrdmulh.s32 q0, q0, r7\n vadd.i32 q3, q3, r9\n"        \
  "vadd.i32 q0, q0, q3\n"
#define MOTE_MVE_STORE "vstrb.32 q0, [r3, q2]\n"
#define MOTE_MVE_STORE_MASKED "vpst\n vstrbt.32 q0, [r3, q2]\n"
// Shifted to the left by r10, an output saturates in the top byte.
#define MOTE_MVE_FOUR(SCALE, STORE)                                                \
  MOTE_MVE_TAPS                                                                   \
  "vmov d0, r2, r4\n vmov d1, r6, r8\n"                                           \
  "vadd.i32 q0, q0, r5\n"                                                         \
  SCALE                                                                           \
  "vqshl.s32 q0, r10\n vshr.s32 q0, q0, #24\n"                                    \
  STORE                                                                           \
  "add r3, r3, r11\n"
#define MOTE_MVE_WALK(SCALE)                                  \
  "push {r4-r11, lr}\n"                                                           \
  "vpush {d8-d15}\n"                                                              \
  "sub sp, sp, #32\n"                                                             \
  "ldrd r2, r3, [r0]\n"                                                           \
  "ldr r4, [r0, #8]\n"                                                            \
  "ldr r5, [r0, #48]\n"                                                           \
  "str r0, [sp]\n"                                                                \
  "strd r2, r3, [sp, #4]\n"                                                       \
  "strd r4, r5, [sp, #12]\n"                                                      \
  "vldrw.32 q1, [r0, #52]\n vldrw.32 q2, [r0, #68]\n"                             \
  "ldrd r1, r11, [r0, #24]\n"                                                     \
  "1:\n"                                                                          \
  "ldr r12, [sp, #4]\n"                                                           \
  "vldrw.32 q6, [r12]\n"                                                          \
  "ldrb r10, [r12, #3]\n"                                                         \
  "ldrd r5, r7, [r12, #12]\n"                                                     \
  "ldr r9, [r12, #20]\n"                                                          \
  "rsb r10, r10, #24\n"                                                           \
  "add r12, r12, #24\n"                                                           \
  "str r12, [sp, #4]\n"                                                           \
  "mov r12, #0\n"                                                                 \
  "vmov.32 q6[3], r12\n"                                                           \
  "vshl.i32 q6, q6, #8\n vshr.u32 q4, q6, #8\n"                                   \
  "vmov q5, q4\n vshlc q5, r12, #32\n vmov q7, q6\n vshlc q7, r12, #32\n"         \
  "ldrd r0, r3, [sp, #8]\n"                                                       \
  "ldr r12, [sp]\n"                                                               \
  "add r2, r0, #4\n add r4, r3, #1\n"                                             \
  "ldr r6, [r12, #12]\n"                                                          \
  "strd r2, r4, [sp, #8]\n"                                                       \
  "strd r0, r3, [sp, #20]\n"                                                      \
  "str r6, [sp, #28]\n"                                                           \
  "2:\n"                                                                          \
  "ldrd r0, r3, [sp, #20]\n"                                                      \
  "ldrd r6, r8, [r12, #16]\n"                                                     \
  "ldr r2, [sp, #28]\n"                                                           \
  "add r6, r6, r0\n add r8, r8, r3\n"                                             \
  "strd r6, r8, [sp, #20]\n"                                                      \
  "ldrd r6, r8, [r12, #36]\n"                                                     \
  "subs r2, r2, #1\n"                                                             \
  "str r2, [sp, #28]\n"                                                           \
  "it eq\n moveq r6, r8\n"                                                        \
  "vmsr p0, r6\n"                                                                 \
  "ldr r8, [r12, #32]\n"                                                          \
  "lsls r2, r6, #16\n"                                                            \
  "bpl 6f\n"                                                                      \
  "wls lr, r8, 4f\n"                                                              \
  "3:\n"                                                                          \
  MOTE_MVE_FOUR(SCALE, MOTE_MVE_STORE)                                            \
  "le lr, 3b\n"                                                                   \
  "b 4f\n"                                                                        \
  "6:\n"                                                                          \
  "wls lr, r8, 4f\n"                                                              \
  "7:\n"                                                                          \
  MOTE_MVE_FOUR(SCALE, MOTE_MVE_STORE_MASKED)                                     \
  "le lr, 7b\n"                                                                   \
  "4:\n"                                                                          \
  "ldr r2, [r12, #44]\n"                                                          \
  "cbz r2, 5f\n"                                                                  \
  "vmrs r4, p0\n and r4, r4, r2\n vmsr p0, r4\n"                                  \
  MOTE_MVE_FOUR(SCALE, MOTE_MVE_STORE_MASKED)                                     \
  "5:\n"                                                                          \
  "ldr r2, [sp, #28]\n"                                                           \
  "cmp r2, #0\n"                                                                  \
  "bne 2b\n"                                                                      \
  "ldr r2, [sp, #16]\n"                                                           \
  "subs r2, r2, #1\n"                                                             \
  "str r2, [sp, #16]\n"                                                           \
  "bne 1b\n"                                                                      \
  "add sp, sp, #32\n"                                                             \
  "vpop {d8-d15}\n"                                                               \
  "pop {r4-r11, pc}\n"

template <bool sign>
void mve_quad_walk(const MveQuadWalk*);

template <>
__attribute__((naked, noinline)) inline void mve_quad_walk<false>(const MveQuadWalk*) {
  asm(MOTE_MVE_WALK(MOTE_MVE_SCALE_PLAIN));
}
template <>
__attribute__((naked, noinline)) inline void mve_quad_walk<true>(const MveQuadWalk*) {
  asm(MOTE_MVE_WALK(MOTE_MVE_SCALE_SIGN));
}
// clang-format on

#undef MOTE_MVE_TAPS
#undef MOTE_MVE_SCALE_PLAIN
#undef MOTE_MVE_SCALE_SIGN
#undef MOTE_MVE_FOUR
#undef MOTE_MVE_STORE
#undef MOTE_MVE_STORE_MASKED
#undef MOTE_MVE_WALK

}  // namespace mote
