#include "lab/sensor_feed.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "lab/board.hpp"

namespace mote::lab {

using sensor_link::FrameType;
using sensor_link::payload_bytes;

SensorFeed::SensorFeed(int descriptor, const std::vector<FieldRecording>& recordings, double speed)
    : descriptor_(descriptor), recordings_(recordings), speed_(speed) {
  for (const FieldRecording& recording : recordings_) total_ += recording.samples.size();
}

double SensorFeed::sensor_seconds() const {
  if (!ready_ || ready_->rate_millihertz == 0 || ready_->axes == 0) return 0;
  return static_cast<double>(sent_) / ready_->axes * 1000.0 / ready_->rate_millihertz;
}

bool SensorFeed::paced() const {
  if (speed_ <= 0) return true;
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - started_;
  return sensor_seconds() <= passed.count() * speed_;
}

void SensorFeed::put(FrameType type, ConstBytes head, ConstBytes body) {
  const size_t before = out_.size();
  out_.resize(before + sensor_link::frame_bytes_max);
  const Result<size_t> size =
      sensor_link::encode(type, head, body, Bytes(out_.data(), out_.size()).drop(before));
  if (!size.ok()) throw LabError("sensor link: a frame does not fit");
  out_.resize(before + size.value);
}

// Makes the next frame, if the device has room and the time has come.
void SensorFeed::fill() {
  if (!ready_ || !out_.empty() || power_off_sent_) return;
  if (recording_ == recordings_.size()) {
    put(FrameType::power_off, {}, {});
    power_off_sent_ = true;
    return;
  }
  const std::vector<int16_t>& samples = recordings_[recording_].samples;
  const size_t axes = ready_->axes;
  const auto number = static_cast<uint32_t>(recording_);
  if (sample_ == samples.size()) {
    const sensor_link::End end = {number, static_cast<uint32_t>(sample_ / axes)};
    put(FrameType::end, payload_bytes(end), {});
    ++recording_;
    sample_ = 0;
    return;
  }
  const auto room = static_cast<int32_t>(credit_ - position_);  // wraps like the positions
  size_t count = std::min(
      {samples.size() - sample_, sensor_link::samples_max, static_cast<size_t>(std::max(room, 0))});
  count -= count % axes;
  if (count == 0 || !paced()) return;
  const sensor_link::Samples head = {position_, number, static_cast<uint32_t>(sample_ / axes)};
  put(FrameType::samples, payload_bytes(head),
      {reinterpret_cast<const uint8_t*>(samples.data() + sample_), count * sizeof(int16_t)});
  sample_ += count;
  sent_ += count;
  position_ += static_cast<uint32_t>(count);
}

void SensorFeed::serve(int wait_ms) {
  fill();
  pollfd watched{descriptor_, POLLIN, 0};
  if (!out_.empty()) watched.events |= POLLOUT;
  if (::poll(&watched, 1, wait_ms) <= 0) return;
  if (watched.revents & (POLLIN | POLLHUP | POLLERR)) take();
  for (int burst = 0; burst < 16 && !out_.empty(); ++burst) {
    const ssize_t count = ::send(descriptor_, out_.data() + out_done_, out_.size() - out_done_,
                                 MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0) return;  // no room, or gone: take() tells
    out_done_ += static_cast<size_t>(count);
    if (out_done_ < out_.size()) return;
    out_.clear();
    out_done_ = 0;
    fill();
  }
}

void SensorFeed::take() {
  uint8_t block[4096];
  const ssize_t count = ::recv(descriptor_, block, sizeof block, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
  if (count <= 0) {
    if (summary_) return;
    throw LabError("the device ended before it had sensed everything");
  }
  for (size_t at = 0; at < static_cast<size_t>(count);) {
    at += parser_.take({block + at, static_cast<size_t>(count) - at});
    while (parser_.complete()) {
      take_frame();
      parser_.release();
    }
  }
}

void SensorFeed::take_frame() {
  sensor_link::Ready ready;
  sensor_link::Credit credit;
  sensor_link::Window window;
  sensor_link::Summary summary;
  if (parser_.type() == FrameType::ready && parser_.read(&ready)) {
    if (ready.version != sensor_link::version || ready.axes == 0) {
      throw LabError(
          fmt::format("the device speaks sensor link version {}, this program {}; "
                      "build both from one source tree",
                      ready.version, sensor_link::version));
    }
    for (const FieldRecording& recording : recordings_) {
      if (recording.samples.size() % ready.axes == 0) continue;
      throw LabError(fmt::format("{}: {} samples are not whole frames of the model's {} axes",
                                 recording.name, recording.samples.size(), ready.axes));
    }
    ready_ = ready;
    started_ = std::chrono::steady_clock::now();
  } else if (parser_.type() == FrameType::credit && parser_.read(&credit)) {
    credit_ = credit.position;
  } else if (parser_.type() == FrameType::window && parser_.read(&window)) {
    if (window.recording >= recordings_.size()) {
      throw LabError(fmt::format("the device tells of recording {}; there are {}", window.recording,
                                 recordings_.size()));
    }
    windows_.push_back(window);
  } else if (parser_.type() == FrameType::summary && parser_.read(&summary)) {
    summary_ = summary;
  } else {
    throw LabError(fmt::format("sensor link: frame type {} with {} bytes makes no sense here",
                               static_cast<int>(parser_.type()), parser_.payload().size));
  }
}

}  // namespace mote::lab
