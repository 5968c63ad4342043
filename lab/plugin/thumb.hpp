// Tells Thumb instructions apart by what they cost. Encodings: Armv7-M ARM (DDI 0403), chapter A5;
// vectors, Armv8.1-M ARM (DDI 0553).
#pragma once

#include <bit>
#include <cstdint>
#include <iterator>

namespace mote::lab {

// One list gives the enum and the names in the plugin's report.
#define MOTE_INSTRUCTION_CLASSES(X)                                                  \
  X(alu)                 /* add, shift, logic, compare, moves, SIMD in a register */ \
  X(multiply)            /* 32-bit product */                                        \
  X(multiply_accumulate) /* and a sum: MLA, SMLAD, SMMLA */                          \
  X(multiply_long)       /* 64-bit product, with or without a sum */                 \
  X(divide)                                                                          \
  X(load)                                                                            \
  X(load_pipelined) /* a load or store right before it */                            \
  X(store)                                                                           \
  X(load_multiple) /* LDM, POP, LDRD, VLDM */                                        \
  X(store_multiple)                                                                  \
  X(branch)        /* not taken */                                                   \
  X(branch_taken)  /* any but a load that another place follows */                   \
  X(load_jump)     /* a load of the place that follows: POP {..., pc} */             \
  X(fp)            /* float add, multiply, convert, compare, move */                 \
  X(fp_accumulate) /* float multiply and add */                                      \
  X(fp_divide)     /* float division, square root */                                 \
  X(vector)        /* MVE */                                                         \
  X(other)         /* barriers, special registers, hints */

enum class InstructionClass : uint8_t {
#define MOTE_CLASS_ENUM(name) name,
  MOTE_INSTRUCTION_CLASSES(MOTE_CLASS_ENUM)
#undef MOTE_CLASS_ENUM
};

constexpr const char* instruction_class_names[] = {
#define MOTE_CLASS_NAME(name) #name,
    MOTE_INSTRUCTION_CLASSES(MOTE_CLASS_NAME)
#undef MOTE_CLASS_NAME
};
constexpr int instruction_classes = static_cast<int>(std::size(instruction_class_names));

struct Instruction {
  InstructionClass kind;
  int registers;  // words that a load or store moves; else 0
};

constexpr Instruction thumb_load(bool loads, int registers = 1) {
  using enum InstructionClass;
  if (registers == 1) return {loads ? load : store, 1};
  return {loads ? load_multiple : store_multiple, registers};
}

// A 16-bit instruction.
constexpr Instruction classify_thumb16(uint32_t op) {
  using enum InstructionClass;
  const uint32_t top = op >> 11;  // five bits
  const int listed = std::popcount(op & 0xffu);
  if (op >> 6 == 0b0100001101) return {multiply, 0};
  if (op >> 8 == 0b01000111) return {branch, 0};      // BX, BLX
  if ((op & 0xff87u) == 0x4687u) return {branch, 0};  // MOV pc, ...
  if (top == 0b01001) return thumb_load(true);        // from the literal pool
  if (op >> 12 == 0b0101) return thumb_load((op >> 9 & 7) >= 3);
  if (op >> 13 == 0b011 || op >> 13 == 0b100) return thumb_load(op >> 11 & 1);
  if (op >> 9 == 0b1011010) return thumb_load(false, listed + static_cast<int>(op >> 8 & 1));
  if (op >> 9 == 0b1011110) return thumb_load(true, listed + static_cast<int>(op >> 8 & 1));
  if ((op & 0xf500u) == 0xb100u) return {branch, 0};                    // CBZ, CBNZ
  if (op >> 8 == 0b10111111) return {(op & 15) != 0 ? alu : other, 0};  // IT, hints
  if (op >> 8 == 0b10111110) return {other, 0};                         // BKPT
  if (top == 0b11000 || top == 0b11001) return thumb_load(op >> 11 & 1, listed);
  if (op >> 12 == 0b1101) return {(op >> 9 & 7) == 7 ? other : branch, 0};  // UDF, SVC; B<cond>
  if (top == 0b11100) return {branch, 0};
  return {alu, 0};
}

// Floats and vectors: coprocessor space.
constexpr Instruction classify_coprocessor(uint32_t first, uint32_t second) {
  using enum InstructionClass;
  const bool is_float = (second >> 9 & 7) == 0b101 && first >> 12 == 0xe;
  if (!is_float) return {vector, 0};
  const bool memory = (first & 0xfe00u) == 0xec00u;
  if (memory && (first & 0xffe0u) == 0xec40u) return {fp, 0};  // VMOV of two registers
  if (memory) {
    const bool single = (first >> 8 & 1) != 0 && (first >> 5 & 1) == 0;
    return thumb_load(first >> 4 & 1, single ? 1 : static_cast<int>(second & 0xffu));
  }
  const bool transfer = (second >> 4 & 1) != 0;
  const uint32_t operation = first >> 4 & 0b1011;
  if (transfer) return {fp, 0};
  if (operation == 0b1000) return {fp_divide, 0};
  const bool root = operation == 0b1011 && (first & 15) == 1 && (second >> 6 & 3) == 3;
  if (root) return {fp_divide, 0};
  const bool accumulates = operation <= 0b0001 || operation == 0b1001 || operation == 0b1010;
  return {accumulates ? fp_accumulate : fp, 0};
}

// A 32-bit instruction.
constexpr Instruction classify_thumb32(uint32_t first, uint32_t second) {
  using enum InstructionClass;
  const uint32_t group = first >> 11 & 3, op = first >> 4 & 0x7f;
  if ((op & 0b1000000) != 0 && group != 2) return classify_coprocessor(first, second);
  if (group == 1) {
    if ((op & 0b0100000) != 0) return {alu, 0};  // shifted register
    if ((op & 0b0000100) == 0) return thumb_load(op & 1, std::popcount(second));
    if ((first & 0xfff0u) == 0xe8d0u && (second >> 5 & 7) == 0) return {branch, 0};  // TBB, TBH
    return thumb_load(op & 1, 2);
  }
  if (group == 2) {
    if ((second & 0x8000u) == 0) return {alu, 0};  // immediate
    const bool special = (second & 0x5000u) == 0 && (first >> 7 & 7) == 7;
    return {special ? other : branch, 0};
  }
  if ((op & 0b0100000) == 0) {
    const bool hint = (op & 1) != 0 && second >> 12 == 15 && (op & 6) != 4;  // PLD
    return hint ? Instruction{other, 0} : thumb_load(op & 1);
  }
  if ((op & 0b0010000) == 0) return {alu, 0};  // registers, extension, SIMD in a register
  if ((op & 0b0001000) == 0) return {second >> 12 == 15 ? multiply : multiply_accumulate, 0};
  const bool divides = (op & 0b101) == 0b001 && (second >> 4 & 15) == 15;
  return {divides ? divide : multiply_long, 0};
}

constexpr Instruction classify_thumb(uint16_t first, uint16_t second) {
  return first >> 11 >= 0b11101 ? classify_thumb32(first, second) : classify_thumb16(first);
}

}  // namespace mote::lab
