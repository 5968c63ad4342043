#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>
#include <stdexcept>

#include "cli/inspect.hpp"
#include "cli/output.hpp"
#include "compiler/ir/op.hpp"
#include "device/vm/kernels.hpp"
#include "device/vm/vm.hpp"
#include "formats/package/reader.hpp"

namespace mote::cli {
namespace {

using Json = nlohmann::json;
using package::Op;
using package::Port;
using package::Reader;

struct alignas(16) Block {
  uint8_t bytes[16];
};

std::string kernel_name(uint16_t id) {
  if (id == package::kernel_input_piece) return "rows from the caller";
  for (const ir::OpDef* op : ir::all_ops()) {
    for (const ir::KernelInfo& kernel : op->kernels) {
      if (kernel.entry.id == id) return std::string(kernel.symbol);
    }
  }
  return fmt::format("unknown kernel {:#06x}", id);
}

const char* type_name(package::PortType type) {
  switch (type) {
#define MOTE_PORT_TYPE_NAME(name, value, bytes) \
  case package::PortType::name:                 \
    return #name;
    MOTE_PORT_TYPE_LIST(MOTE_PORT_TYPE_NAME)
#undef MOTE_PORT_TYPE_NAME
  }
  return "unknown type";
}

std::vector<int32_t> shape_of(const Port& port) {
  const size_t rank = std::min<size_t>(port.rank, package::rank_max);
  return {port.shape, port.shape + rank};
}

Json port_json(const Port& port) {
  return {{"type", type_name(port.type)},
          {"shape", shape_of(port)},
          {"bytes", port.bytes},
          {"arena_offset", port.arena_offset},
          {"in_pieces", port.flags == package::port_in_pieces},
          {"scale", port.scale},
          {"zero_point", port.zero_point}};
}

// Bytes of an op's operands in the constants and in the arena.
struct OpBytes {
  uint64_t constants = 0;
  uint64_t arena = 0;
};

OpBytes op_bytes(const Reader& reader, const Op& op) {
  OpBytes bytes;
  const auto operands = reader.operands();
  for (size_t i = 0; i < op.operand_count && op.first_operand + i < operands.size; ++i) {
    const package::OperandRef& ref = operands[op.first_operand + i];
    (ref.is_constant() ? bytes.constants : bytes.arena) += ref.bytes;
  }
  return bytes;
}

// How often an op runs in an inference.
uint32_t runs_of(const Reader& reader, size_t op) {
  for (const package::Repeat& repeat : reader.repeats()) {
    if (op >= repeat.first_op && op - repeat.first_op < repeat.op_count) return repeat.times;
  }
  return 1;
}

Json pipeline_json(const Reader& reader) {
  const package::Pipeline& p = *reader.pipeline();
  Json labels = Json::array();
  for (uint32_t i = 0; i < p.label_count; ++i) labels.push_back(reader.label(i));
  return {{"rate_hz", p.rate_millihertz / 1000.0},
          {"axes", p.axes},
          {"window_length", p.window_length},
          {"window_stride", p.window_stride},
          {"units_per_count", p.units_per_count},
          {"decision", p.decision == package::Decision::anomaly ? "anomaly" : "classify"},
          {"threshold", p.threshold},
          {"smoothing", p.smoothing},
          {"refractory", p.refractory},
          {"labels", labels}};
}

Json report(const InspectOptions& options, const Reader& reader, const std::string& problem) {
  const package::Header& header = reader.header();
  Json ops = Json::array();
  for (const Op& op : reader.ops()) {
    const OpBytes bytes = op_bytes(reader, op);
    ops.push_back({{"kernel", kernel_name(op.kernel)},
                   {"runs", runs_of(reader, ops.size())},
                   {"constant_bytes", bytes.constants},
                   {"arena_bytes", bytes.arena}});
  }
  Json inputs = Json::array(), outputs = Json::array();
  for (size_t i = 0; i < header.input_count; ++i) inputs.push_back(port_json(reader.input(i)));
  for (size_t i = 0; i < header.output_count; ++i) outputs.push_back(port_json(reader.output(i)));
  Json document{{"file", options.path},
                {"kind", "mote"},
                {"version", header.version},
                {"bytes", header.total_bytes},
                {"arena_bytes", header.arena_bytes},
                {"constant_bytes", header.constants.bytes},
                {"checksum", fmt::format("{:08x}", header.checksum)},
                {"runs_on_this_host", problem.empty()},
                {"inputs", inputs},
                {"outputs", outputs},
                {"ops", ops}};
  if (!problem.empty()) document["problem"] = problem;
  if (reader.pipeline() != nullptr) document["pipeline"] = pipeline_json(reader);
  const auto metadata = reader.metadata();
  if (metadata.size > 0) {
    const std::string text(reinterpret_cast<const char*>(metadata.data),
                           strnlen(reinterpret_cast<const char*>(metadata.data), metadata.size));
    const Json parsed = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    document["metadata"] = parsed.is_discarded() ? Json(text) : parsed;
  }
  return document;
}

void print_report(const Json& r) {
  fmt::print("{}: Mote package version {}, {} bytes ({} of constants), arena {} bytes\n",
             r["file"].get<std::string>(), r["version"].get<int>(), r["bytes"].get<int64_t>(),
             r["constant_bytes"].get<int64_t>(), r["arena_bytes"].get<int64_t>());
  for (const char* side : {"inputs", "outputs"}) {
    for (const Json& port : r[side]) {
      fmt::print("  {}: {} {} (scale {:.6g}, zero point {})\n", side,
                 port["type"].get<std::string>(),
                 fmt::join(port["shape"].get<std::vector<int32_t>>(), "x"),
                 port["scale"].get<double>(), port["zero_point"].get<int>());
    }
  }
  if (r.contains("pipeline")) {
    const Json& p = r["pipeline"];
    fmt::print("  sensor: {} axes at {} Hz, windows of {} every {} frames\n  labels: {}\n",
               p["axes"].get<int>(), p["rate_hz"].get<double>(), p["window_length"].get<int64_t>(),
               p["window_stride"].get<int64_t>(),
               fmt::join(p["labels"].get<std::vector<std::string>>(), ", "));
  }
  Table table({"#", "kernel", "runs", "constants", "arena"});
  int64_t index = 0;
  for (const Json& op : r["ops"]) {
    table.add({std::to_string(index++), op["kernel"].get<std::string>(),
               std::to_string(op["runs"].get<uint32_t>()),
               std::to_string(op["constant_bytes"].get<int64_t>()),
               std::to_string(op["arena_bytes"].get<int64_t>())});
  }
  fmt::print("\n{}", table.text());
  if (r.contains("problem")) fmt::print("\nnot runnable: {}\n", r["problem"].get<std::string>());
}

}  // namespace

int inspect_package(const InspectOptions& options, const std::vector<uint8_t>& bytes) {
  std::vector<Block> aligned(bytes.size() / sizeof(Block) + 1);
  uint8_t* copy = aligned.data()->bytes;
  if (!bytes.empty()) std::memcpy(copy, bytes.data(), bytes.size());
  const ConstBytes content{copy, bytes.size()};
  Reader reader;
  const Status opened = Reader::open(content, &reader);
  if (opened != Status::ok) {
    throw std::runtime_error(options.path + ": " + status_text(opened));
  }
  std::string problem;
  Vm vm;
  if (reader.verify_checksum() != Status::ok) {
    problem = status_text(Status::bad_checksum);
  } else if (const Status loaded = vm.load(content, board_kernels); loaded != Status::ok) {
    problem = fmt::format("{} (op {})", status_text(loaded), vm.failed_op());
  }
  const Json document = report(options, reader, problem);
  if (options.json) {
    print_json(document);
  } else {
    print_report(document);
  }
  return problem.empty() ? 0 : 1;
}

}  // namespace mote::cli
