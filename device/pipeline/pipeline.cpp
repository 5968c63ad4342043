#include "device/pipeline/pipeline.hpp"

#include "core/kernel.hpp"

namespace mote {

using package::Decision;
using package::Port;
using package::PortType;

uint32_t Pipeline::ring_needed(const Vm& model) {
  const package::Pipeline& p = *model.package().pipeline();
  if (p.window_length > INT32_MAX) return UINT32_MAX;
  return extent(static_cast<int32_t>(p.window_length), p.axes);
}

uint32_t Pipeline::history_needed(const Vm& model) {
  const package::Pipeline& p = *model.package().pipeline();
  const int32_t scores = p.decision == Decision::anomaly ? 1 : p.label_count;
  return extent(scores, p.smoothing);
}

Status Pipeline::begin(const Vm& model, const Memory& memory) {
  const package::Header& header = model.package().header();
  const package::Pipeline* p = model.package().pipeline();
  if (p == nullptr || header.input_count != 1 || header.output_count < 1) return Status::bad_params;
  const Port& input = model.package().input(0);
  const Port& output = model.package().output(0);
  const uint32_t ring = ring_needed(model);
  if (input.type != PortType::i16 || ring == UINT32_MAX || input.bytes != uint64_t{ring} * 2) {
    return Status::bad_params;
  }
  const uint32_t value_bytes = output.type == PortType::f32 ? 4 : 1;
  const bool readable = output.type == PortType::f32 || output.type == PortType::i8;
  score_count_ = p->decision == Decision::anomaly ? 1 : p->label_count;
  if (!readable || score_count_ == 0 || uint64_t{score_count_} * value_bytes > output.bytes) {
    return Status::bad_params;
  }
  const bool room = memory.ring.size >= ring && memory.history.size >= history_needed(model) &&
                    memory.arena.size >= model.arena_bytes();
  if (!room) return Status::out_of_memory;
  model_ = &model;
  memory_ = memory;
  restart();
  return Status::ok;
}

void Pipeline::restart() {
  (void)model_->reset(memory_.arena);
  ring_next_ = 0;
  frames_ = 0;
  windows_ = 0;
  quiet_ = 0;
  until_window_ = settings().window_length;
}

bool Pipeline::push(const int16_t* frame) {
  const uint32_t axes = settings().axes;
  int16_t* slot = memory_.ring.data + static_cast<size_t>(ring_next_) * axes;
  for (uint32_t a = 0; a < axes; ++a) slot[a] = frame[a];
  ring_next_ = ring_next_ + 1 == settings().window_length ? 0 : ring_next_ + 1;
  ++frames_;
  --until_window_;
  if (until_window_ != 0) return false;
  until_window_ = settings().window_stride;
  return true;
}

Result<bool> Pipeline::infer(Event* event) {
  // The oldest frame is the one that would be overwritten next.
  const Bytes input = model_->input(0, memory_.arena.data);
  auto* window = reinterpret_cast<int16_t*>(input.data);
  const size_t values = input.size / sizeof(int16_t);
  const size_t split = static_cast<size_t>(ring_next_) * settings().axes;
  for (size_t i = 0; i < values - split; ++i) window[i] = memory_.ring[split + i];
  for (size_t i = 0; i < split; ++i) window[values - split + i] = memory_.ring[i];

  const Status ran = model_->run(memory_.arena);
  if (ran != Status::ok) return ran;
  read_scores(memory_.history.data + (windows_ % settings().smoothing) * score_count_);
  ++windows_;
  return decide(event);
}

const float* Pipeline::last_scores() const {
  const uint32_t last = windows_ == 0 ? 0 : windows_ - 1;
  return memory_.history.data + (last % settings().smoothing) * score_count_;
}

void Pipeline::read_scores(float* scores) const {
  const Port& port = model_->package().output(0);
  const uint8_t* bytes = model_->output(0, memory_.arena.data).data;
  for (uint32_t i = 0; i < score_count_; ++i) {
    if (port.type == PortType::f32) {
      scores[i] = reinterpret_cast<const float*>(bytes)[i];
    } else {
      const int32_t stored = reinterpret_cast<const int8_t*>(bytes)[i];
      scores[i] = port.scale * static_cast<float>(stored - port.zero_point);
    }
  }
}

bool Pipeline::decide(Event* event) {
  const package::Pipeline& p = settings();
  const uint32_t filled = windows_ < p.smoothing ? windows_ : p.smoothing;
  uint32_t best = 0;
  float best_score = 0;
  for (uint32_t label = 0; label < score_count_; ++label) {
    float sum = 0;
    for (uint32_t w = 0; w < filled; ++w) sum += memory_.history[w * score_count_ + label];
    const float average = sum / static_cast<float>(filled);
    if (label != 0 && average <= best_score) continue;
    best = label;
    best_score = average;
  }
  if (quiet_ > 0) {
    --quiet_;
    return false;
  }
  const bool anomaly = p.decision == Decision::anomaly;
  const auto label = static_cast<uint16_t>(anomaly ? 1 : best);
  // A moving average that isn't full yet would let single windows decide.
  if (filled < p.smoothing || label == p.background_label || best_score < p.threshold) return false;
  quiet_ = p.refractory;
  *event = {windows_ - 1, frames_ - p.window_length, label, best_score};
  return true;
}

}  // namespace mote
