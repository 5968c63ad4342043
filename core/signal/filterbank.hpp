// Weighted sums over ranges of spectrum bins, and the cosine transform of their logarithms.
#pragma once

#include <cstdint>

#include "core/math_log.hpp"

namespace mote::signal {

// A sparse [bands, bins] matrix. Row b has `ranges[2 b + 1]` weights for the bins from
// `ranges[2 b]` on; the rows' weights follow each other.
struct Filterbank {
  const int32_t* ranges;  // [2 * bands]
  const float* weights;   // [weight_count]
  int32_t bands;
  int32_t bins;
  int32_t weight_count;
};

// bands[b] = sum_k weight[b, k] * spectrum[k]. A range outside the spectrum or the weights (from a
// damaged table) counts as empty.
inline void apply_filterbank(const Filterbank& bank, const float* spectrum, float* bands) {
  int32_t used = 0;
  for (int32_t b = 0; b < bank.bands; ++b) {
    const int32_t first = bank.ranges[2 * b];
    int32_t count = bank.ranges[2 * b + 1];
    const bool inside = first >= 0 && first <= bank.bins && count >= 0 &&
                        count <= bank.bins - first && count <= bank.weight_count - used;
    if (!inside) count = 0;
    const float* weight = bank.weights + used;
    float sum = 0.0f;
    for (int32_t k = 0; k < count; ++k) sum += weight[k] * spectrum[first + k];
    bands[b] = sum;
    used += count;
  }
}

// x[i] = ln(max(x[i], floor)).
inline void log_with_floor(float* x, int32_t count, float floor) {
  for (int32_t i = 0; i < count; ++i) x[i] = math::log(x[i] > floor ? x[i] : floor);
}

// y[k] = sum_i table[k, i] * x[i]. table: float [rows, columns].
inline void multiply_table(const float* table, int32_t rows, int32_t columns, const float* x,
                           float* y) {
  for (int32_t k = 0; k < rows; ++k) {
    float sum = 0.0f;
    for (int32_t i = 0; i < columns; ++i) sum += *table++ * x[i];
    y[k] = sum;
  }
}

}  // namespace mote::signal
