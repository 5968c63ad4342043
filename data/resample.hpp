// Changing the rate of a recording.
#pragma once

#include "data/recording.hpp"

namespace mote::data {

// Resamples by a Kaiser-windowed sinc (beta 8, 16 zero crossings on each side; J. O. Smith,
// "Digital Audio Resampling", 2002), with the cut-off at 0.45 of the lower of both rates, so that
// nothing folds back. Outside the recording the first and last value go on. The result is float
// in physical units, has round(frames * rate_hz / old rate) frames (at least 1), and segments
// are moved to the new frames. A rate that differs by less than 1e-6 of itself returns a copy.
Recording resample(const Recording& recording, double rate_hz);

// Puts samples taken at irregular times onto an even grid by linear interpolation.
//   times_s: ascending, one per frame; of frames at equal times the last one counts
// Used by importers when a file's time stamps are those of the measurements.
Recording interpolate_evenly(const Recording& recording, const std::vector<double>& times_s,
                             double rate_hz);

}  // namespace mote::data
