// Sums of products of int8 along two rows: plainly, and four at a time with the DSP extension.
#pragma once

#include "core/dsp.hpp"

namespace mote {

// sum + a[0] * b[0] + .. + a[count - 1] * b[count - 1], wrapping.
struct PlainDot {
  static int32_t sum(const int8_t* a, const int8_t* b, int32_t count, int32_t sum) {
#pragma GCC unroll 4
    for (const int8_t* const end = a + count; a != end; ++a, ++b) sum += *a * *b;
    return sum;
  }
};

struct DspDot {
  static int32_t sum(const int8_t* a, const int8_t* b, int32_t count, int32_t sum) {
    const int8_t* const end = a + (count & ~7);
    for (; a != end; a += 8, b += 8) sum = four(a + 4, b + 4, four(a, b, sum));
    if ((count & 4) != 0) {
      sum = four(a, b, sum);
      a += 4;
      b += 4;
    }
    return PlainDot::sum(a, b, count & 3, sum);
  }

 private:
  static int32_t four(const int8_t* a, const int8_t* b, int32_t sum) {
    const uint32_t left = load_word(a), right = load_word(b);
    const uint32_t even = smlad(sxtb16(left), sxtb16(right), static_cast<uint32_t>(sum));
    return static_cast<int32_t>(smlad(sxtb16_odd(left), sxtb16_odd(right), even));
  }
};

}  // namespace mote
