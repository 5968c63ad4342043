// The inner loop of convolutions and fully connected layers on 64-bit CPUs: windows of several
// output pixels times the weights of sixteen or more output channels; see core/lanes.hpp.
//
// A window is `rows` runs of bytes; of pixel i, run r starts at row[r] + i * step. Its bytes go
// four by four, so that up to three behind a run are read and meet weights of 0.
//
// Packed constants of int8, per group of sixteen channels, in words: 16 x bias', 16 x multiplier,
// 16 x addend, 16 x shift, then for each four taps 16 x 4 weights. Missing taps and channels are 0.
// Of float: 16 x bias, then for each tap 16 weights.
#pragma once

#include <cstdint>

#include "core/lanes.hpp"

namespace mote {

constexpr int32_t lanes_group = 16;  // channels

// Words of packed constants of one group. fours: of taps, over the whole window.
constexpr int32_t lanes_group_words(int32_t fours) {
  return (4 + fours) * lanes_group;
}
constexpr int32_t lanes_float_group_words(int32_t taps) {
  return (1 + taps) * lanes_group;
}

// What all tiles of a layer share. T: int8_t or float.
template <class T>
struct LanesLayer {
  const int32_t* packed;
  int32_t group_words;
  int32_t rows;      // runs of a window
  int32_t run;       // of int8: fours of taps in a run; of float: taps
  int32_t channels;  // of an output
  T min;             // clamp
  T max;
};

// Values in registers: GCC keeps arrays that it unrolls too late in memory.
template <class V, int32_t count>
struct LanesList {
  V first;
  LanesList<V, count - 1> rest;
};
template <class V>
struct LanesList<V, 1> {
  V first;
};

// The sums of one pixel.
template <class L, int32_t groups, class V>
MOTE_INLINE void lanes_start(LanesList<V, groups>& sums, const int32_t* packed, int32_t words) {
  sums.first = L::load(packed);
  if constexpr (groups > 1) lanes_start<L>(sums.rest, packed + words, words);
}
template <class L, int32_t groups, class V>
MOTE_INLINE void lanes_start(LanesList<V, groups>& sums, const float*, int32_t words) {
  sums.first = L::all(0.0f);
  if constexpr (groups > 1) lanes_start<L>(sums.rest, static_cast<const float*>(nullptr), words);
}
template <class L, int32_t groups, class V>
MOTE_INLINE void lanes_add(LanesList<V, groups>& sums, const typename L::Taps& x, const int8_t* w,
                           int32_t words) {
  sums.first = L::dot(sums.first, x, w);
  if constexpr (groups > 1) lanes_add<L>(sums.rest, x, w + 4 * words, words);
}
template <class L, int32_t groups, class V>
MOTE_INLINE void lanes_add(LanesList<V, groups>& sums, const typename L::F32& x, const float* w,
                           int32_t words) {
  sums.first = L::add_product(sums.first, x, L::load(w));
  if constexpr (groups > 1) lanes_add<L>(sums.rest, x, w + words, words);
}
// channels: of `y`, that are left.
template <class L, int32_t groups, class V>
MOTE_INLINE void lanes_finish(const LanesLayer<int8_t>& layer, const LanesList<V, groups>& sums,
                              const int32_t* packed, int32_t channels, int8_t* y) {
  const auto scaled =
      lanes_requantise<L>(sums.first, L::load(packed + lanes_group),
                          L::load(packed + 2 * lanes_group), L::load(packed + 3 * lanes_group));
  L::store(y, L::clamp(scaled, layer.min, layer.max), channels);
  if constexpr (groups > 1) {
    lanes_finish<L>(layer, sums.rest, packed + layer.group_words, channels - lanes_group,
                    y + lanes_group);
  }
}
template <class L, int32_t groups, class V>
MOTE_INLINE void lanes_finish(const LanesLayer<float>& layer, const LanesList<V, groups>& sums,
                              const float* packed, int32_t channels, float* y) {
  L::store(y, L::clamp(L::add(sums.first, L::load(packed)), layer.min, layer.max), channels);
  if constexpr (groups > 1) {
    lanes_finish<L>(layer, sums.rest, packed + layer.group_words, channels - lanes_group,
                    y + lanes_group);
  }
}

// What a number of x becomes for sixteen sums.
template <class L>
MOTE_INLINE typename L::Taps lanes_repeat(const int8_t* x) {
  return L::repeat(x);
}
template <class L>
MOTE_INLINE typename L::F32 lanes_repeat(const float* x) {
  return L::all(*x);
}

// The sums of several pixels, one after another.
template <class L, int32_t pixels, class Sums, class W>
MOTE_INLINE void lanes_start_all(LanesList<Sums, pixels>& sums, const W* packed, int32_t words) {
  lanes_start<L>(sums.first, packed, words);
  if constexpr (pixels > 1) lanes_start_all<L>(sums.rest, packed, words);
}
template <class L, int32_t pixels, class Sums, class T>
MOTE_INLINE void lanes_add_all(LanesList<Sums, pixels>& sums, const T* x, int32_t step, const T* w,
                               int32_t words) {
  lanes_add<L>(sums.first, lanes_repeat<L>(x), w, words);
  if constexpr (pixels > 1) lanes_add_all<L>(sums.rest, x + step, step, w, words);
}
template <class L, int32_t pixels, class Sums, class T, class W>
MOTE_INLINE void lanes_finish_all(const LanesLayer<T>& layer, const LanesList<Sums, pixels>& sums,
                                  const W* packed, int32_t channels, T* y) {
  lanes_finish<L>(layer, sums.first, packed, channels, y);
  if constexpr (pixels > 1) {
    lanes_finish_all<L>(layer, sums.rest, packed, channels, y + layer.channels);
  }
}

// How constants lie, by type of x.
template <class L, class T>
struct LanesPacked;
template <class L>
struct LanesPacked<L, int8_t> {
  using Sum = typename L::I32;
  using Word = int32_t;
  static constexpr int32_t head = 4 * lanes_group;  // words before the weights
  static constexpr int32_t taps = 4;                // of x that go together
};
template <class L>
struct LanesPacked<L, float> {
  using Sum = typename L::F32;
  using Word = float;
  static constexpr int32_t head = lanes_group;
  static constexpr int32_t taps = 1;
};

// `pixels` pixels times `groups` groups of channels from `packed` on, of which `channels` exist.
template <class L, int32_t pixels, int32_t groups, class T>
__attribute__((noinline)) void lanes_tile(const LanesLayer<T>& layer, const T* const* row,
                                          int32_t at, int32_t step, const int32_t* packed,
                                          int32_t channels, T* y) {
  using Packed = LanesPacked<L, T>;
  const auto* const constants = reinterpret_cast<const typename Packed::Word*>(packed);
  LanesList<LanesList<typename Packed::Sum, groups>, pixels> sums;
  lanes_start_all<L>(sums, constants, layer.group_words);
  const auto* weights = reinterpret_cast<const T*>(constants + Packed::head);
  // Loops that run at least once: with a way around them GCC keeps every sum twice.
  const int32_t words = layer.group_words;
  const T* const* const end = row + layer.rows;
  do {
    const T* x = *row + at;
    const T* const run_end = x + layer.run * Packed::taps;
    do {
      lanes_add_all<L>(sums, x, step, weights, words);
      weights += Packed::taps * lanes_group;
      x += Packed::taps;
    } while (x != run_end);
  } while (++row != end);
  lanes_finish_all<L>(layer, sums, constants, channels, y);
}

// All channels of `pixels` pixels.
template <class L, int32_t pixels, class T>
void lanes_channels(const LanesLayer<T>& layer, const T* const* row, int32_t at, int32_t step,
                    T* y) {
  const int32_t* packed = layer.packed;
  for (int32_t left = layer.channels; left > 0;) {
    int32_t groups = 1;
    if (L::groups >= 4 && left > 3 * lanes_group) {
      lanes_tile<L, pixels, L::groups >= 4 ? 4 : 1>(layer, row, at, step, packed, left, y);
      groups = 4;
    } else if (L::groups >= 2 && left > lanes_group) {
      lanes_tile<L, pixels, L::groups >= 2 ? 2 : 1>(layer, row, at, step, packed, left, y);
      groups = 2;
    } else {
      lanes_tile<L, pixels, 1>(layer, row, at, step, packed, left, y);
    }
    packed += groups * layer.group_words;
    y += groups * lanes_group;
    left -= groups * lanes_group;
  }
}

// All channels of `count` pixels, of which the first one's run r starts at row[r]. y: [count,
// channels].
template <class L, class T>
void lanes_pixels(const LanesLayer<T>& layer, const T* const* row, int32_t step, int32_t count,
                  T* y) {
  int32_t at = 0;
  for (int32_t left = count; left > 0;) {
    const int32_t pixels = left < L::pixels ? left : L::pixels;
    switch (pixels) {
      case 6:
        lanes_channels<L, L::pixels >= 6 ? 6 : 1>(layer, row, at, step, y);
        break;
      case 5:
        lanes_channels<L, L::pixels >= 5 ? 5 : 1>(layer, row, at, step, y);
        break;
      case 4:
        lanes_channels<L, L::pixels >= 4 ? 4 : 1>(layer, row, at, step, y);
        break;
      case 3:
        lanes_channels<L, L::pixels >= 3 ? 3 : 1>(layer, row, at, step, y);
        break;
      case 2:
        lanes_channels<L, L::pixels >= 2 ? 2 : 1>(layer, row, at, step, y);
        break;
      default:  // 1
        lanes_channels<L, 1>(layer, row, at, step, y);
        break;
    }
    y += pixels * layer.channels;
    at += pixels * step;
    left -= pixels;
  }
}

}  // namespace mote
