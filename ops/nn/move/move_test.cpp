#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "ops/nn/move/move_reference.hpp"
#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

TEST(Move, TowardsTheFrontByAnyDistance) {
  for (int32_t count = 1; count <= 70; ++count) {
    for (int32_t distance = 0; distance <= 80; distance += 4) {
      std::vector<uint8_t> bytes(static_cast<size_t>(count + distance));
      for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(7 * i + 1);
      std::vector<uint8_t> expected = bytes;
      std::memmove(expected.data(), bytes.data() + distance, static_cast<size_t>(count));
      void* const operands[] = {bytes.data() + distance, bytes.data()};
      move_reference(MoveParams{count}, operands);
      ASSERT_EQ(bytes, expected) << count << " bytes by " << distance;
    }
  }
}

TEST(Move, ChecksItsOperands) {
  const uint32_t bytes[] = {16, 12};
  EXPECT_EQ(move_check({12}, bytes), Status::ok);
  EXPECT_EQ(move_check({13}, bytes), Status::out_of_bounds);
  EXPECT_EQ(move_check({0}, bytes), Status::bad_params);
}

TEST(Move, IsAnOp) {
  OpTrial trial;
  trial.input(ir::DType::i16, {2, 3, 4}, counting<int16_t>({2, 3, 4}));
  EXPECT_EQ(trial.run("move", {}, {{}})[0], trial.values[0]);
}

}  // namespace
}  // namespace mote
