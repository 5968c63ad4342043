#include "device/app/sensor_link.hpp"

namespace mote {

using sensor_link::FrameType;

SensorIo SensorLink::io() {
  return {this,
          [](void* context, Span<int16_t> samples) {
            return static_cast<SensorLink*>(context)->read(samples);
          },
          [](void* context) { return static_cast<SensorLink*>(context)->axes_; }};
}

Status SensorLink::send(FrameType type, ConstBytes payload) {
  const Result<size_t> size =
      sensor_link::encode(type, payload, {}, Bytes(out_, sizeof out_).drop(out_size_));
  if (size.status == Status::out_of_memory) return Status::busy;
  if (!size.ok()) return size.status;
  out_size_ += size.value;
  return Status::ok;
}

Status SensorLink::write_out() {
  size_t done = 0;
  while (done < out_size_) {
    const Result<size_t> count = stream_.write(stream_.context, {out_ + done, out_size_ - done});
    if (!count.ok()) return count.status;
    if (count.value == 0) break;
    done += count.value;
  }
  std::memmove(out_, out_ + done, out_size_ - done);
  out_size_ -= done;
  return Status::ok;
}

// Tells the sensor how far it may go, when that has moved by a quarter of the whole.
void SensorLink::grant() {
  const uint32_t wanted = position_ + credit_ahead;
  if (granted_any_ && wanted - granted_ < credit_ahead / 4) return;
  const sensor_link::Credit credit = {wanted};
  if (send(FrameType::credit, sensor_link::payload_bytes(credit)) != Status::ok) return;
  granted_ = wanted;
  granted_any_ = true;
}

Status SensorLink::poll() {
  constexpr int reads_max = 64;  // a busy sensor must not starve the rest of the device
  for (int i = 0; i < reads_max && !parser_.complete(); ++i) {
    if (in_taken_ == in_size_) {
      const Result<size_t> count = stream_.read(stream_.context, Bytes(in_));
      if (!count.ok()) return count.status;
      if (count.value == 0) break;
      in_size_ = count.value;
      in_taken_ = 0;
    }
    in_taken_ += parser_.take({in_ + in_taken_, in_size_ - in_taken_});
    if (parser_.complete()) take_frame();
  }
  grant();
  return write_out();
}

void SensorLink::take_frame() {
  sensor_link::Samples head;
  sensor_link::End end;
  switch (parser_.type()) {
    case FrameType::samples:
      if (!parser_.read(&head) ||
          (parser_.payload().size - sizeof head) % (axes_ * sizeof(int16_t)) != 0) {
        break;
      }
      position_ = head.position;  // skips what was lost on the way
      block_at_ = 0;
      block_ = true;
      return;
    case FrameType::end:
      if (!parser_.read(&end)) break;
      end_ = true;
      return;
    case FrameType::power_off:
      power_off_ = true;
      parser_.release();
      return;
    case FrameType::ready:
    case FrameType::credit:
    case FrameType::window:
    case FrameType::summary:
      break;
  }
  ++refused_;
  parser_.release();
}

Result<SensorBlock> SensorLink::read(Span<int16_t> samples) {
  SensorBlock block;
  if (end_) {
    sensor_link::End end{};
    parser_.read(&end);
    block.recording = end.recording;
    block.first_frame = end.frames;
    block.ended = true;
    end_ = false;
    parser_.release();
    return block;
  }
  if (!block_) return block;
  sensor_link::Samples head{};
  parser_.read(&head);
  const ConstBytes body = parser_.payload().drop(sizeof head);
  const size_t there = body.size / sizeof(int16_t) - block_at_;
  size_t count = samples.size - samples.size % axes_;
  if (count > there) count = there;
  std::memcpy(samples.data, body.data + block_at_ * sizeof(int16_t), count * sizeof(int16_t));
  block.frames = count / axes_;
  block.recording = head.recording;
  block.first_frame = head.first_frame + static_cast<uint32_t>(block_at_ / axes_);
  block_at_ += count;
  position_ += static_cast<uint32_t>(count);
  if (count == there) {
    block_ = false;
    parser_.release();
  }
  return block;
}

}  // namespace mote
