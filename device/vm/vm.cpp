#include "device/vm/vm.hpp"

namespace mote {

using package::Op;
using package::OperandRef;
using package::Port;

namespace {

bool apart(const OperandRef& a, const OperandRef& b) {
  return a.is_constant() || b.is_constant() || a.offset() + a.bytes <= b.offset() ||
         b.offset() + b.bytes <= a.offset();
}

// Whether a kernel can trust what it keeps in its scratch: no written operand shares memory with
// another operand, but for the first output, which the planner may lay over a dying input.
bool written_apart(const OperandRef* operands, size_t count, size_t reads) {
  for (size_t written = reads; written < count; ++written) {
    for (size_t other = written == reads ? count : 0; other < written; ++other) {
      if (!apart(operands[written], operands[other])) return false;
    }
  }
  return true;
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
  const auto ops = reader_.ops();
  for (failed_op_ = 0; failed_op_ < ops.size; ++failed_op_) {
    const Status checked = check_op(ops[failed_op_]);
    if (checked != Status::ok) return checked;
  }
  return Status::ok;
}

Status Vm::check_ports() const {
  const uint32_t arena = arena_bytes();
  for (const Port& port : reader_.ports()) {
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

Status Vm::check_op(const Op& op) const {
  const KernelEntry* kernel = find_kernel(op.kernel);
  if (kernel == nullptr) return Status::unsupported_kernel;
  const auto operands = reader_.operands();
  const size_t params_size = reader_.params().size;
  const bool inside =
      op.operand_count == kernel->operand_count() && op.first_operand <= operands.size &&
      op.operand_count <= operands.size - op.first_operand && op.params_offset % 4 == 0 &&
      op.params_offset <= params_size && kernel->params_bytes <= params_size - op.params_offset;
  if (!inside) return Status::out_of_bounds;

  uint32_t sizes[kernel_operands_max];
  for (size_t i = 0; i < op.operand_count; ++i) {
    const OperandRef& ref = operands[op.first_operand + i];
    const size_t limit = ref.is_constant() ? reader_.constants().size : arena_bytes();
    const bool fits =
        ref.offset() % 4 == 0 && ref.offset() <= limit && ref.bytes <= limit - ref.offset();
    if (!fits || (ref.is_constant() && i >= kernel->reads)) {
      return Status::out_of_bounds;
    }
    sizes[i] = ref.bytes;
  }
  if (!written_apart(operands.data + op.first_operand, op.operand_count, kernel->reads)) {
    return Status::out_of_bounds;
  }
  return kernel->check(reader_.params().data + op.params_offset, sizes);
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

Status Vm::run(Bytes arena) const {
  if (arena.size < arena_bytes()) return Status::out_of_memory;
  if (reinterpret_cast<uintptr_t>(arena.data) % package::alignment != 0) {
    return Status::invalid_argument;
  }
  for (size_t i = 0; i < op_count(); ++i) run_op(i, arena.data);
  return Status::ok;
}

void Vm::run_op(size_t index, uint8_t* arena) const {
  const Op& op = reader_.ops()[index];
  const OperandRef* refs = reader_.operands().data + op.first_operand;
  const uint8_t* constants = reader_.constants().data;
  void* operands[kernel_operands_max];
  for (size_t i = 0; i < op.operand_count; ++i) {
    operands[i] = refs[i].is_constant() ? const_cast<uint8_t*>(constants + refs[i].offset())
                                        : arena + refs[i].offset();
  }
  find_kernel(op.kernel)->run(reader_.params().data + op.params_offset, operands);
}

Status Vm::self_test(Bytes arena) const {
  const package::Header& header = reader_.header();
  if (header.golden_seed == 0) return Status::unsupported_kernel;
  const Status started = reset(arena);
  if (started != Status::ok) return started;
  fill_golden_input(reader_, header.golden_seed, arena.data);
  const Status ran = run(arena);
  if (ran != Status::ok) return ran;
  uint32_t checksum = 0;
  for (size_t i = 0; i < header.output_count; ++i) {
    const Bytes bytes = output(i, arena.data);
    checksum = crc32(checksum, bytes.data, bytes.size);
  }
  (void)reset(arena);
  return checksum == header.golden_checksum ? Status::ok : Status::bad_checksum;
}

void fill_golden_input(const package::Reader& package, uint32_t seed, uint8_t* arena) {
  uint32_t state = seed;
  const auto next_byte = [&state] {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return static_cast<uint8_t>(state);
  };
  for (size_t i = 0; i < package.header().input_count; ++i) {
    const Port& port = package.input(i);
    uint8_t* bytes = arena + port.arena_offset;
    if (port.type == package::PortType::f32) {
      auto* values = reinterpret_cast<float*>(bytes);
      for (uint32_t k = 0; k < port.bytes / 4; ++k) {
        values[k] = static_cast<float>(static_cast<int8_t>(next_byte())) / 64.0f;
      }
    } else {
      for (uint32_t k = 0; k < port.bytes; ++k) bytes[k] = next_byte();
    }
  }
}

}  // namespace mote
