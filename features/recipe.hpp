// What to compute from a window of sensor samples before the network sees it: the [features] part
// of a project file, as data. Knows neither the file nor the compiler.
//
// A recipe is a list of blocks over the same window, x: int16 counts [length, axes]. Values are
// physical: x * scale. Each block's output, with the batch dimension of the network in front:
//
//   raw         [1, length, 1, axes]              an image for convolutions over time
//   mel         [1, frames, coefficients, axes]   MFE or MFCC, an image of time by frequency
//   statistics  [1, axes * statistics]
//   spectral    [1, axes * values]                log bands of each axis, then of each axis
//                                                 (frequency in Hz, log power) per peak
//
// One block keeps its shape; several are flattened in order and joined to [1, total].
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace mote::features {

// The samples themselves.
struct RawBlock {
  bool remove_mean = false;  // per axis, over the window
};

// Mel-frequency energies (MFE) of short frames, or their cepstral coefficients (MFCC).
struct MelBlock {
  double frame_ms = 32.0;         // (0, window]
  double hop_ms = 20.0;           // (0, window]
  std::string window = "hann";    // "hann", "hamming", "rectangular"
  int32_t fft_length = 0;         // power of two, 16 to 16384; 0: the smallest that holds a frame
  int32_t bands = 40;             // triangular filters, 1 to 256
  double low_hz = 20.0;           // [0, high_hz)
  double high_hz = 0.0;           // (low_hz, rate / 2]; 0: rate / 2
  int32_t coefficients = 0;       // 0: MFE, log energies of all bands; 1 to bands: MFCC, the first
                                  // so many of their DCT
  double pre_emphasis = 0.0;      // y[n] = x[n] - pre_emphasis * x[n - 1], [0, 1)
  double noise_floor_db = -80.0;  // energies below full scale (32767 counts) by more are raised
                                  // to it; [-200, 0]
};

// Figures of each axis over the whole window.
struct StatisticsBlock {
  // Any of statistic_names(), in that order; empty: all.
  std::vector<std::string> statistics;
};

// Power spectrum of each axis (Welch's mean over half-overlapping frames): log band powers and the
// largest peaks. With a band to demodulate, that of the band-passed signal's envelope, in which
// bearing faults show their rate of impacts.
struct SpectralBlock {
  int32_t fft_length = 256;       // power of two, 16 to 16384, at most the window rounded up
  std::string window = "hann";    // "hann", "hamming", "rectangular"
  bool remove_mean = true;        // of each frame
  int32_t bands = 16;             // 0 to 256 bands of equal width from low_hz to high_hz
  double low_hz = 0.0;            // [0, high_hz)
  double high_hz = 0.0;           // (low_hz, rate / 2]; 0: rate / 2
  int32_t peaks = 3;              // 0 to 16; bands and peaks can't both be 0
  double envelope_low_hz = 0.0;   // band to demodulate; both 0: no demodulation
  double envelope_high_hz = 0.0;  // (envelope_low_hz, rate / 2)
};

using FeatureBlock = std::variant<RawBlock, MelBlock, StatisticsBlock, SpectralBlock>;

struct FeatureRecipe {
  double rate_hz = 0.0;  // samples per second and axis, > 0
  double scale = 1.0;    // physical units per count, > 0
  std::vector<FeatureBlock> blocks;
};

// Names of the figures that StatisticsBlock knows, in output order: mean, standard_deviation, rms,
// minimum, maximum, skewness, kurtosis, zero_crossings, crest_factor, mean_change.
const std::vector<std::string>& statistic_names();

}  // namespace mote::features
