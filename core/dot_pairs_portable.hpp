// core/dot_pairs.hpp in plain C++.
#pragma once

#include "core/dot_pairs.hpp"

namespace mote {

inline void dot_pairs_run(const DotPairsRun* run, DotPairsSums* sums) {
  const uint32_t* x = run->x;
  const int8_t* w0 = run->weights;
  const int8_t* w1 = w0 + 2 * run->tap_pairs;
  const uint32_t* mark_word = run->marks;
  uint32_t all00 = 0, all01 = 0, all10 = 0, all11 = 0;
  uint32_t high00 = 0, high01 = 0, high10 = 0, high11 = 0;
  for (int32_t left = run->tap_pairs; left > 0; left -= dot_pairs_per_mark_word) {
    const int32_t pairs = left < dot_pairs_per_mark_word ? left : dot_pairs_per_mark_word;
    // A run ends with the word, whatever the marks say.
    const uint32_t marks = *mark_word++ | uint32_t{1} << (dot_pairs_per_mark_word - pairs);
    // The top bit tells, once shifted, whether the run goes on.
    uint32_t goes_on = ~marks >> 1;
    for (const uint32_t* const end = x + 4 * pairs; x != end;) {
      uint32_t sum00 = dot_pairs_start, sum01 = dot_pairs_start;
      uint32_t sum10 = dot_pairs_start, sum11 = dot_pairs_start;
      do {
        goes_on <<= 1;
        const auto a0 = static_cast<uint32_t>(w0[0]), b0 = static_cast<uint32_t>(w1[0]);
        sum00 += x[0] * a0;
        sum01 += x[1] * a0;
        sum10 += x[0] * b0;
        sum11 += x[1] * b0;
        const auto a1 = static_cast<uint32_t>(w0[1]), b1 = static_cast<uint32_t>(w1[1]);
        sum00 += x[2] * a1;
        sum01 += x[3] * a1;
        sum10 += x[2] * b1;
        sum11 += x[3] * b1;
        x += 4;
        w0 += 2;
        w1 += 2;
      } while (static_cast<int32_t>(goes_on) < 0);
      all00 += sum00;
      all01 += sum01;
      all10 += sum10;
      all11 += sum11;
      high00 += sum00 >> 16;
      high01 += sum01 >> 16;
      high10 += sum10 >> 16;
      high11 += sum11 >> 16;
    }
  }
  *sums = {{all00, all01, all10, all11}, {high00, high01, high10, high11}};
}

}  // namespace mote
