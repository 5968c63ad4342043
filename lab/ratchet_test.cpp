// What the models of the suite cost on each board may not rise. lab/ratchet.json holds the exact
// figures; more than 1 % worse in any of them fails. MOTE_UPDATE_RATCHET=1 rewrites the file; its
// diff says what a change gained or cost.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "lab/suite.hpp"
#include "tests/mirror.hpp"

namespace mote::lab {
namespace {

constexpr double worse_max = 1.01;

nlohmann::json figures(const SuiteRow& row) {
  nlohmann::json kept{{"instructions", row.report.instructions.value()},
                      {"arena_bytes", row.report.arena_bytes},
                      {"code_bytes", row.report.code_bytes.value()},
                      {"data_bytes", row.report.data_bytes.value()}};
  if (row.ram) {
    kept["ram_arena_bytes"] = row.ram->arena_bytes;
    kept["ram_instructions"] = row.ram->instructions.value();
  }
  if (row.small_code_bytes) kept["small_code_bytes"] = *row.small_code_bytes;
  return kept;
}

TEST(Ratchet, NoModelGetsSlowerOrFatterOnAnyBoard) {
  if (mirror::folder().empty()) GTEST_SKIP() << "MOTE_DATA_MIRROR is not set";
  const auto path = std::filesystem::path(MOTE_SOURCE_DIR) / "lab/ratchet.json";
  std::ifstream file(path);
  const nlohmann::json kept = nlohmann::json::parse(file);
  nlohmann::json now;
  for (const SuiteRow& row :
       run_suite(find_suite("mlperf-tiny"), suite_boards(), suite_archive(), [] {})) {
    now[std::string(row.model)][std::string(row.board)] = figures(row);
  }
  if (std::getenv("MOTE_UPDATE_RATCHET") != nullptr) {
    std::ofstream(path) << now.dump(2) << "\n";
    return;
  }
  bool better = false;
  for (const auto& [model, boards] : now.items()) {
    for (const auto& [board, own] : boards.items()) {
      for (const auto& [figure, value] : own.items()) {
        const std::string where = model + " on " + board + ", " + figure;
        ASSERT_TRUE(kept.contains(model) && kept[model].contains(board) &&
                    kept[model][board].contains(figure))
            << where << " is new";
        const auto before = kept[model][board][figure].get<double>();
        EXPECT_LE(value.get<double>(), before * worse_max) << where;
        better = better || value.get<double>() < before;
      }
    }
  }
  EXPECT_EQ(kept.size(), now.size()) << "lab/ratchet.json has models that the suite lacks";
  if (better && !HasFailure()) {
    std::cout << "Some figures are better than lab/ratchet.json says: rewrite it with "
                 "MOTE_UPDATE_RATCHET=1, so that nothing takes them away again.\n";
  }
}

// Cores with the same instruction set take the same kernels. micro_speech is the exception: its
// windows are copied in pieces of 80 bytes, and newlib's memcpy for Cortex-M7 takes longer.
TEST(Ratchet, CortexM7AndM33CostWhatM4Costs) {
  std::ifstream file(std::filesystem::path(MOTE_SOURCE_DIR) / "lab/ratchet.json");
  const nlohmann::json kept = nlohmann::json::parse(file);
  ASSERT_FALSE(kept.empty());
  for (const auto& [model, boards] : kept.items()) {
    const auto m4 = boards.at("mps2-an386").at("instructions").get<double>();
    for (const char* board : {"mps2-an500", "mps2-an505"}) {
      const double share = model == "micro_speech" ? 0.04 : 0.03;
      EXPECT_NEAR(boards.at(board).at("instructions").get<double>(), m4, share * m4)
          << model << " on " << board;
    }
  }
}

}  // namespace
}  // namespace mote::lab
