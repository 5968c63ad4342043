#include "compiler/emit/package.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <map>

#include "core/crc32.hpp"
#include "formats/package/package.hpp"

namespace mote::emit {
namespace {

using package::Section;
using plan::Plan;
using plan::PlannedPort;

static_assert(std::endian::native == std::endian::little, "package structs are little endian");

class Writer {
 public:
  Writer() { bytes_.resize(sizeof(package::Header)); }

  template <class T>
  Section add(const std::vector<T>& values, uint32_t alignment = 4) {
    bytes_.resize((bytes_.size() + alignment - 1) / alignment * alignment, 0);
    const Section section{static_cast<uint32_t>(bytes_.size()),
                          static_cast<uint32_t>(values.size() * sizeof(T))};
    const auto* raw = reinterpret_cast<const uint8_t*>(values.data());
    bytes_.insert(bytes_.end(), raw, raw + section.bytes);
    return section;
  }

  std::vector<uint8_t> finish(package::Header header) {
    bytes_.resize((bytes_.size() + 3) / 4 * 4, 0);
    header.total_bytes = static_cast<uint32_t>(bytes_.size());
    std::memcpy(bytes_.data(), &header, sizeof(header));
    constexpr size_t covered_from = 16;
    const uint32_t checksum = crc32(0, bytes_.data() + covered_from, bytes_.size() - covered_from);
    std::memcpy(bytes_.data() + offsetof(package::Header, checksum), &checksum, sizeof(checksum));
    return std::move(bytes_);
  }

 private:
  std::vector<uint8_t> bytes_;
};

package::PortType port_type(ir::DType dtype) {
  switch (dtype) {
#define MOTE_PORT_TYPE(name, type) \
  case ir::DType::name:            \
    return package::PortType::name;
    MOTE_DTYPE_LIST(MOTE_PORT_TYPE)
#undef MOTE_PORT_TYPE
  }
  throw ir::GraphError("a port has an unknown type");
}

package::Port make_port(const PlannedPort& port) {
  if (port.shape.size() > package::rank_max) {
    throw ir::GraphError("'" + port.name + "' has " + std::to_string(port.shape.size()) +
                         " dimensions; a package holds " + std::to_string(package::rank_max));
  }
  package::Port result{port.offset,
                       port.bytes,
                       port.scale,
                       port.zero_point,
                       port_type(port.dtype),
                       static_cast<uint8_t>(port.shape.size()),
                       port.piece_bytes > 0 ? package::port_in_pieces : uint16_t{0},
                       {}};
  for (size_t i = 0; i < port.shape.size(); ++i) result.shape[i] = port.shape[i];
  return result;
}

std::vector<uint8_t> make_pipeline(const plan::Pipeline& source) {
  package::Pipeline pipeline{};
  pipeline.rate_millihertz = static_cast<uint32_t>(std::llround(source.rate_hz * 1000.0));
  pipeline.axes = static_cast<uint16_t>(source.axes);
  pipeline.label_count = static_cast<uint16_t>(source.labels.size());
  pipeline.window_length = static_cast<uint32_t>(source.window_length);
  pipeline.window_stride = static_cast<uint32_t>(source.window_stride);
  pipeline.units_per_count = source.units_per_count;
  pipeline.threshold = source.threshold;
  pipeline.decision = source.decision == plan::Decision::anomaly ? package::Decision::anomaly
                                                                 : package::Decision::classify;
  pipeline.smoothing = static_cast<uint16_t>(source.smoothing);
  pipeline.refractory = static_cast<uint16_t>(source.refractory);
  pipeline.background_label = source.background_label < 0
                                  ? package::no_label
                                  : static_cast<uint16_t>(source.background_label);
  std::string labels;
  for (const std::string& label : source.labels) labels += label + '\0';
  pipeline.labels_bytes = static_cast<uint32_t>(labels.size());
  std::vector<uint8_t> bytes(sizeof(pipeline));
  std::memcpy(bytes.data(), &pipeline, sizeof(pipeline));
  bytes.insert(bytes.end(), labels.begin(), labels.end());
  return bytes;
}

// The params structs as 4-byte words, equal ones once.
class ParamsPool {
 public:
  uint32_t add(const std::vector<ir::Param>& params) {
    std::vector<uint32_t> words;
    for (const ir::Param& param : params) {
      words.push_back(std::visit([](auto v) { return std::bit_cast<uint32_t>(v); }, param.value));
    }
    const auto [found, inserted] =
        offsets_.try_emplace(words, static_cast<uint32_t>(pool_.size() * sizeof(uint32_t)));
    if (inserted) pool_.insert(pool_.end(), words.begin(), words.end());
    return found->second;
  }
  const std::vector<uint32_t>& words() const { return pool_; }

 private:
  std::vector<uint32_t> pool_;
  std::map<std::vector<uint32_t>, uint32_t> offsets_;
};

}  // namespace

std::vector<uint8_t> write_package(const Plan& plan, uint32_t golden_seed,
                                   uint32_t golden_checksum) {
  std::vector<package::Op> ops;
  std::vector<package::OperandRef> operands;
  ParamsPool params;
  for (const plan::PlannedOp& op : plan.ops) {
    ops.push_back({op.kernel == nullptr ? package::kernel_input_piece : op.kernel->entry.id,
                   static_cast<uint16_t>(op.operands.size()), params.add(op.params),
                   static_cast<uint32_t>(operands.size())});
    for (const plan::PlannedOperand& operand : op.operands) {
      operands.push_back(
          {operand.offset | (operand.constant ? package::operand_is_constant : 0u), operand.bytes});
    }
  }
  std::vector<package::Repeat> repeats;
  std::vector<uint32_t> steps;
  for (const plan::Repeat& repeat : plan.repeats) {
    repeats.push_back({static_cast<uint32_t>(repeat.first_op),
                       static_cast<uint32_t>(repeat.op_count), static_cast<uint32_t>(repeat.times),
                       static_cast<uint32_t>(steps.size())});
    for (size_t i = repeat.first_op; i < repeat.first_op + repeat.op_count; ++i) {
      for (const plan::PlannedOperand& operand : plan.ops[i].operands) {
        steps.push_back(operand.step);
      }
    }
  }
  std::vector<package::Port> ports;
  for (const PlannedPort& port : plan.inputs) ports.push_back(make_port(port));
  for (const PlannedPort& port : plan.outputs) ports.push_back(make_port(port));

  Writer writer;
  package::Header header{};
  std::memcpy(header.magic, package::magic, sizeof(header.magic));
  header.version = package::version;
  header.header_bytes = sizeof(package::Header);
  header.arena_bytes = plan.arena_bytes;
  header.input_count = static_cast<uint16_t>(plan.inputs.size());
  header.output_count = static_cast<uint16_t>(plan.outputs.size());
  header.golden_seed = golden_seed;
  header.golden_checksum = golden_checksum;
  header.ops = writer.add(ops);
  header.operands = writer.add(operands);
  header.params = writer.add(params.words());
  header.ports = writer.add(ports);
  header.pipeline = writer.add(plan.pipeline.empty() ? std::vector<uint8_t>{}
                                                     : make_pipeline(plan.pipeline.front()));
  header.constants = writer.add(plan.constants, package::alignment);
  std::vector<package::State> states;
  for (const plan::PlannedState& state : plan.states) {
    const uint32_t initial =
        state.fill ? *state.fill : package::operand_is_constant | state.constant_offset;
    states.push_back({state.offset, state.bytes, initial});
  }
  header.states = writer.add(states);
  header.repeats = writer.add(repeats);
  header.steps = writer.add(steps);
  header.metadata = writer.add(std::vector<char>(plan.metadata.begin(), plan.metadata.end()));
  return writer.finish(header);
}

}  // namespace mote::emit
