// The virtual machine: runs a .mote package in place, without a heap and without copying.
#pragma once

#include "core/input_source.hpp"
#include "core/kernel.hpp"
#include "core/span.hpp"
#include "formats/package/reader.hpp"

namespace mote {

class Vm {
 public:
  // Accepts a package: header, sections, every op's kernel, params and operand sizes. After ok,
  // run() touches nothing outside the package and the arena, whatever the constants hold.
  // package and kernels must outlive the Vm. package: aligned to 16.
  // Errors: those of package::Reader::open, unsupported_kernel, bad_params, out_of_bounds. On error
  // failed_op() tells the op.
  Status load(ConstBytes package, const KernelTable& kernels);

  // CRC-32 over the package: call once after the package was written to flash.
  Status verify_checksum() const { return reader_.verify_checksum(); }

  // Sets the package's states, what it keeps from one inference to the next. To be called before
  // the first inference and to start afresh; does nothing for a package without states. Errors:
  // out_of_memory.
  Status reset(Bytes arena) const;

  // One inference. The inputs are in the arena before (see input()), the outputs after; an input's
  // bytes may be overwritten. arena: aligned to 16. source: of the input of a package that takes it
  // in pieces (package().in_pieces()), which is refused without; others don't look at it. Errors:
  // out_of_memory, invalid_argument.
  Status run(Bytes arena, const InputSource* source = nullptr) const;

  // Where an inference is: before one run of an op.
  struct Position {
    size_t op = 0;
    size_t repeat = 0;  // the next or current one
    uint32_t repetition = 0;
  };
  // One step of an inference, as run() makes them until it returns false: nothing is left to run.
  // For profilers; the arena must have arena_bytes(), and source be there where run() wants it.
  bool run_next(Position* at, uint8_t* arena, const InputSource* source) const;

  // Compares this device's outputs for the package's golden input with the recorded checksum. The
  // states are reset before and after.
  // Errors: those of run, bad_checksum, unsupported_kernel when the package has no golden vector.
  Status self_test(Bytes arena) const;
  // CRC-32 of the outputs for the golden generator's input, SPEC.md. The states are reset before.
  // Errors: those of run.
  Status golden_checksum(Bytes arena, uint32_t seed, uint32_t* checksum) const;

  size_t op_count() const { return reader_.ops().size; }
  size_t failed_op() const { return failed_op_; }
  uint32_t arena_bytes() const { return reader_.header().arena_bytes; }
  const package::Reader& package() const { return reader_; }

  // Where an input or output lies. index: below header().input_count or output_count. An input
  // that comes in pieces lies nowhere: its size, and null.
  Bytes input(size_t index, uint8_t* arena) const {
    if (reader_.in_pieces()) return {nullptr, reader_.input(index).bytes};
    return place(reader_.input(index), arena);
  }
  Bytes output(size_t index, uint8_t* arena) const { return place(reader_.output(index), arena); }

 private:
  static Bytes place(const package::Port& port, uint8_t* arena) {
    return {arena + port.arena_offset, port.bytes};
  }
  Status check_ops();
  Status check_op(const package::Op& op, const package::Repeat* repeat) const;
  // Whether a kernel's operands are in their memories, and what it writes is its own. bytes: set to
  // the sizes of the operands.
  bool check_places(const package::OperandRef* operands, const KernelEntry& kernel,
                    uint32_t* bytes) const;
  Status check_piece(const package::Op& op, const package::Repeat* repeat) const;
  Status check_repeats() const;
  Status check_ports() const;
  Status check_states() const;
  const KernelEntry* find_kernel(uint16_t id) const;
  // The repeat that the op is part of; null for none. next: the first repeat that ends behind it.
  const package::Repeat* repeat_at(size_t op, size_t next) const;
  // How far operand `index` of the whole section moves with each repetition.
  uint32_t step_of(const package::Repeat& repeat, uint32_t index) const;
  void run_op(const package::Op& op, const package::Repeat* repeat, uint32_t repetition,
              uint8_t* arena, const InputSource* source) const;

  package::Reader reader_;
  const KernelTable* kernels_ = nullptr;
  size_t failed_op_ = 0;
};

// The golden generator's stream (SPEC.md), as a source too.
class GoldenInput {
 public:
  GoldenInput(package::PortType type, uint32_t seed) : type_(type), state_(seed) {}

  void set_type(package::PortType type) { type_ = type; }
  void fill(uint8_t* to, uint32_t bytes);
  InputSource source() { return {this, read}; }

 private:
  static void read(void* context, uint8_t* to, uint32_t bytes);

  package::PortType type_;
  uint32_t state_;
};

}  // namespace mote
