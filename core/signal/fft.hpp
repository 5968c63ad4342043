// Fast Fourier transform of real signals, in place.
#pragma once

#include <cstdint>

namespace mote::signal {

constexpr int32_t fft_length_min = 16;
constexpr int32_t fft_length_max = 16384;

constexpr bool is_fft_length(int32_t n) {
  return n >= fft_length_min && n <= fft_length_max && (n & (n - 1)) == 0;
}
// Entries of the table that an FFT of n real values needs: sine[j] = sin(2 pi j / n), a quarter.
constexpr int32_t sine_entries(int32_t n) {
  return n / 4 + 1;
}

// e^(-2 pi i j / n) = re - i * im, from the quarter wave. j: [0, 3n/4).
struct Twiddle {
  float re, im;
};
inline Twiddle twiddle(const float* sine, int32_t n, int32_t j) {
  const int32_t quarter = n / 4;
  if (j <= quarter) return {sine[quarter - j], sine[j]};
  if (j <= 2 * quarter) return {-sine[j - quarter], sine[2 * quarter - j]};
  return {-sine[3 * quarter - j], -sine[j - 2 * quarter]};
}

// z: complex [m] as pairs; m: power of two.
inline void reverse_bits(float* z, int32_t m) {
  for (int32_t i = 1, j = 0; i < m; ++i) {
    int32_t bit = m >> 1;
    for (; (j & bit) != 0; bit >>= 1) j ^= bit;
    j |= bit;
    if (i >= j) continue;
    const float re = z[2 * i], im = z[2 * i + 1];
    z[2 * i] = z[2 * j];
    z[2 * i + 1] = z[2 * j + 1];
    z[2 * j] = re;
    z[2 * j + 1] = im;
  }
}

// First pass: pairs.
inline void fft_pairs(float* z, int32_t m) {
  for (float* p = z; p < z + 2 * m; p += 4) {
    const float re = p[2], im = p[3];
    p[2] = p[0] - re;
    p[3] = p[1] - im;
    p[0] += re;
    p[1] += im;
  }
}

// Four transforms of length m / 4 that lie `quarter` apart, already turned, become one.
// a: z[k], b: z[k + quarter] (the samples 4i + 2), c: 4i + 1, d: 4i + 3.
inline void butterfly(float* z, int32_t quarter, float b_re, float b_im, float c_re, float c_im,
                      float d_re, float d_im) {
  const float a_re = z[0], a_im = z[1];
  const float even_re = a_re + b_re, even_im = a_im + b_im;
  const float odd_re = a_re - b_re, odd_im = a_im - b_im;
  const float sum_re = c_re + d_re, sum_im = c_im + d_im;
  const float turn_re = c_im - d_im, turn_im = d_re - c_re;  // -i (c - d)
  float* y1 = z + 2 * quarter;
  float* y2 = y1 + 2 * quarter;
  float* y3 = y2 + 2 * quarter;
  z[0] = even_re + sum_re;
  z[1] = even_im + sum_im;
  y1[0] = odd_re + turn_re;
  y1[1] = odd_im + turn_im;
  y2[0] = even_re - sum_re;
  y2[1] = even_im - sum_im;
  y3[0] = odd_re - turn_re;
  y3[1] = odd_im - turn_im;
}

// One radix-4 pass over complex [m]; quarter: length of the transforms that are there. The table is
// that of n = 2 m real values.
inline void fft_fours(float* z, int32_t m, int32_t quarter, const float* sine) {
  const int32_t n = 2 * m, span = 4 * quarter;
  for (float* p = z; p < z + 2 * m; p += 2 * span) {
    const float *b = p + 2 * quarter, *c = b + 2 * quarter, *d = c + 2 * quarter;
    butterfly(p, quarter, b[0], b[1], c[0], c[1], d[0], d[1]);
  }
  const int32_t step = n / span;
  for (int32_t k = 1; k < quarter; ++k) {
    const Twiddle w1 = twiddle(sine, n, k * step);
    const Twiddle w2 = twiddle(sine, n, 2 * k * step);
    const Twiddle w3 = twiddle(sine, n, 3 * k * step);
    for (float* p = z + 2 * k; p < z + 2 * m; p += 2 * span) {
      const float *b = p + 2 * quarter, *c = b + 2 * quarter, *d = c + 2 * quarter;
      butterfly(p, quarter, b[0] * w2.re + b[1] * w2.im, b[1] * w2.re - b[0] * w2.im,
                c[0] * w1.re + c[1] * w1.im, c[1] * w1.re - c[0] * w1.im,
                d[0] * w3.re + d[1] * w3.im, d[1] * w3.re - d[0] * w3.im);
    }
  }
}

// z: complex [m] as pairs. Radix 4, decimation in time (J. Cooley, J. Tukey, "An algorithm for the
// machine calculation of complex Fourier series", 1965), one radix-2 pass for odd powers.
inline void complex_fft(float* z, int32_t m, const float* sine) {
  reverse_bits(z, m);
  int32_t done = 1;
  bool odd = false;
  for (int32_t i = m; i > 1; i >>= 1) odd = !odd;
  if (odd) {
    fft_pairs(z, m);
    done = 2;
  }
  for (; done < m; done *= 4) fft_fours(z, m, done, sine);
}

// x: float [n + 2]; in: n real values (the last two entries are free); out: the bins 0 to n / 2 as
// pairs (re, im), X[k] = sum_i x[i] e^(-2 pi i k / n). n: a power of two from 4 to fft_length_max;
// sine: sine_entries(n).
// A real transform is a complex one of half the length and a pass that separates the spectra of
// even and odd samples (Numerical Recipes, 12.3).
inline void real_fft(float* x, int32_t n, const float* sine) {
  const int32_t m = n / 2;
  complex_fft(x, m, sine);
  const float first = x[0], second = x[1];
  x[0] = first + second;
  x[1] = 0.0f;
  x[n] = first - second;
  x[n + 1] = 0.0f;
  const float* cosine = sine + n / 4;  // cosine[-k]
  for (int32_t k = 1; k <= m / 2; ++k) {
    float* low = x + 2 * k;
    float* high = x + 2 * (m - k);
    const float even_re = 0.5f * (low[0] + high[0]), even_im = 0.5f * (low[1] - high[1]);
    const float odd_re = 0.5f * (low[1] + high[1]), odd_im = 0.5f * (high[0] - low[0]);
    const float turn_re = cosine[-k] * odd_re + sine[k] * odd_im;
    const float turn_im = cosine[-k] * odd_im - sine[k] * odd_re;
    low[0] = even_re + turn_re;
    low[1] = even_im + turn_im;
    high[0] = even_re - turn_re;
    high[1] = turn_im - even_im;
  }
}

// The inverse: x[i] = 1 / n sum_k X[k] e^(2 pi i k / n), X[n - k] = conj(X[k]). bins: the bins 0 to
// n / 2 as pairs, of which the imaginary parts of the first and last count as 0. x: float [n].
// n: a power of two from 4 to fft_length_max.
// Even and odd samples' spectra make one complex spectrum, whose conjugate's transform is the
// conjugate of its inverse.
inline void real_inverse_fft(const float* bins, int32_t n, const float* sine, float* x) {
  const int32_t m = n / 2;
  const float share = 1.0f / static_cast<float>(n);
  x[0] = share * (bins[0] + bins[n]);
  x[1] = share * (bins[n] - bins[0]);
  const float* cosine = sine + n / 4;  // cosine[-k]
  for (int32_t k = 1; k <= m / 2; ++k) {
    const float* low = bins + 2 * k;
    const float* high = bins + 2 * (m - k);
    const float even_re = low[0] + high[0], even_im = low[1] - high[1];
    const float rest_re = low[0] - high[0], rest_im = low[1] + high[1];
    const float odd_re = cosine[-k] * rest_re - sine[k] * rest_im;
    const float odd_im = cosine[-k] * rest_im + sine[k] * rest_re;
    x[2 * k] = share * (even_re - odd_im);
    x[2 * k + 1] = -share * (even_im + odd_re);
    x[2 * (m - k)] = share * (even_re + odd_im);
    x[2 * (m - k) + 1] = share * (even_im - odd_re);
  }
  complex_fft(x, m, sine);
  for (int32_t i = 0; i < m; ++i) x[2 * i + 1] = -x[2 * i + 1];
}

// power[k] = |X[k]|^2 of the bins 0 to n / 2; bins: pairs. power may be the same memory as bins.
inline void power_of_bins(const float* bins, int32_t n, float* power) {
  for (int32_t k = 0; k <= n / 2; ++k) {
    const float re = bins[2 * k], im = bins[2 * k + 1];
    power[k] = re * re + im * im;
  }
}

}  // namespace mote::signal
