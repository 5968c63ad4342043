// A compiled model as the lab sees it, and the firmware sources that run it on a board.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/compile.hpp"
#include "compiler/plan/plan.hpp"
#include "formats/package/reader.hpp"
#include "lab/firmware_build.hpp"

namespace mote::lab {

// The two bindings of a plan: emitted source, or a package in the virtual machine.
enum class Engine : uint8_t { code, vm };

// Throws LabError for a name other than "code" and "vm".
Engine engine_from_name(std::string_view name);

class Model {
 public:
  explicit Model(Compiled compiled);
  // A package whose plan is not at hand: only the virtual machine can run it. Throws LabError when
  // the bytes are not a package that this build can run.
  explicit Model(std::vector<uint8_t> package, std::string name);

  const std::string& name() const { return name_; }
  const std::vector<uint8_t>& package() const { return package_; }
  const std::optional<plan::Plan>& plan() const { return plan_; }
  const package::Reader& reader() const { return reader_; }

  size_t input_bytes() const;   // of all inputs together
  size_t output_bytes() const;  // of all outputs together
  uint32_t arena_bytes() const { return reader_.header().arena_bytes; }

  // Of an input that comes in pieces, which the lab's firmware keeps beside the arena; else 0.
  uint32_t frame_bytes() const;

  // Kernels of the package's operators, in order.
  std::vector<const ir::KernelInfo*> kernels() const;

  // Bytes of all inputs one after another; see compiler/seeded_inputs.hpp.
  std::vector<uint8_t> generate_input(uint32_t seed) const;

 private:
  void open();

  struct alignas(16) Block {
    uint8_t bytes[16];
  };
  std::string name_;
  std::vector<uint8_t> package_;
  std::vector<Block> aligned_;
  std::optional<plan::Plan> plan_;
  package::Reader reader_;
};

// Sources of lab/firmware/engine.hpp for the model: engine, kernels, and for Engine::code the
// emitted source. `profile`: with marks between operators. Throws LabError for Engine::code without
// a plan.
std::vector<SourceFile> engine_sources(const Model& model, Engine engine, bool profile);

// The virtual machine with these kernels and room for an arena of `arena_bytes` and for an input in
// pieces of `frame_bytes`; it runs any package that needs no more.
std::vector<SourceFile> vm_sources(std::vector<const ir::KernelInfo*> kernels, uint32_t arena_bytes,
                                   bool profile, uint32_t frame_bytes);

// Defines board_kernels (device/vm/kernels.hpp) with exactly these kernels.
SourceFile kernel_table(std::vector<const ir::KernelInfo*> kernels);

// Null for kernel_input_piece and for what this build lacks.
const ir::KernelInfo* find_kernel(uint16_t id);

// Every kernel that runs on the board.
std::vector<const ir::KernelInfo*> kernels_of(const Board& board);

}  // namespace mote::lab
