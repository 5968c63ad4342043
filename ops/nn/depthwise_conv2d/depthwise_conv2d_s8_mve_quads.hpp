// Depthwise 3 x 3 convolution with stride 1 for cores with the vector extension, one output
// channel per input channel; see core/mve_quads.hpp. Sixteen channels at a time go through the
// whole image, in strips of output rows whose quad rows lie in scratch.
//
// Operands:
//   0  x: int8 [batches, in_h, in_w, in_c]
//   1  packed: MveQuadChannel [in_c]
//   2  y: int8 [batches, out_h, out_w, in_c]
//   3  scratch: depthwise_quads_scratch(p) bytes
// y may overlap x if it starts a multiple of in_c bytes before it and as far as
// depthwise_quads_lead() says: a strip's input is read before its outputs are written, but the next
// strip begins with rows above them; channels keep to their own bytes.
#pragma once

#include "core/mve.hpp"
#include "core/mve_quads.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_conv2d.hpp"
#include "ops/nn/depthwise_conv2d/depthwise_rows.hpp"

namespace mote {

// Quad rows in scratch.
struct DepthwiseQuads {
  int32_t columns;  // of a quad row
  int32_t passes;   // that the image needs
  int32_t fit;      // that lie in scratch at once, >= 1
};

// As many as fit into the room of three padded input rows. Several of whole vectors of channels, so
// that weights are not made anew for each.
template <class P>
DepthwiseQuads depthwise_quads(const P& p) {
  const int32_t columns = mve_quad_columns(p.out_w);
  const int32_t lanes = p.in_c < mve_quad_lanes ? p.in_c : mve_quad_lanes;
  const int32_t passes = (p.out_h + 1) / 2;
  const uint32_t fit = extent(3, depthwise_padded_w(p), p.in_c) / extent(columns, lanes, 4);
  const auto whole = static_cast<uint32_t>(passes);
  const uint32_t least = lanes == mve_quad_lanes ? 2 : 1;
  const uint32_t some = fit < least ? least : fit;
  return {columns, passes, static_cast<int32_t>(some < whole ? some : whole)};
}

// Bytes: the last vector of a quad row is written whole.
template <class P>
uint32_t depthwise_quads_scratch(const P& p) {
  const DepthwiseQuads quads = depthwise_quads(p);
  const int32_t lanes = p.in_c < mve_quad_lanes ? p.in_c : mve_quad_lanes;
  const uint32_t rows = extent(quads.fit, quads.columns, lanes, 4);
  constexpr uint32_t vector = 4 * mve_quad_lanes;
  return rows > UINT32_MAX - vector ? UINT32_MAX : rows + vector;
}

// Bytes that y must start before x to overlap it.
template <class P>
uint32_t depthwise_quads_lead(const P& p) {
  const DepthwiseQuads quads = depthwise_quads(p);
  int64_t lead = 0;
  for (int32_t pass = quads.fit; pass < quads.passes; pass += quads.fit) {
    const int32_t written = 2 * pass;
    const int64_t read = written > p.pad_top ? written - p.pad_top : 0;
    const int64_t ahead = (int64_t{written} * p.out_w - read * p.in_w) * p.in_c;
    if (ahead > lead) lead = ahead;
  }
  return static_cast<uint32_t>(lead);
}

inline Status depthwise_conv2d_mve_quads_check(const DepthwiseConv2dParams& p,
                                               const uint32_t* bytes) {
  const Status shape = depthwise_conv2d_check_shape(p);
  if (shape != Status::ok) return shape;
  const bool supported = p.kernel_h == 3 && p.kernel_w == 3 && p.stride_h == 1 && p.stride_w == 1 &&
                         p.dilation_h == 1 && p.dilation_w == 1 && p.depth == 1;
  if (!supported) return Status::bad_params;
  const bool fits = extent(p.batches, p.in_h, p.in_w, p.in_c) <= bytes[0] &&
                    extent(p.in_c, static_cast<int32_t>(sizeof(MveQuadChannel))) <= bytes[1] &&
                    extent(p.batches, p.out_h, p.out_w, p.in_c) <= bytes[2] &&
                    depthwise_quads_scratch(p) <= bytes[3];
  return fits ? Status::ok : Status::out_of_bounds;
}

// What the loops need of a layer; one copy of their code serves all layers.
struct DepthwiseQuadsImage {
  int32_t in_h, in_w, in_c, out_h, out_w, pad_top, pad_left, input_zero;
  DepthwiseQuads quads;
};

// Makes quad row j of `lanes` channels that start at x.
inline void depthwise_make_quad_row(const DepthwiseQuadsImage& image, const int8_t* x,
                                    int32_t lanes, int32_t j, int8_t* to) {
  int8_t padding[mve_quad_lanes];
  mve_store(padding, mve_all_i8(image.input_zero));
  // Rows of fewer channels than a vector has are read as runs of bytes.
  const bool runs = image.in_c < mve_quad_lanes;
  MveQuadRow quad;
  for (int32_t i = 0; i < 4; ++i) {
    const int32_t iy = 2 * j + i - image.pad_top;
    const bool inside = iy >= 0 && iy < image.in_h;
    quad.rows[i] = inside ? x + iy * image.in_w * image.in_c : padding;
    quad.steps[i] = !inside ? 0 : (runs ? mve_quad_lanes : image.in_c);
  }
  const int32_t left = image.pad_left < image.quads.columns ? image.pad_left : image.quads.columns;
  const int32_t room = image.quads.columns - left;
  const int32_t middle = image.in_w < room ? image.in_w : room;
  const int32_t column = 4 * lanes;
  if (middle > 0) {
    quad.to = to + left * column;
    quad.to_step = runs ? 4 * mve_quad_lanes : column;
    quad.lanes = runs ? mve_quad_lanes : lanes;
    quad.vectors = runs ? middle * lanes / mve_quad_lanes : middle;
    if (quad.vectors > 0) mve_quad_row(&quad);
    const int32_t rest = runs ? middle * lanes % mve_quad_lanes : 0;
    if (rest > 0) {
      for (int32_t i = 0; i < 4; ++i) quad.rows[i] += quad.vectors * quad.steps[i];
      quad.to += quad.vectors * quad.to_step;
      quad.lanes = rest;
      quad.vectors = 1;
      mve_quad_row(&quad);
    }
  }
  // After the middle, whose last vector may have run over.
  mve_fill(to, image.input_zero, left * column);
  mve_fill(to + (left + middle) * column, image.input_zero, (room - middle) * column);
}

using MveQuadRun = void (*)(const MveQuadWalk*);

// One image, all channels. run: mve_quad_walk of the layer's sign.
__attribute__((noinline)) inline void depthwise_quads_image(const DepthwiseQuadsImage& image,
                                                            const int8_t* x,
                                                            const MveQuadChannel* packed, int8_t* y,
                                                            int8_t* scratch, MveQuadRun run) {
  const int32_t y_row = image.out_w * image.in_c;
  MveQuadWalk walk;
  walk.y_pass_bytes = 2 * y_row;
  walk.y_step = 2 * image.in_c;
  walk.whole = image.out_w / 2;
  walk.mask = 0xffffu;
  walk.rest_mask = image.out_w % 2 == 0 ? 0 : 0x0f0fu;
  for (int32_t c = 0; c < image.in_c; c += mve_quad_lanes) {
    const int32_t left = image.in_c - c;
    const int32_t lanes = left < mve_quad_lanes ? left : mve_quad_lanes;
    walk.channels = lanes;
    walk.packed = packed + c;
    walk.quads = scratch;
    walk.quad_row_bytes = image.quads.columns * lanes * 4;
    walk.quads_step = 2 * lanes * 4;
    for (int32_t i = 0; i < 4; ++i) {
      walk.columns[i] = static_cast<uint32_t>(i * lanes * 4);
      const int32_t at = i / 2 * y_row + i % 2 * image.in_c;
      walk.outputs[i] = static_cast<uint32_t>(at);
    }
    for (int32_t pass = 0; pass < image.quads.passes; pass += walk.passes) {
      const int32_t passes = image.quads.passes - pass;
      walk.passes = passes < image.quads.fit ? passes : image.quads.fit;
      const bool last = pass + walk.passes == image.quads.passes;
      walk.last_mask = last && image.out_h % 2 != 0 ? 0x00ffu : walk.mask;
      walk.y = y + pass * walk.y_pass_bytes + c;
      for (int32_t i = 0; i < walk.passes; ++i) {
        depthwise_make_quad_row(image, x + c, lanes, pass + i, scratch + i * walk.quad_row_bytes);
      }
      run(&walk);
    }
  }
}

inline void depthwise_quads_clamp(int8_t* y, int32_t count, int32_t min, int32_t max) {
  const MveI8 low = mve_all_i8(min), high = mve_all_i8(max);
  for (; count > 0; count -= mve_quad_lanes, y += mve_quad_lanes) {
    const int32_t lanes = count < mve_quad_lanes ? count : mve_quad_lanes;
    mve_store_part(y, mve_clamp(mve_load_part(y, lanes), low, high), lanes);
  }
}

template <class P>
void depthwise_conv2d_s8_mve_quads(const P& p, void* const* operands) {
  const auto* x = static_cast<const int8_t*>(operands[0]);
  const auto* const packed = static_cast<const MveQuadChannel*>(operands[1]);
  auto* y = static_cast<int8_t*>(operands[2]);
  auto* const scratch = static_cast<int8_t*>(operands[3]);
  const DepthwiseQuadsImage image{p.in_h,    p.in_w,     p.in_c,       p.out_h,           p.out_w,
                                  p.pad_top, p.pad_left, p.input_zero, depthwise_quads(p)};
  const bool sign = p.output_zero > p.activation_min;
  const MveQuadRun run = sign ? mve_quad_walk<true> : mve_quad_walk<false>;
  const int32_t y_size = p.out_h * p.out_w * p.in_c;
  for (int32_t batch = 0; batch < p.batches; ++batch) {
    depthwise_quads_image(image, x, packed, y, scratch, run);
    if (p.activation_min != -128 || p.activation_max != 127) {
      depthwise_quads_clamp(y, y_size, p.activation_min, p.activation_max);
    }
    x += p.in_h * p.in_w * p.in_c;
    y += y_size;
  }
}

}  // namespace mote
