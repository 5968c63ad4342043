// Complex numbers and their Fourier transform in 16 bits, as KISS FFT's fixed-point code computes
// them: every radix-4 or radix-2 stage divides by its radix, products are rounded.
#pragma once

#include "core/fixed_exp.hpp"

namespace mote {

struct Complex16 {
  int16_t r, i;
};

// x / 2^15, rounded.
inline int16_t round_q15(int32_t x) {
  return static_cast<int16_t>((x + (1 << 14)) >> 15);
}

inline Complex16 complex_mul(Complex16 a, Complex16 b) {
  return {round_q15(a.r * b.r - a.i * b.i), round_q15(a.r * b.i + a.i * b.r)};
}

// a / divisor, by a multiplier.
inline Complex16 complex_divide(Complex16 a, int32_t divisor) {
  const int32_t share = 32767 / divisor;
  return {round_q15(a.r * share), round_q15(a.i * share)};
}

inline Complex16 complex_add(Complex16 a, Complex16 b) {
  return {static_cast<int16_t>(a.r + b.r), static_cast<int16_t>(a.i + b.i)};
}
inline Complex16 complex_sub(Complex16 a, Complex16 b) {
  return {static_cast<int16_t>(a.r - b.r), static_cast<int16_t>(a.i - b.i)};
}

// Joins four spectra of `part` values each into one.
template <bool inverse>
inline void join16_radix4(Complex16* y, const Complex16* twiddles, int32_t stride, int32_t part) {
  for (int32_t k = 0; k < part; ++k) {
    const Complex16 first = complex_divide(y[k], 4);
    const Complex16 a = complex_mul(complex_divide(y[k + part], 4), twiddles[k * stride]);
    const Complex16 b = complex_mul(complex_divide(y[k + 2 * part], 4), twiddles[2 * k * stride]);
    const Complex16 c = complex_mul(complex_divide(y[k + 3 * part], 4), twiddles[3 * k * stride]);
    const Complex16 low = complex_sub(first, b), high = complex_add(first, b);
    const Complex16 sum = complex_add(a, c), difference = complex_sub(a, c);
    const auto minus = [](int16_t v) { return static_cast<int16_t>(-v); };
    const Complex16 turned = inverse ? Complex16{minus(difference.i), difference.r}
                                     : Complex16{difference.i, minus(difference.r)};
    y[k] = complex_add(high, sum);
    y[k + part] = complex_add(low, turned);
    y[k + 2 * part] = complex_sub(high, sum);
    y[k + 3 * part] = complex_sub(low, turned);
  }
}

// Joins two.
inline void join16_radix2(Complex16* y, const Complex16* twiddles, int32_t stride, int32_t part) {
  for (int32_t k = 0; k < part; ++k) {
    const Complex16 a = complex_divide(y[k], 2);
    const Complex16 b = complex_mul(complex_divide(y[k + part], 2), twiddles[k * stride]);
    y[k] = complex_add(a, b);
    y[k + part] = complex_sub(a, b);
  }
}

// Complex transform of n values, a power of two, over n; twiddles: e^(-+ 2 pi i k / n), the upper
// sign of the transform, the lower of its inverse. Radix 4 first, so that an odd power has its
// radix 2 at the innermost stage; y's values are x's with the digits of their index reversed.
template <bool inverse>
inline void transform16(const Complex16* x, Complex16* y, const Complex16* twiddles, int32_t n) {
  const bool odd = (leading_zeros(static_cast<uint32_t>(n)) & 1) == 0;  // an odd power of two
  for (int32_t i = 0; i < n; ++i) {
    int32_t from = 0, rest = i, block = n, stride = 1;
    while (block > 1) {
      const int32_t radix = block >= 4 ? 4 : 2;
      block /= radix;
      from += rest / block * stride;
      rest %= block;
      stride *= radix;
    }
    y[i] = x[from];
  }
  int32_t part = 1;
  if (odd) {
    for (int32_t at = 0; at < n; at += 2) join16_radix2(y + at, twiddles, n / 2, 1);
    part = 2;
  }
  for (; part < n; part *= 4) {
    for (int32_t at = 0; at < n; at += 4 * part) {
      join16_radix4<inverse>(y + at, twiddles, n / (4 * part), part);
    }
  }
}

}  // namespace mote
