#include "device/mqtt/queue.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace mote::mqtt {
namespace {

Message message(uint8_t qos, size_t payload_size = 2) {
  static const uint8_t payload[100] = {};
  return {text("t"), {payload, payload_size}, qos, false};
}

TEST(Queue, KeepsOrderAndFrees) {
  std::vector<uint8_t> memory(3 * (4 + 9));
  Queue queue({memory.data(), memory.size()});
  for (uint16_t id = 1; id <= 3; ++id) ASSERT_EQ(queue.push(message(1), id), Status::ok);
  EXPECT_EQ(queue.push(message(1), 4), Status::busy);
  EXPECT_EQ(queue.push(message(1, 60), 4), Status::out_of_memory);
  for (int id = 1; id <= 3; ++id) {
    const ConstBytes next = queue.next(3);
    ASSERT_EQ(next.size, 9u);
    EXPECT_EQ(next[0], 0x32);
    EXPECT_EQ(next[6], id);
    queue.written(4);
    EXPECT_TRUE(queue.torn());
    EXPECT_EQ(queue.next(3).size, 5u);
    queue.written(5);
    EXPECT_FALSE(queue.torn());
  }
  EXPECT_TRUE(queue.next(3).empty());
  EXPECT_FALSE(queue.acknowledge(9));
  EXPECT_TRUE(queue.acknowledge(2));  // out of order
  EXPECT_FALSE(queue.acknowledge(2));
  EXPECT_EQ(queue.in_flight(), 2u);
  queue.rewind();
  EXPECT_EQ(queue.next(3)[0], 0x3a) << "DUP is set on what was written before";
  EXPECT_EQ(queue.next(3)[6], 1);
  EXPECT_FALSE(queue.acknowledge(1)) << "not sent on this connection yet";
  queue.written(9);
  EXPECT_EQ(queue.next(3)[6], 3);
  EXPECT_EQ(queue.push(message(1), 4), Status::ok);
}

TEST(Queue, InFlightLimitHoldsQosOneOnly) {
  std::vector<uint8_t> memory(200);
  Queue queue({memory.data(), memory.size()});
  ASSERT_EQ(queue.push(message(1), 1), Status::ok);
  ASSERT_EQ(queue.push(message(0), 0), Status::ok);
  ASSERT_EQ(queue.push(message(1), 2), Status::ok);
  queue.written(queue.next(1).size);
  EXPECT_EQ(queue.next(1)[0], 0x30);
  queue.written(queue.next(1).size);
  EXPECT_EQ(queue.count(), 2u);
  EXPECT_TRUE(queue.next(1).empty());
  EXPECT_TRUE(queue.acknowledge(1));
  EXPECT_EQ(queue.next(1)[0], 0x32);
}

TEST(Queue, TornPacketsAtALoss) {
  std::vector<uint8_t> memory(200);
  Queue queue({memory.data(), memory.size()});
  ASSERT_EQ(queue.push(message(0), 0), Status::ok);
  ASSERT_EQ(queue.push(message(1), 1), Status::ok);
  queue.written(1);
  queue.rewind();  // a QoS 0 message cut in two is lost, as QoS 0 allows
  ASSERT_EQ(queue.count(), 1u);
  EXPECT_EQ(queue.next(1)[0], 0x32);
  queue.written(1);
  queue.rewind();
  ASSERT_EQ(queue.count(), 1u);
  EXPECT_EQ(queue.next(1).size, 9u);
  EXPECT_EQ(queue.next(1)[0], 0x3a);
}

}  // namespace
}  // namespace mote::mqtt
