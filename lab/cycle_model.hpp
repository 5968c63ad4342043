// From instructions by class to cycles: a documented estimate, since an emulator has no pipeline.
// docs/cycle-model.md says where the numbers come from and how far off they are.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "lab/plugin/thumb.hpp"

namespace mote::lab {

// What one inference executed.
struct InstructionCounts {
  std::array<uint64_t, instruction_classes> by_class{};
  uint64_t words_loaded = 0;
  uint64_t words_stored = 0;
  uint64_t words_listed = 0;  // of both: by instructions that move several

  uint64_t of(InstructionClass kind) const { return by_class[static_cast<size_t>(kind)]; }
  uint64_t instructions() const;
};

struct CycleModel {
  std::array<double, instruction_classes> cycles;  // of one instruction
  double cycles_per_listed_word;                   // on top, of those that move several
  double scale;                                    // of the sum: what the core does side by side

  double operator()(const InstructionCounts& counts) const;
};

// None for boards whose core has no model.
std::optional<CycleModel> cycle_model(std::string_view board);

}  // namespace mote::lab
