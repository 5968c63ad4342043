// The virtual machine: runs a .mote package in place, without a heap and without copying.
#pragma once

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
  // bytes may be overwritten. arena: aligned to 16. Errors: out_of_memory, invalid_argument.
  Status run(Bytes arena) const;

  // One op of an inference; run() is run_op(0) to run_op(op_count() - 1). For profilers; the arena
  // must have arena_bytes().
  void run_op(size_t index, uint8_t* arena) const;

  // Compares this device's outputs for the package's golden input with the recorded checksum. The
  // states are reset before and after.
  // Errors: those of run, bad_checksum, unsupported_kernel when the package has no golden vector.
  Status self_test(Bytes arena) const;

  size_t op_count() const { return reader_.ops().size; }
  size_t failed_op() const { return failed_op_; }
  uint32_t arena_bytes() const { return reader_.header().arena_bytes; }
  const package::Reader& package() const { return reader_; }

  // Where an input or output lies. index: below header().input_count or output_count.
  Bytes input(size_t index, uint8_t* arena) const { return place(reader_.input(index), arena); }
  Bytes output(size_t index, uint8_t* arena) const { return place(reader_.output(index), arena); }

 private:
  static Bytes place(const package::Port& port, uint8_t* arena) {
    return {arena + port.arena_offset, port.bytes};
  }
  Status check_op(const package::Op& op) const;
  Status check_ports() const;
  Status check_states() const;
  const KernelEntry* find_kernel(uint16_t id) const;

  package::Reader reader_;
  const KernelTable* kernels_ = nullptr;
  size_t failed_op_ = 0;
};

// Fills a package's inputs with the golden generator's stream (SPEC.md).
void fill_golden_input(const package::Reader& package, uint32_t seed, uint8_t* arena);

}  // namespace mote
