#include "compiler/plan/rows.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace mote::plan {
namespace {

RowChain three_by_threes(int32_t height, int32_t layers) {
  RowChain chain;
  chain.tensors.push_back({height, true});
  for (int32_t i = 0; i < layers; ++i) {
    chain.tensors.push_back({height, i + 1 == layers});
    chain.stages.push_back({{{i, {3, 1, 1}}}, i + 1});
  }
  return chain;
}

TEST(Rows, AThreeByThreeLayerKeepsTwoRows) {
  const auto schedule = RowSchedule::make(three_by_threes(16, 2), 1);
  ASSERT_TRUE(schedule);
  EXPECT_EQ(schedule->iterations(), 17);
  EXPECT_EQ(schedule->held(1), 3);
  EXPECT_EQ(schedule->rows(0, 0), (RowRange{0, 1}));
  EXPECT_EQ(schedule->rows(1, 0).count(), 0) << "it needs a second row first";
  for (int32_t i = 2; i < 16; ++i) {
    EXPECT_EQ(schedule->kept(1, i - 1), 2);
    EXPECT_EQ(schedule->rows(0, i).count(), 1);
    EXPECT_EQ(schedule->rows(1, i), (RowRange{i - 1, i}));
    EXPECT_EQ(schedule->reads(1, 0, i), (RowRange{i - 2, i + 1}));
  }
  EXPECT_EQ(schedule->rows(0, 16).count(), 0) << "all rows are there";
}

TEST(Rows, AResidualKeepsWhatBothBranchesNeed) {
  // 0 -> a (3x3) -> b (3x3) -> add(0, b)
  RowChain chain;
  chain.tensors = {{20, true}, {20, false}, {20, false}, {20, false}, {20, true}};
  chain.stages = {
      {{{0, {1, 1, 0}}}, 1}, {{{1, {3, 1, 1}}}, 2}, {{{2, {3, 1, 1}}}, 3}, {{{3, {}}, {1, {}}}, 4}};
  const auto schedule = RowSchedule::make(chain, 1);
  ASSERT_TRUE(schedule);
  EXPECT_EQ(schedule->held(1), 3) << "rows r to r + 2 of the shortcut; r - 1 is used up";
  EXPECT_EQ(schedule->held(2), 3);
  EXPECT_EQ(schedule->held(3), 1);
}

TEST(Rows, WithoutALayerThereIsNoSchedule) {
  EXPECT_FALSE(RowSchedule::make({}, 1));
  EXPECT_FALSE(RowSchedule::make(three_by_threes(4, 1), 0));
}

// Runs a schedule on sets of rows, buffers included.
class Simulation {
 public:
  Simulation(const RowChain& chain, const RowSchedule& schedule)
      : chain_(chain), schedule_(schedule), buffers_(chain.tensors.size()) {
    for (size_t t = 0; t < chain.tensors.size(); ++t) {
      const int32_t rows =
          chain.tensors[t].whole ? chain.tensors[t].height : schedule.held(int32_t(t));
      buffers_[t].assign(size_t(rows), -1);
    }
  }

  void run() {
    for (size_t s = 0; s < chain_.stages.size(); ++s) {
      for (const RowInput& input : chain_.stages[s].inputs) make_if_outside(input.tensor);
    }
    for (int32_t i = 0; i < schedule_.iterations(); ++i) {
      for (size_t s = 0; s < chain_.stages.size(); ++s) run_stage(s, i);
      for (size_t t = 0; t < chain_.tensors.size(); ++t) move(int32_t(t), i);
    }
    const int32_t y = chain_.stages.back().output;
    for (int32_t r = 0; r < chain_.tensors[size_t(y)].height; ++r) {
      ASSERT_EQ(buffers_[size_t(y)][size_t(r)], r);
    }
  }

 private:
  void make_if_outside(int32_t tensor) {
    for (const RowStage& stage : chain_.stages) {
      if (stage.output == tensor) return;
    }
    for (size_t r = 0; r < buffers_[size_t(tensor)].size(); ++r) {
      buffers_[size_t(tensor)][r] = int32_t(r);
    }
  }

  int32_t& row(int32_t tensor, int32_t r, int32_t i) {
    const bool whole = chain_.tensors[size_t(tensor)].whole;
    return buffers_[size_t(tensor)].at(size_t(whole ? r : r - schedule_.front(tensor, i)));
  }

  void run_stage(size_t s, int32_t i) {
    const RowStage& stage = chain_.stages[s];
    const RowRange made = schedule_.rows(s, i);
    if (made.count() == 0) return;
    for (size_t k = 0; k < stage.inputs.size(); ++k) {
      const RowInput& input = stage.inputs[k];
      const int32_t height = chain_.tensors[size_t(input.tensor)].height;
      const RowRange reads = schedule_.reads(s, k, i);
      for (int32_t r = made.first; r < made.end; ++r) {
        for (int32_t n = 0; n < input.window.reach; ++n) {
          const int32_t want = r * input.window.stride - input.window.pad_top + n;
          if (want < 0 || want >= height) continue;
          ASSERT_TRUE(want >= reads.first && want < reads.end);
          ASSERT_EQ(row(input.tensor, want, i), want);
        }
      }
      // The kernel counts rows from the first that it gets.
      const int32_t top = made.first * input.window.stride - input.window.pad_top;
      ASSERT_EQ(reads.first - schedule_.pad_top(s, k, i), top);
    }
    if (stage.output < 0) return;
    for (int32_t r = made.first; r < made.end; ++r) {
      ASSERT_TRUE(once_.insert({stage.output, r}).second) << "made twice";
      row(stage.output, r, i) = r;
    }
  }

  void move(int32_t tensor, int32_t i) {
    if (chain_.tensors[size_t(tensor)].whole || i + 1 == schedule_.iterations()) return;
    std::vector<int32_t>& buffer = buffers_[size_t(tensor)];
    const int32_t by = schedule_.front(tensor, i + 1) - schedule_.front(tensor, i);
    ASSERT_GE(by, 0);
    const int32_t kept = schedule_.kept(tensor, i);
    std::vector<int32_t> moved(buffer.size(), -1);
    for (int32_t k = 0; k < kept; ++k) moved.at(size_t(k)) = buffer.at(size_t(k) + size_t(by));
    buffer = moved;
  }

  const RowChain& chain_;
  const RowSchedule& schedule_;
  std::vector<std::vector<int32_t>> buffers_;
  std::set<std::pair<int32_t, int32_t>> once_;
};

// A chain with windows of all kinds and, now and then, a shortcut around two layers.
RowChain random_chain(std::mt19937& random) {
  const auto between = [&](int32_t low, int32_t high) {
    return low + static_cast<int32_t>(random() % static_cast<uint32_t>(high - low + 1));
  };
  RowChain chain;
  chain.tensors.push_back({between(6, 40), true});
  if (between(0, 1) == 0) {
    chain.tensors[0].whole = false;
    chain.stages.push_back({{}, 0});
  }
  const int32_t layers = between(1, 6);
  for (int32_t n = 0; n < layers; ++n) {
    const auto from = static_cast<int32_t>(chain.tensors.size()) - 1;
    const int32_t height = chain.tensors.back().height;
    if (n >= 2 && between(0, 2) == 0 &&
        chain.tensors[size_t(from - 2)].height == chain.tensors[size_t(from)].height) {
      chain.tensors.push_back({height, false});
      chain.stages.push_back({{{from, {}}, {from - 2, {}}}, from + 1});
      continue;
    }
    RowWindow window{between(1, 4), between(1, 2), 0};
    if (window.reach > height) window.reach = height;
    const bool same = between(0, 1) == 0;
    int32_t out = (height - window.reach) / window.stride + 1;
    if (same) {
      out = (height + window.stride - 1) / window.stride;
      window.pad_top = std::max((out - 1) * window.stride + window.reach - height, 0) / 2;
    }
    chain.tensors.push_back({out, false});
    chain.stages.push_back({{{from, window}}, from + 1});
  }
  chain.tensors.back().whole = true;
  return chain;
}

TEST(Rows, RandomChainsFindEveryRowWhereItShouldBe) {
  for (uint32_t seed = 1; seed <= 2000; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    const RowChain chain = random_chain(random);
    const auto schedule = RowSchedule::make(chain, 1 + static_cast<int32_t>(random() % 5));
    ASSERT_TRUE(schedule);
    Simulation(chain, *schedule).run();
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace mote::plan
