// From sensor frames to events: windows the stream, runs the model, smooths its scores, decides.
//
//   frame -> ring of the last window_length frames -> every window_stride frames: model ->
//   moving average of the scores over `smoothing` windows -> event when the best label is not the
//   background, its average reaches `threshold`, and no event came in the last `refractory`
//   windows.
#pragma once

#include "core/span.hpp"
#include "device/vm/vm.hpp"

namespace mote {

// One decision that is worth telling.
struct Event {
  uint32_t window;       // number of the window since begin() or restart(), from 0
  uint64_t first_frame;  // of that window, frames since begin() or restart()
  uint16_t label;        // index into the package's labels; anomaly: 1
  float score;           // smoothed, [0, 1] for a classifier
};

class Pipeline {
 public:
  // The caller's memory; sizes from the *_needed functions. Must outlive the Pipeline.
  struct Memory {
    Span<int16_t> ring;   // the last window of frames
    Span<float> history;  // scores of the last `smoothing` windows
    Bytes arena;          // the model's, aligned to 16
  };
  // Values (not bytes) that a loaded model's ring and history need. The model must have a pipeline
  // section. Saturated to UINT32_MAX for absurd packages.
  static uint32_t ring_needed(const Vm& model);
  static uint32_t history_needed(const Vm& model);

  // model: loaded, with a pipeline section, one int16 input of window_length * axes values and an
  // int8 or float32 output with a score per label (anomaly: its first value is the score). Must
  // outlive the Pipeline. Errors: bad_params (not such a model), out_of_memory.
  Status begin(const Vm& model, const Memory& memory);

  // Forgets all frames and scores, as after begin(): a new recording starts.
  void restart();

  // Takes one frame (axes values). True when a window is full: call infer() before the next push.
  bool push(const int16_t* frame);

  // Runs the model on the last window. True when there is an event, which is then in *event.
  // Errors: those of Vm::run.
  Result<bool> infer(Event* event);

  uint32_t windows() const { return windows_; }  // inferences since begin() or restart()
  uint32_t score_count() const { return score_count_; }
  // The last window's scores before smoothing: [score_count()].
  const float* last_scores() const;

 private:
  void read_scores(float* scores) const;
  bool decide(Event* event);
  const package::Pipeline& settings() const { return *model_->package().pipeline(); }

  const Vm* model_ = nullptr;
  Memory memory_;
  uint32_t score_count_ = 0;
  uint32_t ring_next_ = 0;     // frame slot that the next frame goes to
  uint32_t until_window_ = 0;  // frames until the next window is due
  uint64_t frames_ = 0;
  uint32_t windows_ = 0;
  uint32_t quiet_ = 0;  // windows for which no event may come
};

}  // namespace mote
