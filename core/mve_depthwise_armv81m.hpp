// core/mve_depthwise.hpp in the instructions of the vector extension: all eight vectors are in use,
// and GCC would spill.
#pragma once

#include "core/mve_depthwise.hpp"

namespace mote {

// r0-r2: rows; r3: column; r4: advance; r5: packed; r6: y; r7: y_step; r8: outputs; r9: lanes; r10,
// r11: clamp; r12: packed weights to be read next. q4-q7: sums.

// Adds the int16 sums of two taps, even lanes in q1, odd ones in q2.
#define MOTE_MVE_WIDEN(EVEN, ODD)                                        \
  "vmovlb.s16 q0, " EVEN "\n vadd.i32 q4, q4, q0\n vmovlt.s16 q0, " EVEN \
  "\n"                                                                   \
  "vadd.i32 q5, q5, q0\n vmovlb.s16 q0, " ODD                            \
  "\n vadd.i32 q6, q6, q0\n"                                             \
  "vmovlt.s16 q0, " ODD "\n vadd.i32 q7, q7, q0\n"
// ROW: of a tap; STEP: to the next one in it. The second tap is loaded twice, for want of a vector.
#define MOTE_MVE_TAP_PAIR(ROW_A, STEP_A, ROW_B, STEP_B) \
  "vldrb.8 q0, [" ROW_A                                 \
  "]\n vldrb.8 q2, [r12], #16\n"                        \
  "add " ROW_A ", " ROW_A ", " STEP_A                   \
  "\n"                                                  \
  "vmullb.s8 q1, q0, q2\n vmullt.s8 q0, q0, q2\n"       \
  "vldrb.8 q2, [" ROW_B                                 \
  "]\n vldrb.8 q3, [r12], #16\n"                        \
  "vmullb.s8 q2, q2, q3\n vadd.i16 q1, q1, q2\n"        \
  "vldrb.8 q2, [" ROW_B                                 \
  "]\n"                                                 \
  "add " ROW_B ", " ROW_B ", " STEP_B                   \
  "\n"                                                  \
  "vmullt.s8 q2, q2, q3\n vadd.i16 q2, q2, q0\n" MOTE_MVE_WIDEN("q1", "q2")
#define MOTE_MVE_LAST_TAP                                        \
  "vldrb.8 q0, [r2]\n vldrb.8 q2, [r12], #16\n add r2, r2, r4\n" \
  "vmullb.s8 q1, q0, q2\n vmullt.s8 q2, q0, q2\n" MOTE_MVE_WIDEN("q1", "q2")
#define MOTE_MVE_SCALE_SIGN(SUM)                                                  \
  "vldrw.32 q0, [r12], #16\n vldrw.32 q1, [r12], #16\n vldrw.32 q2, [r12], #16\n" \
  "vshr.s32 q3, " SUM ", #31\n vqrdmulh.s32 " SUM ", " SUM                        \
  ", q0\n"                                                                        \
  "vadd.i32 q1, q1, q3\n vadd.i32 " SUM ", " SUM                                  \
  ", q1\n"                                                                        \
  "vshl.s32 " SUM ", " SUM ", q2\n"
#define MOTE_MVE_SCALE_PLAIN(SUM)                                                 \
  "vldrw.32 q0, [r12], #16\n vldrw.32 q1, [r12], #16\n vldrw.32 q2, [r12], #16\n" \
  "vqrdmulh.s32 " SUM ", " SUM ", q0\n vadd.i32 " SUM ", " SUM                    \
  ", q1\n"                                                                        \
  "vshl.s32 " SUM ", " SUM ", q2\n"
#define MOTE_MVE_DEPTHWISE(SCALE) \
  "push {r4-r11, lr}\n"                                                            \
  "vpush {d8-d15}\n"                                                               \
  "ldm r0, {r0-r11}\n"                                                             \
  "vctp.8 r9\n"                                                                    \
  "dls lr, r8\n"                                                                   \
  "1:\n"                                                                           \
  "mov r12, r5\n"                                                                  \
  "vldrw.32 q4, [r12], #16\n vldrw.32 q5, [r12], #16\n"                            \
  "vldrw.32 q6, [r12], #16\n vldrw.32 q7, [r12], #16\n"                            \
  MOTE_MVE_TAP_PAIR("r0", "r3", "r0", "r3")                                        \
  MOTE_MVE_TAP_PAIR("r0", "r4", "r1", "r3")                                        \
  MOTE_MVE_TAP_PAIR("r1", "r3", "r1", "r4")                                        \
  MOTE_MVE_TAP_PAIR("r2", "r3", "r2", "r3")                                        \
  MOTE_MVE_LAST_TAP                                                                \
  SCALE("q4") SCALE("q5") SCALE("q6") SCALE("q7")                                  \
  "vqmovnb.s32 q0, q4\n vqmovnt.s32 q0, q5\n"                                      \
  "vqmovnb.s32 q1, q6\n vqmovnt.s32 q1, q7\n"                                      \
  "vqmovnb.s16 q2, q0\n vqmovnt.s16 q2, q1\n"                                      \
  "vdup.8 q0, r10\n vdup.8 q1, r11\n"                                              \
  "vmax.s8 q2, q2, q0\n vmin.s8 q2, q2, q1\n"                                      \
  "vpst\n"                                                                         \
  "vstrbt.8 q2, [r6]\n"                                                            \
  "add r6, r6, r7\n"                                                               \
  "le lr, 1b\n"                                                                    \
  "vpop {d8-d15}\n"                                                                \
  "pop {r4-r11, pc}\n"

template <bool sign>
void mve_depthwise_3x3(const MveDepthwise*);

// clang-format off
template <>
__attribute__((naked, noinline)) inline void mve_depthwise_3x3<false>(const MveDepthwise*) {
  asm(MOTE_MVE_DEPTHWISE(MOTE_MVE_SCALE_PLAIN));
}

template <>
__attribute__((naked, noinline)) inline void mve_depthwise_3x3<true>(const MveDepthwise*) {
  asm(MOTE_MVE_DEPTHWISE(MOTE_MVE_SCALE_SIGN));
}
// clang-format on

#undef MOTE_MVE_WIDEN
#undef MOTE_MVE_TAP_PAIR
#undef MOTE_MVE_LAST_TAP
#undef MOTE_MVE_SCALE_SIGN
#undef MOTE_MVE_SCALE_PLAIN
#undef MOTE_MVE_DEPTHWISE

}  // namespace mote
