// Cutting one frame out of a signal: mean removal, pre-emphasis, window, zero padding.
#pragma once

#include <cstdint>

namespace mote::signal {

// Number of frames in a signal, 0 when it is shorter than one. hop: >= 1.
constexpr int32_t frame_count(int32_t length, int32_t frame_length, int32_t hop) {
  return length < frame_length ? 0 : 1 + (length - frame_length) / hop;
}

struct FrameShape {
  int32_t stride;        // from one sample of this axis to its next
  int32_t frame_length;  // samples
  int32_t fft_length;    // >= frame_length; the rest becomes 0
  float pre_emphasis;    // y[i] = x[i] - pre_emphasis * x[i - 1]
  bool remove_mean;      // of this frame, after pre-emphasis
};

// x: T at sample `start` of the signal; before: at start - 1, or at start when there is none.
// window: float [frame_length]; frame: float [fft_length].
template <class T>
void load_frame(const T* x, const T* before, const FrameShape& shape, const float* window,
                float* frame) {
  const float pre_emphasis = shape.pre_emphasis;
  const float* const end = window + shape.frame_length;
  float previous = static_cast<float>(*before);
  float mean = 0.0f;
  if (shape.remove_mean) {
    const T* from = x;
    for (int32_t i = 0; i < shape.frame_length; ++i, from += shape.stride) {
      const float sample = static_cast<float>(*from);
      mean += sample - pre_emphasis * previous;
      previous = sample;
    }
    mean /= static_cast<float>(shape.frame_length);
    previous = static_cast<float>(*before);
  }
  for (; window < end; x += shape.stride) {
    const float sample = static_cast<float>(*x);
    *frame++ = (sample - pre_emphasis * previous - mean) * *window++;
    previous = sample;
  }
  for (int32_t i = shape.frame_length; i < shape.fft_length; ++i) *frame++ = 0.0f;
}

}  // namespace mote::signal
