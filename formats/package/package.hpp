// The .mote package: a whole pipeline as data, run in place from flash. SPEC.md beside this file
// gives the bytes; these structs are those bytes on a little-endian machine.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mote::package {

constexpr uint8_t magic[4] = {'M', 'O', 'T', 'E'};
constexpr uint16_t version = 3;
constexpr uint32_t alignment = 16;  // of the package in memory, of sections and constants
constexpr uint32_t total_bytes_max = 64u << 20;
constexpr uint32_t arena_bytes_max = 1u << 31;  // what an OperandRef's offset reaches
constexpr uint32_t op_count_max = 4096;
constexpr uint32_t rank_max = 6;
constexpr uint32_t op_runs_max = 1u << 16;  // kernel calls of one inference
constexpr uint16_t no_label = 0xffff;

// A run of bytes inside the package, from its first byte.
struct Section {
  uint32_t offset;  // multiple of 4
  uint32_t bytes;
};

struct Header {
  uint8_t magic[4];
  uint16_t version;
  uint16_t header_bytes;     // sizeof(Header)
  uint32_t total_bytes;      // of the package, header included
  uint32_t checksum;         // CRC-32 of every byte after this field
  uint32_t arena_bytes;      // memory that the caller provides, aligned to 16
  uint16_t input_count;      // the first ports
  uint16_t output_count;     // the ports after the inputs
  uint32_t golden_seed;      // 0: no golden vector. Else the xorshift32 seed of the inputs
  uint32_t golden_checksum;  // CRC-32 of all outputs for those inputs
  Section ops;               // Op[]
  Section operands;          // OperandRef[]
  Section params;            // params structs, 4-byte aligned
  Section ports;             // Port[]
  Section constants;         // weights and tables, 16-byte aligned
  Section pipeline;          // Pipeline and its labels; empty for a bare network
  Section metadata;          // JSON for tools; the device does not read it
  Section states;            // State[]: what is kept from one inference to the next
  Section repeats;           // Repeat[], in the order of the ops
  Section steps;             // uint32_t[], see Repeat
};
static_assert(sizeof(Header) == 112, "the header's bytes are fixed by SPEC.md");

struct Op {
  uint16_t kernel;         // id, see kernels.inc of the op folders
  uint16_t operand_count;  // 1 to kernel_operands_max
  uint32_t params_offset;  // into the params section
  uint32_t first_operand;  // index into the operands section
};
static_assert(sizeof(Op) == 12);

// Kernel id of an op that takes the next bytes of the input from the caller, as many as its only
// operand has. It has no params.
constexpr uint16_t kernel_input_piece = 0xffff;

// Ops first_op to first_op + op_count - 1 run `times` times one after another. Their operands lie
// one after another in the operands section; steps[first_step + k] is what the offset of the k-th
// of them grows by with each repetition, a multiple of 4, and 0 for constants.
struct Repeat {
  uint32_t first_op;
  uint32_t op_count;  // >= 1
  uint32_t times;     // >= 1
  uint32_t first_step;
};
static_assert(sizeof(Repeat) == 16);

constexpr uint32_t operand_is_constant = 0x80000000u;

struct OperandRef {
  uint32_t place;  // operand_is_constant | offset into the constants; or offset into the arena
  uint32_t bytes;
  uint32_t offset() const { return place & ~operand_is_constant; }
  bool is_constant() const { return (place & operand_is_constant) != 0; }
};
static_assert(sizeof(OperandRef) == 8);

// Bytes of the arena that no inference but the ops that write them may change. They are set once,
// before the first inference.
struct State {
  uint32_t arena_offset;
  uint32_t bytes;
  uint32_t initial;  // operand_is_constant | offset into the constants; or the value of every byte
  bool is_constant() const { return (initial & operand_is_constant) != 0; }
  uint32_t constant_offset() const { return initial & ~operand_is_constant; }
};
static_assert(sizeof(State) == 12);

// One list gives the element types of ports and their sizes.
#define MOTE_PORT_TYPE_LIST(X) \
  X(i8, 0, 1)                  \
  X(i16, 1, 2)                 \
  X(i32, 2, 4) X(f32, 3, 4) X(u8, 4, 1) X(u32, 5, 4) X(i64, 6, 8) X(u64, 7, 8) X(boolean, 8, 1)

enum class PortType : uint8_t {
#define MOTE_PORT_TYPE_ENUM(name, value, bytes) name = value,
  MOTE_PORT_TYPE_LIST(MOTE_PORT_TYPE_ENUM)
#undef MOTE_PORT_TYPE_ENUM
};

// Port::flags: the input isn't in the arena, the caller hands it over piece by piece
// (kernel_input_piece). arena_offset is 0. Only of a package with a single input.
constexpr uint16_t port_in_pieces = 1;

// A tensor through which the caller gives inputs and takes outputs.
struct Port {
  uint32_t arena_offset;
  uint32_t bytes;
  float scale;  // real = scale * (stored - zero_point); 0 when not quantised
  int32_t zero_point;
  PortType type;
  uint8_t rank;    // entries of shape in use
  uint16_t flags;  // 0, or port_in_pieces
  int32_t shape[rank_max];
};
static_assert(sizeof(Port) == 44);

// What the scores in the first output mean.
enum class Decision : uint16_t {
  classify = 0,  // one score per label
  anomaly = 1,   // one score; above the threshold is an anomaly
};

// Sensor, window and post-processing. Followed by label_count zero-terminated UTF-8 strings.
struct Pipeline {
  uint32_t rate_millihertz;  // frames per 1000 s
  uint16_t axes;             // values in a frame
  uint16_t label_count;
  uint32_t window_length;  // frames
  uint32_t window_stride;  // frames between the starts of windows
  float units_per_count;   // physical units of one sensor count
  float threshold;         // smoothed score that an event needs
  Decision decision;
  uint16_t smoothing;         // windows in the moving average of scores, >= 1
  uint16_t refractory;        // windows without a further event after one
  uint16_t background_label;  // a label that is no event, or no_label
  uint32_t labels_bytes;      // of the strings
};
static_assert(sizeof(Pipeline) == 36);

}  // namespace mote::package
