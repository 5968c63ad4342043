// Portable transform.
#pragma once

#include "core/fixed_exp.hpp"
#include "ops/dsp/signal_rfft/signal_rfft.hpp"

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
inline void signal_rfft_radix4(Complex16* y, const Complex16* twiddles, int32_t stride,
                               int32_t part) {
  for (int32_t k = 0; k < part; ++k) {
    const Complex16 first = complex_divide(y[k], 4);
    const Complex16 a = complex_mul(complex_divide(y[k + part], 4), twiddles[k * stride]);
    const Complex16 b = complex_mul(complex_divide(y[k + 2 * part], 4), twiddles[2 * k * stride]);
    const Complex16 c = complex_mul(complex_divide(y[k + 3 * part], 4), twiddles[3 * k * stride]);
    const Complex16 low = complex_sub(first, b), high = complex_add(first, b);
    const Complex16 sum = complex_add(a, c), difference = complex_sub(a, c);
    const Complex16 turned{difference.i, static_cast<int16_t>(-difference.r)};
    y[k] = complex_add(high, sum);
    y[k + part] = complex_add(low, turned);
    y[k + 2 * part] = complex_sub(high, sum);
    y[k + 3 * part] = complex_sub(low, turned);
  }
}

// Joins two.
inline void signal_rfft_radix2(Complex16* y, const Complex16* twiddles, int32_t stride,
                               int32_t part) {
  for (int32_t k = 0; k < part; ++k) {
    const Complex16 a = complex_divide(y[k], 2);
    const Complex16 b = complex_mul(complex_divide(y[k + part], 2), twiddles[k * stride]);
    y[k] = complex_add(a, b);
    y[k + part] = complex_sub(a, b);
  }
}

// Complex transform of n values, a power of two. Radix 4 first, so that an odd power has its radix
// 2 at the innermost stage; y's values are x's with the digits of their index reversed.
inline void signal_rfft_complex(const Complex16* x, Complex16* y, const Complex16* twiddles,
                                int32_t n) {
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
    for (int32_t at = 0; at < n; at += 2) signal_rfft_radix2(y + at, twiddles, n / 2, 1);
    part = 2;
  }
  for (; part < n; part *= 4) {
    for (int32_t at = 0; at < n; at += 4 * part) {
      signal_rfft_radix4(y + at, twiddles, n / (4 * part), part);
    }
  }
}

template <class P>
void signal_rfft_reference(const P& p, void* const* operands) {
  const auto* x = static_cast<const int16_t*>(operands[0]);
  const auto* twiddles = static_cast<const Complex16*>(operands[1]);
  const auto* super = static_cast<const Complex16*>(operands[2]);
  auto* y = static_cast<Complex16*>(operands[3]);
  auto* samples = static_cast<int16_t*>(operands[4]);
  auto* spectrum = static_cast<Complex16*>(operands[4]) + p.length / 2;
  const int32_t half = p.length / 2;
  for (int32_t f = 0; f < p.frames; ++f, x += p.samples, y += half + 1) {
    for (int32_t i = 0; i < p.length; ++i) {
      samples[i] = i < p.samples ? x[i] : static_cast<int16_t>(0);
    }
    signal_rfft_complex(static_cast<const Complex16*>(operands[4]), spectrum, twiddles, half);
    const Complex16 dc = complex_divide(spectrum[0], 2);
    y[0] = {static_cast<int16_t>(dc.r + dc.i), 0};
    y[half] = {static_cast<int16_t>(dc.r - dc.i), 0};
    for (int32_t k = 1; k <= half / 2; ++k) {
      const Complex16 a = complex_divide(spectrum[k], 2);
      const Complex16 mirrored = spectrum[half - k];
      const Complex16 b = complex_divide({mirrored.r, static_cast<int16_t>(-mirrored.i)}, 2);
      const Complex16 sum = complex_add(a, b);
      const Complex16 turned = complex_mul(complex_sub(a, b), super[k - 1]);
      y[k] = {static_cast<int16_t>((sum.r + turned.r) >> 1),
              static_cast<int16_t>((sum.i + turned.i) >> 1)};
      y[half - k] = {static_cast<int16_t>((sum.r - turned.r) >> 1),
                     static_cast<int16_t>((turned.i - sum.i) >> 1)};
    }
  }
}

}  // namespace mote
