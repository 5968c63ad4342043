// Reads a .mote package in place. Nothing is copied; the package must outlive the reader.
#pragma once

#include "core/crc32.hpp"
#include "core/span.hpp"
#include "core/status.hpp"
#include "formats/package/package.hpp"

namespace mote::package {

class Reader {
 public:
  // Checks the header and that every section is inside. Does not look at ops or at the checksum.
  // package: aligned to 16. Errors: invalid_argument (null or misaligned), truncated, bad_magic,
  // bad_version, out_of_bounds.
  static Status open(ConstBytes package, Reader* reader) {
    if (package.data == nullptr || reinterpret_cast<uintptr_t>(package.data) % alignment != 0) {
      return Status::invalid_argument;
    }
    if (package.size < sizeof(Header)) return Status::truncated;
    const auto* header = reinterpret_cast<const Header*>(package.data);
    for (size_t i = 0; i < sizeof(magic); ++i) {
      if (header->magic[i] != magic[i]) return Status::bad_magic;
    }
    if (header->version != version || header->header_bytes != sizeof(Header)) {
      return Status::bad_version;
    }
    if (header->total_bytes > package.size) return Status::truncated;
    if (header->total_bytes < sizeof(Header) || header->total_bytes > total_bytes_max) {
      return Status::out_of_bounds;
    }
    if (header->arena_bytes > arena_bytes_max) return Status::out_of_bounds;
    const Section sections[] = {
        header->ops,      header->operands, header->params, header->ports,   header->constants,
        header->pipeline, header->metadata, header->states, header->repeats, header->steps};
    for (const Section& section : sections) {
      const bool inside = section.offset % 4 == 0 && section.offset <= header->total_bytes &&
                          section.bytes <= header->total_bytes - section.offset;
      if (!inside) return Status::out_of_bounds;
    }
    if (header->constants.offset % alignment != 0) return Status::out_of_bounds;
    if (header->ops.bytes % sizeof(Op) != 0 || header->ops.bytes / sizeof(Op) > op_count_max ||
        header->ports.bytes !=
            (size_t{header->input_count} + header->output_count) * sizeof(Port)) {
      return Status::out_of_bounds;
    }
    if (header->states.bytes % sizeof(State) != 0) return Status::out_of_bounds;
    if (header->repeats.bytes % sizeof(Repeat) != 0) return Status::out_of_bounds;
    reader->base_ = package.data;
    return reader->check_pipeline();
  }

  // Errors: bad_checksum.
  Status verify_checksum() const {
    constexpr uint32_t covered_from = 16;
    const uint32_t actual = crc32(0, base_ + covered_from, header().total_bytes - covered_from);
    return actual == header().checksum ? Status::ok : Status::bad_checksum;
  }

  const Header& header() const { return *reinterpret_cast<const Header*>(base_); }
  Span<const Op> ops() const { return view<Op>(header().ops); }
  Span<const OperandRef> operands() const { return view<OperandRef>(header().operands); }
  Span<const Port> ports() const { return view<Port>(header().ports); }
  Span<const State> states() const { return view<State>(header().states); }
  Span<const Repeat> repeats() const { return view<Repeat>(header().repeats); }
  Span<const uint32_t> steps() const { return view<uint32_t>(header().steps); }
  bool in_pieces() const { return header().input_count == 1 && input(0).flags != 0; }
  const Port& input(size_t index) const { return ports()[index]; }
  const Port& output(size_t index) const { return ports()[header().input_count + index]; }
  ConstBytes params() const { return view<uint8_t>(header().params); }
  ConstBytes constants() const { return view<uint8_t>(header().constants); }
  ConstBytes metadata() const { return view<uint8_t>(header().metadata); }

  // Null for a bare network.
  const Pipeline* pipeline() const {
    if (header().pipeline.bytes == 0) return nullptr;
    return reinterpret_cast<const Pipeline*>(base_ + header().pipeline.offset);
  }
  // Zero-terminated name of a label; "" when there is no such label.
  const char* label(uint32_t index) const {
    const Pipeline* p = pipeline();
    if (p == nullptr || index >= p->label_count) return "";
    const char* text = reinterpret_cast<const char*>(p + 1);
    for (uint32_t i = 0; i < index; ++i) {
      while (*text != '\0') ++text;
      ++text;
    }
    return text;
  }

 private:
  template <class T>
  Span<const T> view(const Section& section) const {
    return {reinterpret_cast<const T*>(base_ + section.offset), section.bytes / sizeof(T)};
  }

  // The labels are label_count zero-terminated strings that fill labels_bytes exactly.
  Status check_pipeline() const {
    const Pipeline* p = pipeline();
    if (p == nullptr) return Status::ok;
    const uint32_t bytes = header().pipeline.bytes;
    if (bytes < sizeof(Pipeline) || p->labels_bytes > bytes - sizeof(Pipeline)) {
      return Status::out_of_bounds;
    }
    if (p->axes == 0 || p->window_length == 0 || p->window_stride == 0 || p->smoothing == 0) {
      return Status::bad_params;
    }
    const uint8_t* text = reinterpret_cast<const uint8_t*>(p + 1);
    uint32_t ends = 0;
    for (uint32_t i = 0; i < p->labels_bytes; ++i) ends += text[i] == 0 ? 1u : 0u;
    const bool closed = p->labels_bytes == 0 || text[p->labels_bytes - 1] == 0;
    return ends == p->label_count && closed ? Status::ok : Status::out_of_bounds;
  }

  const uint8_t* base_ = nullptr;
};

}  // namespace mote::package
