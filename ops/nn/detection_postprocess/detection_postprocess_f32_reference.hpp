// Portable detections.
#pragma once

#include "core/math_exp.hpp"
#include "ops/nn/detection_postprocess/detection_postprocess.hpp"

namespace mote {

struct DetectionBox {
  float ymin, xmin, ymax, xmax;
};

// The buffer's parts.
struct DetectionBuffer {
  DetectionBox* corners;
  float* scores;
  int32_t* classes;
  uint8_t* active;  // 1: may still be taken
};

// Value `at` of int8 or float data.
inline float detection_value(const void* data, int32_t at, bool narrow, int32_t zero, float scale) {
  if (!narrow) return static_cast<const float*>(data)[at];
  return scale * static_cast<float>(static_cast<const int8_t*>(data)[at] - zero);
}

inline float detection_overlap(const DetectionBox& a, const DetectionBox& b) {
  const float area_a = (a.ymax - a.ymin) * (a.xmax - a.xmin);
  const float area_b = (b.ymax - b.ymin) * (b.xmax - b.xmin);
  if (!(area_a > 0) || !(area_b > 0)) return 0;
  const float top = a.ymin > b.ymin ? a.ymin : b.ymin, left = a.xmin > b.xmin ? a.xmin : b.xmin;
  const float bottom = a.ymax < b.ymax ? a.ymax : b.ymax;
  const float right = a.xmax < b.xmax ? a.xmax : b.xmax;
  const float height = bottom - top, width = right - left;
  const float both = height > 0 && width > 0 ? height * width : 0;
  return both / (area_a + area_b - both);
}

template <class P>
void detection_corners(const P& p, const void* encodings, const float* anchors,
                       DetectionBox* corners) {
  for (int32_t i = 0; i < p.boxes; ++i, anchors += 4) {
    const auto value = [&](int32_t k) {
      return detection_value(encodings, i * p.stride + k, p.narrow_boxes != 0, p.box_zero,
                             p.box_scale);
    };
    const float y = value(0) / p.y_scale * anchors[2] + anchors[0];
    const float x = value(1) / p.x_scale * anchors[3] + anchors[1];
    const float half_h = 0.5f * math::exp(value(2) / p.h_scale) * anchors[2];
    const float half_w = 0.5f * math::exp(value(3) / p.w_scale) * anchors[3];
    corners[i] = {y - half_h, x - half_w, y + half_h, x + half_w};
  }
}

// Calls take(box) for at most `most` boxes, the best first.
template <class P, class Take>
MOTE_INLINE void detection_suppress(const P& p, const DetectionBuffer& buffer, int32_t most,
                                    Take&& take) {
  for (int32_t i = 0; i < p.boxes; ++i) {
    buffer.active[i] = buffer.scores[i] >= p.score_threshold ? 1 : 0;
  }
  for (int32_t taken = 0; taken < most; ++taken) {
    int32_t best = -1;
    for (int32_t i = 0; i < p.boxes; ++i) {
      if (buffer.active[i] == 0) continue;
      if (best < 0 || buffer.scores[i] > buffer.scores[best]) best = i;
    }
    if (best < 0) return;
    buffer.active[best] = 0;
    take(best);
    for (int32_t i = 0; i < p.boxes; ++i) {
      if (buffer.active[i] == 0) continue;
      const float overlap = detection_overlap(buffer.corners[best], buffer.corners[i]);
      if (overlap > p.iou_threshold) buffer.active[i] = 0;
    }
  }
}

// The outputs as a list in falling order.
struct Detections {
  DetectionBox* boxes;
  float* classes;
  float* scores;
  int32_t count, most;

  // Behind those that are as good.
  void insert(const DetectionBox& box, int32_t of_class, float score) {
    int32_t at = count;
    while (at > 0 && scores[at - 1] < score) --at;
    if (at >= most) return;
    if (count < most) ++count;
    for (int32_t i = count - 1; i > at; --i) {
      boxes[i] = boxes[i - 1];
      classes[i] = classes[i - 1];
      scores[i] = scores[i - 1];
    }
    boxes[at] = box;
    classes[at] = static_cast<float>(of_class);
    scores[at] = score;
  }
};

template <class P>
void detection_postprocess_f32_reference(const P& p, void* const* operands) {
  auto* corners = static_cast<DetectionBox*>(operands[7]);
  auto* scores = static_cast<float*>(operands[7]) + 4 * p.boxes;
  auto* classes = static_cast<int32_t*>(operands[7]) + 5 * p.boxes;
  const DetectionBuffer buffer{corners, scores, classes,
                               static_cast<uint8_t*>(operands[7]) + 24 * p.boxes};
  Detections found{static_cast<DetectionBox*>(operands[3]), static_cast<float*>(operands[4]),
                   static_cast<float*>(operands[5]), 0, p.max_detections};
  for (int32_t i = 0; i < p.rows; ++i) {
    found.boxes[i] = {0, 0, 0, 0};
    found.classes[i] = found.scores[i] = 0;
  }
  detection_corners(p, operands[0], static_cast<const float*>(operands[2]), corners);
  const auto score_of = [&](int32_t box, int32_t k) {
    return detection_value(operands[1], box * (p.classes + p.background) + k + p.background,
                           p.narrow_scores != 0, p.score_zero, p.score_scale);
  };
  for (int32_t i = 0; p.regular == 0 && i < p.boxes; ++i) {
    classes[i] = 0;
    scores[i] = score_of(i, 0);
    for (int32_t k = 1; k < p.classes; ++k) {
      const float score = score_of(i, k);
      if (!(score > scores[i])) continue;
      classes[i] = k;
      scores[i] = score;
    }
  }
  if (p.regular == 0) {
    detection_suppress(p, buffer, p.max_detections,
                       [&](int32_t box) { found.insert(corners[box], classes[box], scores[box]); });
  }
  for (int32_t k = 0; p.regular != 0 && k < p.classes; ++k) {
    for (int32_t i = 0; i < p.boxes; ++i) scores[i] = score_of(i, k);
    detection_suppress(p, buffer, p.per_class,
                       [&](int32_t box) { found.insert(corners[box], k, scores[box]); });
  }
  *static_cast<float*>(operands[6]) = static_cast<float>(found.count);
}

}  // namespace mote
