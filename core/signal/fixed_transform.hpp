// Complex numbers and their Fourier transform in 16 or 32 bits, as KISS FFT's fixed-point code
// computes them: every radix-4 or radix-2 stage divides by its radix, products are rounded, sums
// wrap around. T: int16_t, numbers in Q0.15, or int32_t, in Q0.31.
#pragma once

#include "core/fixed_exp.hpp"

namespace mote {

template <class T>
struct FixedFormat;
template <>
struct FixedFormat<int16_t> {
  using Product = int32_t;
  static constexpr int32_t bits = 15, one = 32767;
};
template <>
struct FixedFormat<int32_t> {
  using Product = int64_t;
  static constexpr int32_t bits = 31, one = 2147483647;
};

template <class T>
struct FixedComplex {
  T r, i;
};

template <class T>
inline T fixed_add(T a, T b) {
  return static_cast<T>(typename FixedFormat<T>::Product{a} + b);
}
template <class T>
inline T fixed_sub(T a, T b) {
  return static_cast<T>(typename FixedFormat<T>::Product{a} - b);
}
// Half of the sum or difference in 32 bits, rounded down: of 16 bits it is that of the exact one.
template <class T>
inline T fixed_half_add(T a, T b) {
  return static_cast<T>(static_cast<int32_t>(typename FixedFormat<T>::Product{a} + b) >> 1);
}
template <class T>
inline T fixed_half_sub(T a, T b) {
  return static_cast<T>(static_cast<int32_t>(typename FixedFormat<T>::Product{a} - b) >> 1);
}

// a * b, and a.r * b.r + a.i * b.i, over 2^bits and rounded. |b| < 2^bits.
template <class T>
inline T fixed_mul(T a, T b) {
  using F = FixedFormat<T>;
  const auto product = static_cast<typename F::Product>(a) * b;
  return static_cast<T>((product + (1 << (F::bits - 1))) >> F::bits);
}

template <class T>
inline FixedComplex<T> complex_mul(FixedComplex<T> a, FixedComplex<T> b) {
  using F = FixedFormat<T>;
  using Wide = typename F::Product;
  const Wide re = static_cast<Wide>(a.r) * b.r - static_cast<Wide>(a.i) * b.i;
  const Wide im = static_cast<Wide>(a.r) * b.i + static_cast<Wide>(a.i) * b.r;
  constexpr Wide half = 1 << (F::bits - 1);
  return {static_cast<T>((re + half) >> F::bits), static_cast<T>((im + half) >> F::bits)};
}

// a / divisor, by a multiplier.
template <class T>
inline FixedComplex<T> complex_divide(FixedComplex<T> a, int32_t divisor) {
  const auto share = static_cast<T>(FixedFormat<T>::one / divisor);
  return {fixed_mul(a.r, share), fixed_mul(a.i, share)};
}

template <class T>
inline FixedComplex<T> complex_add(FixedComplex<T> a, FixedComplex<T> b) {
  return {fixed_add(a.r, b.r), fixed_add(a.i, b.i)};
}
template <class T>
inline FixedComplex<T> complex_sub(FixedComplex<T> a, FixedComplex<T> b) {
  return {fixed_sub(a.r, b.r), fixed_sub(a.i, b.i)};
}
template <class T>
inline FixedComplex<T> complex_conjugate(FixedComplex<T> a) {
  return {a.r, fixed_sub<T>(0, a.i)};
}

// Joins four spectra of `part` values each into one.
template <bool inverse, class T>
inline void join_radix4(FixedComplex<T>* y, const FixedComplex<T>* twiddles, int32_t stride,
                        int32_t part) {
  for (int32_t k = 0; k < part; ++k) {
    const auto first = complex_divide(y[k], 4);
    const auto a = complex_mul(complex_divide(y[k + part], 4), twiddles[k * stride]);
    const auto b = complex_mul(complex_divide(y[k + 2 * part], 4), twiddles[2 * k * stride]);
    const auto c = complex_mul(complex_divide(y[k + 3 * part], 4), twiddles[3 * k * stride]);
    const auto low = complex_sub(first, b), high = complex_add(first, b);
    const auto sum = complex_add(a, c), difference = complex_sub(a, c);
    const auto turned = inverse ? FixedComplex<T>{fixed_sub<T>(0, difference.i), difference.r}
                                : FixedComplex<T>{difference.i, fixed_sub<T>(0, difference.r)};
    y[k] = complex_add(high, sum);
    y[k + part] = complex_add(low, turned);
    y[k + 2 * part] = complex_sub(high, sum);
    y[k + 3 * part] = complex_sub(low, turned);
  }
}

// Joins two.
template <class T>
inline void join_radix2(FixedComplex<T>* y, const FixedComplex<T>* twiddles, int32_t stride,
                        int32_t part) {
  for (int32_t k = 0; k < part; ++k) {
    const auto a = complex_divide(y[k], 2);
    const auto b = complex_mul(complex_divide(y[k + part], 2), twiddles[k * stride]);
    y[k] = complex_add(a, b);
    y[k + part] = complex_sub(a, b);
  }
}

// Complex transform of n values, a power of two, over n; twiddles: e^(-+ 2 pi i k / n), the upper
// sign of the transform, the lower of its inverse. Radix 4 first, so that an odd power has its
// radix 2 at the innermost stage; y's values are x's with the digits of their index reversed.
template <bool inverse, class T>
inline void fixed_transform(const FixedComplex<T>* x, FixedComplex<T>* y,
                            const FixedComplex<T>* twiddles, int32_t n) {
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
    for (int32_t at = 0; at < n; at += 2) join_radix2(y + at, twiddles, n / 2, 1);
    part = 2;
  }
  for (; part < n; part *= 4) {
    for (int32_t at = 0; at < n; at += 4 * part) {
      join_radix4<inverse>(y + at, twiddles, n / (4 * part), part);
    }
  }
}

}  // namespace mote
