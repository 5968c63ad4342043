// MOTE_VECTORISED on a function: compiled for several vector widths and chosen when the program
// starts. Results do not depend on the width: contraction is off and the compiler may not reorder
// float sums, so only independent lanes (elements, channels) are computed side by side.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define MOTE_VECTORISED __attribute__((target_clones("avx512f", "avx2", "default"), optimize("O3")))
#else
#define MOTE_VECTORISED
#endif
