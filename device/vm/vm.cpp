#include "device/vm/vm.hpp"

namespace mote {

using package::Op;
using package::operand_is_constant;
using package::OperandRef;
using package::Port;
using package::Repeat;

namespace {

bool apart(const OperandRef& a, const OperandRef& b) {
  return a.place + a.bytes <= b.place || b.place + b.bytes <= a.place;
}

// What an operand occupies over all repetitions, if that is less than 4 GiB.
bool sweep(const OperandRef& operand, uint32_t step, uint32_t times, OperandRef* swept) {
  const uint64_t bytes = uint64_t{step} * (times - 1) + operand.bytes;
  *swept = {operand.place, static_cast<uint32_t>(bytes)};
  return bytes <= UINT32_MAX && step % 4 == 0 && (step == 0 || !operand.is_constant());
}

}  // namespace

Status Vm::load(ConstBytes bytes, const KernelTable& kernels) {
  failed_op_ = 0;
  kernels_ = &kernels;
  const Status opened = package::Reader::open(bytes, &reader_);
  if (opened != Status::ok) return opened;
  const Status ports = check_ports();
  if (ports != Status::ok) return ports;
  const Status states = check_states();
  if (states != Status::ok) return states;
  const Status repeats = check_repeats();
  if (repeats != Status::ok) return repeats;
  return check_ops();
}

Status Vm::check_ops() {
  const auto ops = reader_.ops();
  uint64_t pieces = 0;  // bytes of the input that are asked for
  size_t next = 0;
  for (failed_op_ = 0; failed_op_ < ops.size; ++failed_op_) {
    const Op& op = ops[failed_op_];
    const Repeat* repeat = repeat_at(failed_op_, next);
    const bool piece = op.kernel == package::kernel_input_piece;
    const Status checked = piece ? check_piece(op, repeat) : check_op(op, repeat);
    if (checked != Status::ok) return checked;
    if (piece) {
      const uint32_t bytes = reader_.operands()[op.first_operand].bytes;
      pieces += uint64_t{bytes} * (repeat == nullptr ? 1 : repeat->times);
      if (pieces > reader_.input(0).bytes) return Status::out_of_bounds;
    }
    if (repeat != nullptr && failed_op_ + 1 == repeat->first_op + repeat->op_count) ++next;
  }
  return Status::ok;
}

// Repeats follow each other, are short enough, and have a step for every operand.
Status Vm::check_repeats() const {
  const auto ops = reader_.ops();
  uint64_t from = 0, runs = ops.size;
  for (const Repeat& repeat : reader_.repeats()) {
    const uint64_t end = uint64_t{repeat.first_op} + repeat.op_count;
    if (repeat.first_op < from || repeat.op_count < 1 || end > ops.size) {
      return Status::out_of_bounds;
    }
    if (repeat.times < 1) return Status::bad_params;
    runs += uint64_t{repeat.op_count} * (repeat.times - 1);
    if (runs > package::op_runs_max) return Status::bad_params;
    uint64_t operand = ops[repeat.first_op].first_operand;
    for (uint64_t i = repeat.first_op; i < end; ++i) {
      if (ops[i].first_operand != operand) return Status::out_of_bounds;
      operand += ops[i].operand_count;
    }
    const uint64_t steps = operand - ops[repeat.first_op].first_operand;
    if (repeat.first_step + steps > reader_.steps().size) return Status::out_of_bounds;
    from = end;
  }
  return Status::ok;
}

Status Vm::check_ports() const {
  const uint32_t arena = arena_bytes();
  for (const Port& port : reader_.ports()) {
    if (port.flags != 0) {
      const bool alone = port.flags == package::port_in_pieces && reader_.in_pieces() &&
                         &port == &reader_.input(0) && port.rank <= package::rank_max;
      if (!alone || port.arena_offset != 0) return Status::bad_params;
      continue;
    }
    const bool inside = port.arena_offset <= arena && port.bytes <= arena - port.arena_offset &&
                        port.arena_offset % 4 == 0 && port.rank <= package::rank_max;
    if (!inside) return Status::out_of_bounds;
  }
  return Status::ok;
}

Status Vm::check_states() const {
  const uint32_t arena = arena_bytes();
  const size_t constants = reader_.constants().size;
  for (const package::State& state : reader_.states()) {
    const bool inside = state.arena_offset <= arena && state.bytes <= arena - state.arena_offset;
    const bool known = state.is_constant() ? state.constant_offset() <= constants &&
                                                 state.bytes <= constants - state.constant_offset()
                                           : state.initial <= UINT8_MAX;
    if (!inside || !known) return Status::out_of_bounds;
  }
  return Status::ok;
}

const Repeat* Vm::repeat_at(size_t op, size_t next) const {
  const auto repeats = reader_.repeats();
  return next < repeats.size && repeats[next].first_op <= op ? &repeats[next] : nullptr;
}

uint32_t Vm::step_of(const Repeat& repeat, uint32_t index) const {
  const uint32_t first = reader_.ops()[repeat.first_op].first_operand;
  return reader_.steps()[repeat.first_step + (index - first)];
}

Status Vm::check_piece(const Op& op, const Repeat* repeat) const {
  const auto operands = reader_.operands();
  if (!reader_.in_pieces() || op.operand_count != 1 || op.first_operand >= operands.size) {
    return Status::out_of_bounds;
  }
  const OperandRef& ref = operands[op.first_operand];
  const uint32_t step = repeat == nullptr ? 0 : step_of(*repeat, op.first_operand);
  const uint64_t last = uint64_t{step} * (repeat == nullptr ? 0 : repeat->times - 1);
  const bool inside = !ref.is_constant() && ref.offset() % 4 == 0 && step % 4 == 0 &&
                      ref.bytes <= arena_bytes() &&
                      ref.offset() + last <= arena_bytes() - ref.bytes;
  return inside ? Status::ok : Status::out_of_bounds;
}

Status Vm::check_op(const Op& op, const Repeat* repeat) const {
  const KernelEntry* kernel = find_kernel(op.kernel);
  if (kernel == nullptr) return Status::unsupported_kernel;
  const auto operands = reader_.operands();
  const size_t params_size = reader_.params().size;
  const bool inside =
      op.operand_count == kernel->operand_count() && op.first_operand <= operands.size &&
      op.operand_count <= operands.size - op.first_operand && op.params_offset % 4 == 0 &&
      op.params_offset <= params_size && kernel->params_bytes <= params_size - op.params_offset;
  if (!inside) return Status::out_of_bounds;

  const OperandRef* refs = operands.data + op.first_operand;
  uint32_t bytes[kernel_operands_max];
  if (repeat == nullptr) {
    if (!check_places(refs, *kernel, bytes)) return Status::out_of_bounds;
  } else {
    OperandRef swept[kernel_operands_max] = {};
    for (uint32_t i = 0; i < op.operand_count; ++i) {
      const uint32_t step = step_of(*repeat, op.first_operand + i);
      if (!sweep(refs[i], step, repeat->times, &swept[i])) return Status::out_of_bounds;
    }
    if (!check_places(swept, *kernel, bytes)) return Status::out_of_bounds;
    for (uint32_t i = 0; i < op.operand_count; ++i) bytes[i] = refs[i].bytes;
  }
  return kernel->check(reader_.params().data + op.params_offset, bytes);
}

// Start-up is counted, and this is most of it. Places are compared as they are: the bit of
// constants puts them behind every arena.
bool Vm::check_places(const OperandRef* operands, const KernelEntry& kernel,
                      uint32_t* bytes) const {
  const uint32_t arena_end = arena_bytes();
  const uint32_t constants_end = operand_is_constant + reader_.header().constants.bytes;
  const OperandRef* const written = operands + kernel.reads;
  const OperandRef* const end = written + kernel.writes;
  for (const OperandRef* at = operands; at != end; ++at) {
    const uint32_t place_end = at->place + at->bytes;
    const uint32_t limit = at->is_constant() ? constants_end : arena_end;
    if (at->place % 4 != 0 || place_end < at->place || place_end > limit) return false;
    *bytes++ = at->bytes;
  }
  // A kernel can trust what it keeps in its scratch: no written operand shares memory with another
  // operand, but for the first output, which the planner may lay over a dying input.
  for (const OperandRef* at = written; at != end; ++at) {
    if (at->is_constant()) return false;
    for (const OperandRef* other = at == written ? at : operands; other != at; ++other) {
      if (!apart(*at, *other)) return false;
    }
  }
  return true;
}

const KernelEntry* Vm::find_kernel(uint16_t id) const {
  size_t low = 0, high = kernels_->count;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    const KernelEntry& entry = kernels_->entries[middle];
    if (entry.id == id) return &entry;
    if (entry.id < id) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return nullptr;
}

Status Vm::reset(Bytes arena) const {
  if (arena.size < arena_bytes()) return Status::out_of_memory;
  for (const package::State& state : reader_.states()) {
    const uint8_t* initial =
        state.is_constant() ? reader_.constants().data + state.constant_offset() : nullptr;
    uint8_t* bytes = arena.data + state.arena_offset;
    for (uint32_t i = 0; i < state.bytes; ++i) {
      bytes[i] = initial == nullptr ? static_cast<uint8_t>(state.initial) : initial[i];
    }
  }
  return Status::ok;
}

Status Vm::run(Bytes arena, const InputSource* source) const {
  if (arena.size < arena_bytes()) return Status::out_of_memory;
  if (reinterpret_cast<uintptr_t>(arena.data) % package::alignment != 0) {
    return Status::invalid_argument;
  }
  if (reader_.in_pieces() && source == nullptr) return Status::invalid_argument;
  Position at;
  while (run_next(&at, arena.data, source)) {
  }
  return Status::ok;
}

bool Vm::run_next(Position* at, uint8_t* arena, const InputSource* source) const {
  const auto ops = reader_.ops();
  if (at->op >= ops.size) return false;
  const Repeat* repeat = repeat_at(at->op, at->repeat);
  run_op(ops[at->op], repeat, at->repetition, arena, source);
  ++at->op;
  if (repeat == nullptr || at->op < repeat->first_op + repeat->op_count) return true;
  if (++at->repetition < repeat->times) {
    at->op = repeat->first_op;
  } else {
    at->repetition = 0;
    ++at->repeat;
  }
  return true;
}

void Vm::run_op(const Op& op, const Repeat* repeat, uint32_t repetition, uint8_t* arena,
                const InputSource* source) const {
  const OperandRef* refs = reader_.operands().data + op.first_operand;
  const uint8_t* constants = reader_.constants().data;
  void* operands[kernel_operands_max];
  for (size_t i = 0; i < op.operand_count; ++i) {
    operands[i] = refs[i].is_constant() ? const_cast<uint8_t*>(constants + refs[i].offset())
                                        : arena + refs[i].offset();
  }
  if (repetition > 0) {
    for (uint32_t i = 0; i < op.operand_count; ++i) {
      operands[i] = static_cast<uint8_t*>(operands[i]) +
                    size_t{step_of(*repeat, op.first_operand + i)} * repetition;
    }
  }
  if (op.kernel == package::kernel_input_piece) {
    // It has an operand: load() saw to that. NOLINTNEXTLINE(clang-analyzer-core*)
    source->read(source->context, static_cast<uint8_t*>(operands[0]), refs[0].bytes);
    return;
  }
  find_kernel(op.kernel)->run(reader_.params().data + op.params_offset, operands);
}

Status Vm::golden_checksum(Bytes arena, uint32_t seed, uint32_t* checksum) const {
  const package::Header& header = reader_.header();
  const Status started = reset(arena);
  if (started != Status::ok) return started;
  GoldenInput golden(package::PortType::i8, seed);
  for (size_t i = 0; i < header.input_count; ++i) {
    golden.set_type(reader_.input(i).type);
    const Bytes bytes = input(i, arena.data);
    if (bytes.data != nullptr) golden.fill(bytes.data, static_cast<uint32_t>(bytes.size));
  }
  const InputSource source = golden.source();
  const Status ran = run(arena, &source);
  if (ran != Status::ok) return ran;
  *checksum = 0;
  for (size_t i = 0; i < header.output_count; ++i) {
    const Bytes bytes = output(i, arena.data);
    *checksum = crc32(*checksum, bytes.data, bytes.size);
  }
  return Status::ok;
}

Status Vm::self_test(Bytes arena) const {
  const package::Header& header = reader_.header();
  if (header.golden_seed == 0) return Status::unsupported_kernel;
  uint32_t checksum = 0;
  const Status ran = golden_checksum(arena, header.golden_seed, &checksum);
  if (ran != Status::ok) return ran;
  (void)reset(arena);
  return checksum == header.golden_checksum ? Status::ok : Status::bad_checksum;
}

void GoldenInput::fill(uint8_t* to, uint32_t bytes) {
  const auto next_byte = [this] {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return static_cast<uint8_t>(state_);
  };
  if (type_ == package::PortType::f32) {
    auto* values = reinterpret_cast<float*>(to);
    for (uint32_t k = 0; k < bytes / 4; ++k) {
      values[k] = static_cast<float>(static_cast<int8_t>(next_byte())) / 64.0f;
    }
    return;
  }
  for (uint32_t k = 0; k < bytes; ++k) to[k] = next_byte();
}

void GoldenInput::read(void* context, uint8_t* to, uint32_t bytes) {
  static_cast<GoldenInput*>(context)->fill(to, bytes);
}

}  // namespace mote
