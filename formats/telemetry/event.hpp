// Writes a telemetry event as JSON; SPEC.md beside this file gives the format.
#pragma once

#include "core/span.hpp"
#include "core/status.hpp"

namespace mote::telemetry {

struct Event {
  uint32_t boot;
  uint32_t sequence;
  uint32_t recording;
  const char* label;  // zero-terminated UTF-8
  float score;        // printed with four decimals, clamped to [-99999, 99999]; NaN as 0
  uint32_t window;
  uint32_t first_frame;
  uint32_t micros;
  uint32_t instructions;
};

constexpr size_t number_chars_max = 10;  // of a uint32_t

// Appends text to the caller's buffer and remembers when it did not fit.
class TextWriter {
 public:
  explicit TextWriter(Span<char> out) : out_(out) {}

  TextWriter& text(const char* zero_terminated) {
    while (*zero_terminated) put(*zero_terminated++);
    return *this;
  }
  TextWriter& number(uint32_t value) {
    char digits[number_chars_max];
    int count = 0;
    do {
      digits[count++] = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value);
    while (count) put(digits[--count]);
    return *this;
  }
  // Four decimals, rounded half away from zero.
  TextWriter& decimal(float value) {
    if (value != value) value = 0;
    if (value < 0) {
      put('-');
      value = -value;
    }
    if (value > 99999.0f) value = 99999.0f;
    const uint32_t whole = static_cast<uint32_t>(value);
    // No libm on the device; nothing is negative here. NOLINTNEXTLINE(bugprone-incorrect-roundings)
    uint32_t parts = static_cast<uint32_t>((value - static_cast<float>(whole)) * 10000.0f + 0.5f);
    const uint32_t carry = parts >= 10000 ? 1 : 0;
    parts -= carry * 10000;
    number(whole + carry);
    put('.');
    for (uint32_t unit = 1000; unit; unit /= 10) put(static_cast<char>('0' + parts / unit % 10));
    return *this;
  }
  // A JSON string with its quotes (RFC 8259, section 7).
  TextWriter& quoted(const char* zero_terminated) {
    put('"');
    for (const char* c = zero_terminated; *c; ++c) {
      const uint8_t code = static_cast<uint8_t>(*c);
      if (code < 0x20) {
        text("\\u00");
        put("0123456789abcdef"[code >> 4]);
        put("0123456789abcdef"[code & 15]);
        continue;
      }
      if (*c == '"' || *c == '\\') put('\\');
      put(*c);
    }
    put('"');
    return *this;
  }
  bool fits() const { return fits_; }
  Span<const char> written() const { return {out_.data, size_}; }

 private:
  void put(char c) {
    if (size_ < out_.size)
      out_[size_++] = c;
    else
      fits_ = false;
  }
  Span<char> out_;
  size_t size_ = 0;
  bool fits_ = true;
};

// Errors: out_of_memory.
inline Result<size_t> write_event(const Event& event, Span<char> out) {
  TextWriter writer(out);
  writer.text("{\"boot\":").number(event.boot);
  writer.text(",\"seq\":").number(event.sequence);
  writer.text(",\"recording\":").number(event.recording);
  writer.text(",\"label\":").quoted(event.label);
  writer.text(",\"score\":").decimal(event.score);
  writer.text(",\"window\":").number(event.window);
  writer.text(",\"frame\":").number(event.first_frame);
  writer.text(",\"us\":").number(event.micros);
  writer.text(",\"instructions\":").number(event.instructions).text("}");
  if (!writer.fits()) return Status::out_of_memory;
  return writer.written().size;
}

// Errors: out_of_memory.
inline Result<size_t> write_status(bool online, uint32_t boot, Span<char> out) {
  TextWriter writer(out);
  writer.text("{\"online\":").text(online ? "true" : "false");
  writer.text(",\"boot\":").number(boot).text("}");
  if (!writer.fits()) return Status::out_of_memory;
  return writer.written().size;
}

}  // namespace mote::telemetry
