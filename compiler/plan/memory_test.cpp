#include "compiler/plan/memory.hpp"

#include <gtest/gtest.h>

#include <random>

namespace mote::plan {
namespace {

TEST(Memory, ChainReusesDeadBuffers) {
  const std::vector<Buffer> buffers = {{100, 0, 0}, {200, 0, 1}, {300, 1, 2}, {50, 2, 3}};
  const Layout layout = plan_memory(buffers, {});
  EXPECT_TRUE(find_conflicts(buffers, {}, layout).empty());
  EXPECT_EQ(layout.bytes, 512u) << "200 and 300 alive together, aligned to 16";
}

TEST(Memory, ElementWiseOpsRunInPlace) {
  const std::vector<Buffer> buffers = {{160, 0, 0}, {160, 0, 1}, {160, 1, 2}};
  const std::vector<Overlap> overlaps = {{1, 0, 0}, {2, 1, 0}};
  const Layout layout = plan_memory(buffers, overlaps);
  EXPECT_TRUE(find_conflicts(buffers, overlaps, layout).empty());
  EXPECT_EQ(layout.bytes, 160u);
}

TEST(Memory, OutputRunsAheadOfItsDyingInput) {
  // Four 3x3 layers in a row, each output one 64-byte row ahead of its input.
  std::vector<Buffer> buffers;
  std::vector<Overlap> overlaps;
  for (int32_t i = 0; i <= 4; ++i) {
    buffers.push_back({1600, std::max(0, i - 1), i});
    if (i > 0) overlaps.push_back({i, i - 1, 64});
  }
  const Layout layout = plan_memory(buffers, overlaps);
  EXPECT_TRUE(find_conflicts(buffers, overlaps, layout).empty());
  EXPECT_LE(layout.bytes, 1600u + 4 * 64u);
}

TEST(Memory, ScratchLiesBesideAChainOfOverlaps) {
  // As above, with scratch for every layer.
  std::vector<Buffer> buffers;
  std::vector<Overlap> overlaps;
  constexpr int32_t layers = 9;
  for (int32_t i = 0; i <= layers; ++i) {
    buffers.push_back({8000, std::max(0, i - 1), i});
    if (i > 0) overlaps.push_back({i, i - 1, i % 2 == 0 ? 256u : 0u});
  }
  for (int32_t i = 0; i < layers; ++i) buffers.push_back({i % 2 == 0 ? 1360u : 5120u, i, i});
  const Layout layout = plan_memory(buffers, overlaps);
  EXPECT_TRUE(find_conflicts(buffers, overlaps, layout).empty());
  EXPECT_LE(layout.bytes, 8000u + 256u * layers / 2 + 5120u);
}

TEST(Memory, RandomBuffersNeverConflict) {
  for (uint32_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    std::vector<Buffer> buffers;
    std::vector<Overlap> overlaps;
    const int32_t count = 2 + static_cast<int32_t>(random() % 12);
    for (int32_t i = 0; i < count; ++i) {
      const auto first = static_cast<int32_t>(random() % 10);
      buffers.push_back({1 + static_cast<uint32_t>(random() % 500), first,
                         first + static_cast<int32_t>(random() % 4)});
    }
    for (int32_t out = 0; out < count; ++out) {
      for (int32_t in = 0; in < count; ++in) {
        if (in != out && buffers[size_t(in)].last == buffers[size_t(out)].first &&
            random() % 3 == 0 && buffers[size_t(in)].first < buffers[size_t(out)].first) {
          overlaps.push_back({out, in, static_cast<uint32_t>(random() % 64)});
          break;
        }
      }
    }
    const Layout layout = plan_memory(buffers, overlaps);
    ASSERT_TRUE(find_conflicts(buffers, overlaps, layout).empty());
    ASSERT_GE(layout.bytes, memory_lower_bound(buffers, overlaps) > 0 ? 16u : 0u);
  }
}

TEST(Memory, FindConflictsSeesOverlaidBuffers) {
  const std::vector<Buffer> buffers = {{64, 0, 1}, {64, 1, 2}};
  EXPECT_EQ(find_conflicts(buffers, {}, {{0, 48}, 128}).size(), 1u);
  EXPECT_EQ(find_conflicts(buffers, {}, {{0, 64}, 128}).size(), 0u);
  // Allowed only with the output in front.
  EXPECT_EQ(find_conflicts(buffers, {{1, 0, 16}}, {{16, 0}, 128}).size(), 0u);
  EXPECT_EQ(find_conflicts(buffers, {{1, 0, 16}}, {{0, 16}, 128}).size(), 1u);
}

}  // namespace
}  // namespace mote::plan
