#include <gtest/gtest.h>

#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

using namespace ir;

template <class T>
std::vector<T> broadcast(DType type, const std::vector<T>& a, const std::vector<T>& b) {
  OpTrial trial;
  trial.input(type, {static_cast<int32_t>(a.size())}, a);
  trial.input(type, {static_cast<int32_t>(b.size())}, b);
  return values_of<T>(trial.run("broadcast_args", {}, {{}})[0]);
}

TEST(BroadcastArgs, TakesTheLargerExtentFromTheLastAxisOn) {
  for (const DType type : {DType::i32, DType::i64}) {
    const auto expect = [&](const std::vector<int64_t>& a, const std::vector<int64_t>& b,
                            const std::vector<int64_t>& y) {
      if (type == DType::i64) {
        EXPECT_EQ(broadcast<int64_t>(type, a, b), y);
        EXPECT_EQ(broadcast<int64_t>(type, b, a), y);
        return;
      }
      const std::vector<int32_t> a32(a.begin(), a.end()), b32(b.begin(), b.end());
      EXPECT_EQ(broadcast<int32_t>(type, a32, b32), std::vector<int32_t>(y.begin(), y.end()));
      EXPECT_EQ(broadcast<int32_t>(type, b32, a32), std::vector<int32_t>(y.begin(), y.end()));
    };
    expect({1, 3}, {5, 1}, {5, 3});
    expect({7}, {2, 1, 7}, {2, 1, 7});
    expect({4, 1, 1}, {3, 2}, {4, 3, 2});
    expect({0, 2}, {1, 2}, {0, 2});
  }
}

TEST(BroadcastArgs, RefusesConstantsThatDiffer) {
  OpTrial trial;
  trial.constant({2, 3});
  trial.constant({4, 3});
  EXPECT_THROW(trial.run("broadcast_args", {}, {{}}), GraphError);
}

}  // namespace
}  // namespace mote
