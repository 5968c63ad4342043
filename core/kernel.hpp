// What every kernel looks like from outside, so that one table drives the virtual machine.
//
// A kernel body is a template over its params: `template <class P> void NAME(const P& params,
// void* const* operands)`. Emitted source instantiates it with a struct of `static constexpr`
// members, so that every constant folds; the virtual machine with the op's params struct, read
// in place from the package.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/status.hpp"

namespace mote {

#define MOTE_INLINE inline __attribute__((always_inline))

constexpr size_t kernel_operands_max = 12;

// operands: inputs, constants, outputs, scratch, in the order that the op's header states. Each is
// aligned to 4 bytes at least (16 in a package and in an arena).
using KernelRun = void (*)(const void* params, void* const* operands);

// Decides whether `params` are in range and whether each operand has room for what the kernel
// reads or writes. operand_bytes: one entry per operand. After ok, the kernel touches nothing
// outside its operands, whatever the values in them.
using KernelCheck = Status (*)(const void* params, const uint32_t* operand_bytes);

struct KernelEntry {
  uint16_t id;            // stable number, unique over all ops; see each op's kernels.inc
  uint8_t reads;          // operands that are only read: inputs and constants come first
  uint8_t writes;         // operands that are written: outputs and scratch follow
  uint32_t params_bytes;  // size of the params struct
  KernelRun run;
  KernelCheck check;

  constexpr uint32_t operand_count() const { return uint32_t{reads} + writes; }
};

// The kernels linked into one firmware, sorted by id.
struct KernelTable {
  const KernelEntry* entries;
  size_t count;
};

// Makes the table entry of a kernel body NAME over PARAMS with CHECK(params, operand_bytes).
#define MOTE_KERNEL_ENTRY(ID, NAME, PARAMS, READS, WRITES, CHECK)                 \
  ::mote::KernelEntry {                                                           \
    ID, READS, WRITES, sizeof(PARAMS),                                            \
        [](const void* params, void* const* operands) {                           \
          NAME(*static_cast<const PARAMS*>(params), operands);                    \
        },                                                                        \
        [](const void* params, const uint32_t* operand_bytes) -> ::mote::Status { \
          return CHECK(*static_cast<const PARAMS*>(params), operand_bytes);       \
        }                                                                         \
  }

// Declares a params struct from one list F(type, name): the struct itself, and a visitor that the
// compiler uses to print it. Every field is int32_t or float, so the struct has no padding and its
// bytes (little endian) are the package's params block.
#define MOTE_PARAMS_FIELD(type, name) type name;
#define MOTE_PARAMS_VISIT(type, name) visit(#name, params.name);
#define MOTE_PARAMS(NAME, LIST)                              \
  struct NAME {                                              \
    LIST(MOTE_PARAMS_FIELD)                                  \
  };                                                         \
  template <class Visitor>                                   \
  void for_each_field(const NAME& params, Visitor&& visit) { \
    LIST(MOTE_PARAMS_VISIT)                                  \
  }

inline uint32_t saturated_product(uint32_t a, uint32_t b) {
  uint32_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? UINT32_MAX : product;
}

// Product of non-negative 32-bit counts, saturated, for extent checks that can't overflow.
inline uint32_t extent(int32_t a, int32_t b) {
  if ((a | b) < 0) return UINT32_MAX;
  return saturated_product(static_cast<uint32_t>(a), static_cast<uint32_t>(b));
}
template <class... More>
uint32_t extent(int32_t a, int32_t b, int32_t c, More... more) {
  return saturated_product(extent(a, b), extent(c, more..., 1));
}

}  // namespace mote
