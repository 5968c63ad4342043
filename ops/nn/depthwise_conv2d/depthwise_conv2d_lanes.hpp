// Depthwise convolution on 64-bit CPUs; see core/lanes.hpp. Channels side by side fill the lanes,
// of several pixels where one has fewer: with stride 1 the outputs of a row are one run of numbers,
// and so are the inputs under one column of the window. For larger strides the input's columns are
// dealt into as many planes, where that holds again.
//
// Four rows of the window go together: scratch holds them interleaved, int8 [columns, in_c, 4] per
// plane, made anew for every output row.
//
// Operands:
//   0  x: int8 [batches, in_h, in_w, in_c]
//   1  packed constants of core/lanes_dot.hpp for `period` sixteens of lanes: lane i is channel
//      i mod in_c (or nothing, see DepthwiseLanes); taps [kernel_h / 4, kernel_w, 4]
//   2  y: int8 [batches, out_h, out_w, in_c]
//   3  scratch: depthwise_lanes_scratch bytes
#pragma once

#include <cstring>

#include "core/lanes.hpp"
#include "core/lanes_dot.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_conv2d.hpp"

namespace mote {

constexpr int32_t depthwise_lanes_fours_max = 64;  // of taps
constexpr int32_t depthwise_lanes_planes_max = 8;

// How a layer's outputs are dealt to lanes.
struct DepthwiseLanes {
  int32_t fours;    // of rows of the window
  int32_t planes;   // of input columns
  int32_t columns;  // of a plane
  int32_t length;   // outputs that follow each other in the lanes: a row's, or one pixel's
  int32_t period;   // sixteens of lanes until the channels repeat
};

template <class P>
constexpr DepthwiseLanes depthwise_lanes_of(const P& p) {
  const int32_t groups = (p.in_c + lanes_group - 1) / lanes_group;
  int32_t period = p.in_c;  // in_c / gcd(in_c, 16)
  for (int32_t i = 0; i < 4 && period % 2 == 0; ++i) period /= 2;
  const bool whole_rows = period <= lanes_group || period <= groups;
  const int32_t reach = (p.kernel_w - 1) * p.dilation_w;
  return {(p.kernel_h + 3) / 4, p.stride_w, p.out_w + reach / p.stride_w,
          whole_rows ? p.out_w * p.in_c : p.in_c, whole_rows ? period : groups};
}

// Bytes of one plane: whole vectors may be written and read behind it.
inline uint32_t depthwise_lanes_plane(const DepthwiseLanes& lanes, int32_t in_c) {
  const uint32_t bytes = extent(lanes.columns, in_c, 4);
  return bytes > 1u << 26 ? UINT32_MAX : bytes + 4 * lanes_group;
}

inline uint32_t depthwise_lanes_scratch(const DepthwiseLanes& lanes, int32_t in_c) {
  const uint32_t plane = depthwise_lanes_plane(lanes, in_c);
  if (plane > 1u << 28) return UINT32_MAX;
  return extent(lanes.fours, lanes.planes, static_cast<int32_t>(plane));
}

inline Status depthwise_conv2d_lanes_check(const DepthwiseConv2dParams& p, const uint32_t* bytes) {
  const Status shape = depthwise_conv2d_check_shape(p);
  if (shape != Status::ok) return shape;
  const DepthwiseLanes lanes = depthwise_lanes_of(p);
  if (p.depth != 1 || lanes.planes > depthwise_lanes_planes_max ||
      extent(lanes.fours, p.kernel_w) > depthwise_lanes_fours_max) {
    return Status::bad_params;
  }
  const bool fits =
      extent(p.batches, p.in_h, p.in_w, p.in_c) <= bytes[0] &&
      extent(lanes.period, lanes_group_words(lanes.fours * p.kernel_w), 4) <= bytes[1] &&
      extent(p.batches, p.out_h, p.out_w, p.in_c) <= bytes[2] &&
      depthwise_lanes_scratch(lanes, p.in_c) <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

// Four rows of an image, of which some may be padding.
struct DepthwiseLanesRows {
  const int8_t* row[4];  // [in_w, in_c], or sixteen times the zero point
  int32_t inside[4];     // 1: a row of the image
  const int8_t* end;     // of all of x: nothing is read from there on
};

// Interleaves `count` numbers from `from` on. Writes whole sixteens.
template <class L>
void depthwise_lanes_interleave(const DepthwiseLanesRows& rows, int32_t from, int32_t count,
                                int8_t* to) {
  for (int32_t i = 0; i < count; i += lanes_group) {
    const int8_t* at[4];
    int8_t last[4][lanes_group];
    for (int32_t k = 0; k < 4; ++k) {
      at[k] = rows.row[k] + rows.inside[k] * (from + i);
      if (rows.inside[k] == 0 || rows.end - at[k] >= lanes_group) continue;
      std::memcpy(last[k], at[k], static_cast<size_t>(rows.end - at[k]));
      at[k] = last[k];
    }
    L::interleave(at, to + 4 * i);
  }
}

// Fills plane `plane` with the rows' columns plane, plane + planes, ...
template <class L, class P>
void depthwise_lanes_fill(const P& p, const DepthwiseLanes& lanes, const DepthwiseLanesRows& rows,
                          int32_t plane, int8_t* to) {
  const auto pad = [&](int32_t columns) {
    const int32_t bytes = 4 * columns * p.in_c;
    std::memset(to, p.input_zero + L::input_offset, static_cast<size_t>(bytes));
    to += bytes;
  };
  // Columns [first, last) of the plane lie inside the image.
  const int32_t before = p.pad_left - plane;
  const int32_t past = lanes.planes - 1;
  int32_t first = before <= 0 ? 0 : (before + past) / lanes.planes;
  int32_t last = (p.in_w + before + past) / lanes.planes;
  if (first > lanes.columns) first = lanes.columns;
  if (last > lanes.columns) last = lanes.columns;
  pad(first);
  if (lanes.planes == 1) {
    const int32_t count = (last - first) * p.in_c;
    depthwise_lanes_interleave<L>(rows, (first - before) * p.in_c, count, to);
    to += 4 * count;
  } else {
    for (int32_t i = first; i < last; ++i) {
      depthwise_lanes_interleave<L>(rows, (i * lanes.planes - before) * p.in_c, p.in_c, to);
      to += 4 * p.in_c;
    }
  }
  pad(lanes.columns - last);
}

// `length` outputs that follow each other. tap[i]: the interleaved numbers under four taps.
template <class L, class P>
void depthwise_lanes_run(const P& p, const DepthwiseLanes& lanes, const int32_t* packed,
                         const int8_t* const* tap, int32_t at, int8_t* y) {
  const int32_t fours = lanes.fours * p.kernel_w;
  const int32_t words = lanes_group_words(fours);
  const int32_t* constants = packed;
  const int32_t* const end = packed + lanes.period * words;
  for (int32_t i = 0; i < lanes.length; i += lanes_group) {
    auto sums = L::load(constants);
    const auto* weights = reinterpret_cast<const int8_t*>(constants + 4 * lanes_group);
    for (int32_t four = 0; four < fours; ++four) {
      sums = L::dot(sums, L::taps(tap[four] + 4 * (at + i)), weights);
      weights += 4 * lanes_group;
    }
    const auto scaled = lanes_requantise<L>(sums, L::load(constants + lanes_group),
                                            L::load(constants + 2 * lanes_group),
                                            L::load(constants + 3 * lanes_group));
    L::store(y + i, L::clamp(scaled, p.activation_min, p.activation_max), lanes.length - i);
    constants += words;
    if (constants == end) constants = packed;
  }
}

template <class L, class P>
void depthwise_conv2d_lanes(const P& p, void* const* operands) {
  const DepthwiseLanes lanes = depthwise_lanes_of(p);
  const auto* x = static_cast<const int8_t*>(operands[0]);
  const auto* const packed = static_cast<const int32_t*>(operands[1]);
  auto* y = static_cast<int8_t*>(operands[2]);
  auto* const scratch = static_cast<int8_t*>(operands[3]);
  const auto plane_bytes = static_cast<int32_t>(depthwise_lanes_plane(lanes, p.in_c));
  const int8_t* tap[depthwise_lanes_fours_max];
  for (int32_t i = 0; i < lanes.fours * p.kernel_w; ++i) {
    const int32_t column = i % p.kernel_w * p.dilation_w;
    tap[i] = scratch + (i / p.kernel_w * lanes.planes + column % lanes.planes) * plane_bytes +
             4 * (column / lanes.planes) * p.in_c;
  }
  int8_t padding[lanes_group];
  std::memset(padding, p.input_zero, sizeof padding);
  DepthwiseLanesRows rows{{}, {}, x + p.batches * p.in_h * p.in_w * p.in_c};
  for (int32_t batch = 0; batch < p.batches; ++batch) {
    for (int32_t oy = 0; oy < p.out_h; ++oy) {
      for (int32_t i = 0; i < lanes.fours * lanes.planes; ++i) {
        for (int32_t k = 0; k < 4; ++k) {
          // Rows below the window weigh nothing.
          const int32_t ky = 4 * (i / lanes.planes) + k;
          const int32_t iy = oy * p.stride_h + ky * p.dilation_h - p.pad_top;
          rows.inside[k] = ky < p.kernel_h && iy >= 0 && iy < p.in_h ? 1 : 0;
          rows.row[k] = rows.inside[k] != 0 ? x + iy * p.in_w * p.in_c : padding;
        }
        depthwise_lanes_fill<L>(p, lanes, rows, i % lanes.planes, scratch + i * plane_bytes);
      }
      for (int32_t at = 0; at < p.out_w * p.in_c; at += lanes.length) {
        depthwise_lanes_run<L>(p, lanes, packed, tap, at, y + at);
      }
      y += p.out_w * p.in_c;
    }
    x += p.in_h * p.in_w * p.in_c;
  }
}

}  // namespace mote
