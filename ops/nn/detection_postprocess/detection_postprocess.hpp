// Detections of an object detector from its boxes' encodings and scores, as TensorFlow Lite's
// custom operator TFLite_Detection_PostProcess, in float.
//
//   centre = encoding / scale * anchor extent + anchor centre,  in y and x
//   extent = e^(encoding / scale) * anchor extent,              in h and w
//
// Then greedy suppression (NMS): of the boxes whose score is at least score_threshold the best is
// taken, boxes that it covers by more than iou_threshold of their union are dropped, and so on.
// Of equal scores the first is better.
//   regular = 0   a box counts with its best class; at most max_detections are taken
//   regular = 1   each class by itself, at most per_class of each; the best max_detections of all
// Rows that no detection fills are 0. Where TensorFlow Lite fails in an inference, because a box
// has no extent, that box covers nothing here.
//
// Operands:
//   0  encodings: float or int8 [boxes, stride], of which y, x, h, w count
//   1  scores: float or int8 [boxes, classes + background]; a background's comes first
//   2  anchors: float [boxes, 4]: y, x, h, w
//   3  detected: float [rows, 4]: ymin, xmin, ymax, xmax
//   4  class: float [rows]
//   5  score: float [rows]
//   6  count: float [1]
//   7  buffer: float [boxes, 4] corners, float [boxes] scores, int32 [boxes] classes, uint8 [boxes]
#pragma once

#include "core/kernel.hpp"

namespace mote {

#define MOTE_DETECTION_POSTPROCESS_PARAMS(F)                  \
  F(int32_t, boxes)          /* [1, 2^20] */                  \
  F(int32_t, stride)         /* [4, 2^10] */                  \
  F(int32_t, classes)        /* [1, 2^15] */                  \
  F(int32_t, background)     /* 0 or 1 */                     \
  F(int32_t, rows)           /* [max_detections, 2^20] */     \
  F(int32_t, max_detections) /* >= 1 */                       \
  F(int32_t, per_class)      /* >= 1 */                       \
  F(int32_t, regular)        /* 0 or 1 */                     \
  F(int32_t, narrow_boxes)   /* encodings are int8: 0 or 1 */ \
  F(int32_t, box_zero)                                        \
  F(int32_t, narrow_scores) /* 0 or 1 */                      \
  F(int32_t, score_zero)                                      \
  F(float, box_scale) /* of int8 */                           \
  F(float, score_scale)                                       \
  F(float, score_threshold)                                   \
  F(float, iou_threshold)                                     \
  F(float, y_scale)                                           \
  F(float, x_scale)                                           \
  F(float, h_scale)                                           \
  F(float, w_scale)
MOTE_PARAMS(DetectionPostprocessParams, MOTE_DETECTION_POSTPROCESS_PARAMS)
#undef MOTE_DETECTION_POSTPROCESS_PARAMS

inline Status detection_postprocess_check(const DetectionPostprocessParams& p,
                                          const uint32_t* bytes) {
  const bool good = p.boxes >= 1 && p.boxes <= 1 << 20 && p.stride >= 4 && p.stride <= 1 << 10 &&
                    p.classes >= 1 && p.classes <= 1 << 15 && p.background >= 0 &&
                    p.background <= 1 && p.max_detections >= 1 && p.per_class >= 1 &&
                    p.rows >= p.max_detections && p.rows <= 1 << 20;
  if (!good) return Status::bad_params;
  const uint32_t scores = extent(p.boxes, p.classes + p.background, p.narrow_scores != 0 ? 1 : 4);
  const bool fits = extent(p.boxes, p.stride, p.narrow_boxes != 0 ? 1 : 4) <= bytes[0] &&
                    scores <= bytes[1] && scores <= uint32_t{INT32_MAX} &&
                    extent(p.boxes, 16) <= bytes[2] && extent(p.rows, 16) <= bytes[3] &&
                    extent(p.rows, 4) <= bytes[4] && extent(p.rows, 4) <= bytes[5] &&
                    4 <= bytes[6] && extent(p.boxes, 25) <= bytes[7];
  return fits ? Status::ok : Status::out_of_bounds;
}

}  // namespace mote
