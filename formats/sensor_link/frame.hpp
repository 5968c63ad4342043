// The sensor link's frames; SPEC.md beside this file gives the bytes. Both ends use this header.
#pragma once

#include <cstring>

#include "core/crc32.hpp"
#include "core/span.hpp"
#include "core/status.hpp"

namespace mote::sensor_link {

constexpr uint16_t version = 1;
constexpr uint8_t mark = 0xa5;
constexpr size_t header_bytes = 4;
constexpr size_t payload_bytes_max = 1024;
constexpr size_t overhead_bytes = header_bytes + 4;
constexpr size_t frame_bytes_max = payload_bytes_max + overhead_bytes;

enum class FrameType : uint8_t {
  ready = 1,
  credit = 2,
  window = 3,
  summary = 4,
  samples = 16,
  end = 17,
  power_off = 18,
};

struct Ready {
  uint16_t version;
  uint16_t axes;
  uint32_t rate_millihertz;
  uint32_t window_length;
  uint32_t window_stride;
  uint32_t package_checksum;
};
struct Credit {
  uint32_t position;
};
struct Window {
  uint32_t recording;
  uint32_t first_frame;
  uint32_t window;
  uint16_t label;
  uint16_t event;
  float score;
  uint32_t instructions;
  uint32_t micros;
};
struct Summary {
  uint32_t windows;
  uint32_t events;
  uint32_t acknowledged;
  uint32_t connects;
  uint32_t losses;
  uint32_t dropped_frames;
  uint32_t stack_bytes;
};
struct Samples {  // the header of the payload
  uint32_t position;
  uint32_t recording;
  uint32_t first_frame;
};
struct End {
  uint32_t recording;
  uint32_t frames;
};
static_assert(sizeof(Ready) == 20 && sizeof(Credit) == 4 && sizeof(Window) == 28 &&
                  sizeof(Summary) == 28 && sizeof(Samples) == 12 && sizeof(End) == 8,
              "the payloads' bytes are fixed by SPEC.md");

constexpr size_t samples_max = (payload_bytes_max - sizeof(Samples)) / sizeof(int16_t);

// Writes a frame whose payload is `head` followed by `body`. Result: its size. out_of_memory: does
// not fit `out`; invalid_argument: payload over payload_bytes_max.
inline Result<size_t> encode(FrameType type, ConstBytes head, ConstBytes body, Bytes out) {
  const size_t size = head.size + body.size;
  if (size > payload_bytes_max) return Status::invalid_argument;
  if (size + overhead_bytes > out.size) return Status::out_of_memory;
  out[0] = mark;
  out[1] = static_cast<uint8_t>(type);
  out[2] = static_cast<uint8_t>(size);
  out[3] = static_cast<uint8_t>(size >> 8);
  if (head.size) std::memcpy(out.data + header_bytes, head.data, head.size);
  if (body.size) std::memcpy(out.data + header_bytes + head.size, body.data, body.size);
  const uint32_t check = crc32(0, out.data + 1, header_bytes - 1 + size);
  std::memcpy(out.data + header_bytes + size, &check, sizeof check);
  return size + overhead_bytes;
}

template <class Payload>
ConstBytes payload_bytes(const Payload& payload) {
  return {reinterpret_cast<const uint8_t*>(&payload), sizeof payload};
}

// Finds frames in a stream of bytes that may be damaged.
class Parser {
 public:
  // Takes bytes until a frame is complete or `in` is used up. Result: bytes taken. While complete()
  // nothing is taken; release() goes on.
  size_t take(ConstBytes in) {
    size_t count = 0;
    while (count < in.size && !complete_) {
      buffer_[size_++] = in[count++];
      settle();
    }
    return count;
  }
  bool complete() const { return complete_; }
  FrameType type() const { return static_cast<FrameType>(buffer_[1]); }
  ConstBytes payload() const { return {buffer_ + header_bytes, payload_size()}; }

  // Copies the payload's head into a struct. False: it is shorter than that.
  template <class Payload>
  bool read(Payload* out) const {
    if (payload_size() < sizeof(Payload)) return false;
    std::memcpy(out, buffer_ + header_bytes, sizeof(Payload));
    return true;
  }

  void release() {
    if (!complete_) return;
    complete_ = false;
    drop(payload_size() + overhead_bytes);
    settle();
  }
  uint32_t dropped() const { return dropped_; }  // marks that led to no frame

 private:
  size_t payload_size() const { return size_t{buffer_[2]} | size_t{buffer_[3]} << 8; }
  void drop(size_t count) {
    std::memmove(buffer_, buffer_ + count, size_ - count);
    size_ -= count;
  }
  // Checks what is there, and on damage starts again behind the mark.
  void settle() {
    while (size_ > 0 && !complete_) {
      if (buffer_[0] != mark) {
        size_t skip = 1;
        while (skip < size_ && buffer_[skip] != mark) ++skip;
        drop(skip);
        continue;
      }
      if (size_ < header_bytes) return;
      const size_t size = payload_size();
      if (size <= payload_bytes_max) {
        if (size_ < size + overhead_bytes) return;
        uint32_t check;
        std::memcpy(&check, buffer_ + header_bytes + size, sizeof check);
        if (check == crc32(0, buffer_ + 1, header_bytes - 1 + size)) {
          complete_ = true;
          return;
        }
      }
      ++dropped_;
      drop(1);
    }
  }

  uint8_t buffer_[frame_bytes_max];
  size_t size_ = 0;
  bool complete_ = false;
  uint32_t dropped_ = 0;
};

}  // namespace mote::sensor_link
