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
  float previous = static_cast<float>(*before);
  float sum = 0.0f;
  for (int32_t i = 0; i < shape.frame_length; ++i) {
    const float sample = static_cast<float>(*x);
    frame[i] = sample - shape.pre_emphasis * previous;
    sum += frame[i];
    previous = sample;
    x += shape.stride;
  }
  const float mean = shape.remove_mean ? sum / static_cast<float>(shape.frame_length) : 0.0f;
  for (int32_t i = 0; i < shape.frame_length; ++i) frame[i] = (frame[i] - mean) * window[i];
  for (int32_t i = shape.frame_length; i < shape.fft_length; ++i) frame[i] = 0.0f;
}

}  // namespace mote::signal
