#include "lab/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "compiler/emit/cpp_source.hpp"
#include "compiler/seeded_inputs.hpp"
#include "device/vm/kernels.hpp"
#include "device/vm/vm.hpp"

namespace mote::lab {
namespace {

constexpr const char* profile_header = "lab/firmware/profile.hpp";

std::vector<std::string> profile_flags(bool profile) {
  if (!profile) return {};
  return {"-DMOTE_PROFILE", "-include", profile_header};
}

// Defines board_kernels with exactly these kernels, in the order of their ids.
std::string kernel_table_source(std::vector<const ir::KernelInfo*> kernels) {
  // Ops of one family share kernels.
  const auto id = [](const auto* kernel) { return kernel->entry.id; };
  std::ranges::sort(kernels, {}, id);
  const auto same = [&](const auto* a, const auto* b) { return id(a) == id(b); };
  kernels.erase(std::unique(kernels.begin(), kernels.end(), same), kernels.end());
  std::set<std::string> headers;
  std::string entries;
  for (const ir::KernelInfo* kernel : kernels) {
    headers.insert(std::string(kernel->header));
    entries += fmt::format("    MOTE_KERNEL_ENTRY({}, {}, {}, {}, {}, {}),\n", kernel->entry.id,
                           kernel->symbol, kernel->params_type, kernel->entry.reads,
                           kernel->entry.writes, kernel->check);
  }
  std::string text = "#include \"device/vm/kernels.hpp\"\n";
  for (const std::string& header : headers) text += fmt::format("#include \"{}\"\n", header);
  return text + fmt::format(
                    "\nnamespace mote {{\nnamespace {{\nconst KernelEntry entries[] = {{\n{}}};\n"
                    "}}  // namespace\nconst KernelTable board_kernels{{entries, {}}};\n}}\n",
                    entries, kernels.size());
}

// engine.hpp on top of the emitted source.
std::string code_engine_source(const Model& model) {
  const bool pieces = model.reader().in_pieces();
  const auto ports = [pieces](const char* role, size_t count) {
    std::string cases;
    for (size_t i = 0; i < count; ++i) {
      if (pieces && role == std::string_view("input")) {
        cases += "  if (index == 0) return {frame, model::input_0_bytes};\n";
        continue;
      }
      cases += fmt::format(
          "  if (index == {}) return {{reinterpret_cast<uint8_t*>(model::{}_{}(arena)), "
          "model::{}_{}_bytes}};\n",
          i, role, i, role, i);
    }
    return fmt::format("size_t {}_count() {{ return {}; }}\nPort {}(size_t index) {{\n{}", role,
                       count, role, cases) +
           "  (void)index;\n  return {arena, 0};\n}\n";
  };
  return fmt::format(
             "#include \"lab/firmware/engine.hpp\"\n#include \"model.hpp\"\n\n"
             "namespace mote::engine {{\nnamespace {{\n"
             "__attribute__((section(\".noinit\"))) alignas(16) uint8_t "
             "arena[model::arena_bytes];\n{}"
             "}}  // namespace\n\nconst char* open() {{\n  model::reset(arena);\n  return "
             "nullptr;\n}}\n"
             "uint32_t load_ticks() {{ return 0; }}\n"
             "uint32_t arena_bytes() {{ return model::arena_bytes; }}\n"
             "void invoke() {{\n{}}}\n",
             pieces ? "__attribute__((section(\".noinit\"))) uint8_t frame[model::input_0_bytes];\n"
                    : "",
             pieces ? "  mote::WholeInput whole{frame};\n  model::invoke(arena, whole.source());\n"
                    : "  model::invoke(arena);\n") +
         ports("input", model.plan()->inputs.size()) +
         ports("output", model.plan()->outputs.size()) + "}  // namespace mote::engine\n";
}

ir::DType dtype_of(package::PortType type) {
  switch (type) {
#define MOTE_PORT_DTYPE(name, value, bytes) \
  case package::PortType::name:             \
    return ir::DType::name;
    MOTE_PORT_TYPE_LIST(MOTE_PORT_DTYPE)
#undef MOTE_PORT_DTYPE
  }
  throw LabError("an input has an unknown element type");
}

}  // namespace

const ir::KernelInfo* find_kernel(uint16_t id) {
  for (const ir::OpDef* op : ir::all_ops()) {
    for (const ir::KernelInfo& kernel : op->kernels) {
      if (kernel.entry.id == id) return &kernel;
    }
  }
  return nullptr;
}

Engine engine_from_name(std::string_view name) {
  if (name == "code") return Engine::code;
  if (name == "vm") return Engine::vm;
  throw LabError(fmt::format("there is no engine '{}'; engines: code, vm", name));
}

Model::Model(Compiled compiled)
    : name_(compiled.plan.name),
      package_(std::move(compiled.package)),
      plan_(std::move(compiled.plan)) {
  open();
}

Model::Model(std::vector<uint8_t> package, std::string name)
    : name_(std::move(name)), package_(std::move(package)) {
  open();
}

void Model::open() {
  aligned_.resize(package_.size() / sizeof(Block) + 1);
  std::memcpy(aligned_.data(), package_.data(), package_.size());
  const ConstBytes bytes{reinterpret_cast<const uint8_t*>(aligned_.data()), package_.size()};
  Vm vm;
  Status status = vm.load(bytes, board_kernels);
  if (status == Status::ok) status = vm.verify_checksum();
  if (status != Status::ok) {
    throw LabError(fmt::format("{}: this package can't be run: {}; compile the model again", name_,
                               status_text(status)));
  }
  reader_ = vm.package();
}

size_t Model::input_bytes() const {
  size_t bytes = 0;
  for (size_t i = 0; i < reader_.header().input_count; ++i) bytes += reader_.input(i).bytes;
  return bytes;
}

uint32_t Model::frame_bytes() const {
  return reader_.in_pieces() ? reader_.input(0).bytes : 0;
}

size_t Model::output_bytes() const {
  size_t bytes = 0;
  for (size_t i = 0; i < reader_.header().output_count; ++i) bytes += reader_.output(i).bytes;
  return bytes;
}

std::vector<const ir::KernelInfo*> Model::kernels() const {
  std::vector<const ir::KernelInfo*> used;
  for (const package::Op& op : reader_.ops()) {
    if (op.kernel != package::kernel_input_piece) used.push_back(find_kernel(op.kernel));
  }
  return used;
}

std::vector<uint8_t> Model::generate_input(uint32_t seed) const {
  SeededStream stream(seed);
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i < reader_.header().input_count; ++i) {
    const package::Port& port = reader_.input(i);
    const ir::DType dtype = dtype_of(port.type);
    stream.append(dtype, port.bytes / ir::dtype_bytes(dtype), bytes);
  }
  return bytes;
}

std::vector<SourceFile> engine_sources(const Model& model, Engine engine, bool profile) {
  if (engine == Engine::vm) {
    return vm_sources(model.kernels(), model.arena_bytes(), profile, model.frame_bytes());
  }
  if (!model.plan()) {
    throw LabError(model.name() +
                   ": a package runs in the virtual machine only; use --engine vm, or give the "
                   "model or project that it was compiled from");
  }
  const emit::CppSource emitted = emit::write_cpp(*model.plan(), "model");
  return {{"model.cpp", emitted.source, profile_flags(profile), {{"model.hpp", emitted.header}}},
          {"engine_code.cpp", code_engine_source(model), {}, {{"model.hpp", emitted.header}}}};
}

std::vector<SourceFile> vm_sources(std::vector<const ir::KernelInfo*> kernels, uint32_t arena_bytes,
                                   bool profile, uint32_t frame_bytes) {
  std::vector<std::string> flags = profile_flags(profile);
  flags.push_back(fmt::format("-DMOTE_ARENA_BYTES={}", std::max<uint32_t>(arena_bytes, 16)));
  flags.push_back(fmt::format("-DMOTE_FRAME_BYTES={}", frame_bytes));
  return {{"lab/firmware/engine_vm.cpp", "", flags, {}},
          {"device/vm/vm.cpp", "", {}, {}},
          kernel_table(std::move(kernels))};
}

SourceFile kernel_table(std::vector<const ir::KernelInfo*> kernels) {
  return {"kernels.cpp", kernel_table_source(std::move(kernels)), {}, {}};
}

std::vector<const ir::KernelInfo*> kernels_of(const Board& board) {
  const ir::Target target = board.target();
  std::vector<const ir::KernelInfo*> found;
  for (const ir::OpDef* op : ir::all_ops()) {
    for (const ir::KernelInfo& kernel : op->kernels) {
      if (target.runs(kernel.isa)) found.push_back(&kernel);
    }
  }
  return found;
}

}  // namespace mote::lab
