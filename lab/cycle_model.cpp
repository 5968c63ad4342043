#include "lab/cycle_model.hpp"

#include <numeric>

namespace mote::lab {
namespace {

// Order of the classes:
//   alu, multiply, multiply_accumulate, multiply_long, divide,
//   load, load_pipelined, store, load_multiple, store_multiple,
//   branch, branch_taken, load_jump, fp, fp_accumulate, fp_divide, vector, other

// Cortex-M0+ TRM (DDI 0484), table 3-1, with the fast multiplier. It has no others of these.
constexpr CycleModel cortex_m0plus{
    {1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 3, 1, 1, 1, 1, 3}, 1.0, 1.0};

// Cortex-M3 TRM (DDI 0337), table 3-1; a refilled pipeline costs two, a division seven.
constexpr CycleModel cortex_m3{{1, 1, 2, 4, 7, 2, 1, 1, 1, 1, 1, 3, 4, 1, 1, 1, 1, 2}, 1.0, 1.0};

// Cortex-M4 TRM (DDI 0439), tables 3-1 and 7-1.
constexpr std::array<double, instruction_classes> cortex_m4_cycles{1, 1, 1, 1, 7, 2, 1,  1, 1,
                                                                   1, 1, 3, 4, 1, 3, 14, 1, 2};
constexpr CycleModel cortex_m4{cortex_m4_cycles, 1.0, 1.0};

// Cycles of one engine on three models, relative to Cortex-M4: docs/cycle-model.md.
constexpr CycleModel cortex_m33{cortex_m4_cycles, 1.0, 0.876};
constexpr CycleModel cortex_m7{cortex_m4_cycles, 1.0, 0.604};

}  // namespace

uint64_t InstructionCounts::instructions() const {
  return std::accumulate(by_class.begin(), by_class.end(), uint64_t{0});
}

double CycleModel::operator()(const InstructionCounts& counts) const {
  double sum = cycles_per_listed_word * static_cast<double>(counts.words_listed);
  for (size_t i = 0; i < cycles.size(); ++i) {
    sum += cycles[i] * static_cast<double>(counts.by_class[i]);
  }
  return scale * sum;
}

std::optional<CycleModel> cycle_model(std::string_view board) {
  if (board == "mps2-m0plus") return cortex_m0plus;
  if (board == "mps2-an385") return cortex_m3;
  if (board == "mps2-an386") return cortex_m4;
  if (board == "mps2-an500") return cortex_m7;
  if (board == "mps2-an505") return cortex_m33;
  return std::nullopt;
}

}  // namespace mote::lab
