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
  EXPECT_EQ(queue.acknowledge(9), Acknowledged::nothing);
  EXPECT_EQ(queue.acknowledge(2), Acknowledged::first);  // out of order
  EXPECT_EQ(queue.acknowledge(2), Acknowledged::nothing);
  EXPECT_EQ(queue.in_flight(), 2u);
  queue.rewind();
  EXPECT_EQ(queue.next(3)[0], 0x3a) << "DUP is set on what was written before";
  EXPECT_EQ(queue.next(3)[6], 1);
  EXPECT_EQ(queue.acknowledge(1), Acknowledged::nothing) << "not sent on this connection yet";
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
  EXPECT_EQ(queue.acknowledge(1), Acknowledged::first);
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

TEST(Queue, KeepsTheLastAcknowledgedForAnotherConnection) {
  std::vector<uint8_t> memory(4 * (4 + 9));
  Queue queue({memory.data(), memory.size()}, 2);
  for (uint16_t id = 1; id <= 3; ++id) {
    ASSERT_EQ(queue.push(message(1), id), Status::ok);
    queue.written(queue.next(1).size);
    EXPECT_EQ(queue.acknowledge(id), Acknowledged::first);
    EXPECT_EQ(queue.acknowledge(id), Acknowledged::nothing) << "it is done with on this connection";
  }
  EXPECT_EQ(queue.count(), 0u);
  EXPECT_TRUE(queue.next(8).empty());
  ASSERT_EQ(queue.push(message(1), 4), Status::ok);
  queue.rewind();
  EXPECT_EQ(queue.count(), 3u);
  for (const int id : {2, 3}) {
    const ConstBytes next = queue.next(8);
    EXPECT_EQ(next[0], 0x3a);
    EXPECT_EQ(next[6], id);
    queue.written(next.size);
  }
  EXPECT_EQ(queue.next(8)[0], 0x32) << "this one was never written";
  queue.written(queue.next(8).size);
  EXPECT_EQ(queue.acknowledge(2), Acknowledged::again);
  EXPECT_EQ(queue.acknowledge(4), Acknowledged::first);
  EXPECT_EQ(queue.in_flight(), 1u);
  queue.rewind();  // 3 was never acknowledged again, 4 and 2 are kept
  EXPECT_EQ(queue.count(), 3u);
  EXPECT_EQ(queue.next(8)[6], 2);
}

TEST(Queue, KeptPacketsMakeRoomOnlyForTheEmptyQueue) {
  std::vector<uint8_t> memory(2 * (4 + 9));
  Queue queue({memory.data(), memory.size()}, 8);
  ASSERT_EQ(queue.push(message(1), 1), Status::ok);
  queue.written(9);
  ASSERT_EQ(queue.acknowledge(1), Acknowledged::first);
  ASSERT_EQ(queue.push(message(1), 2), Status::ok);
  EXPECT_EQ(queue.push(message(1), 3), Status::busy);
  queue.written(9);
  ASSERT_EQ(queue.acknowledge(2), Acknowledged::first);
  EXPECT_EQ(queue.push(message(1), 3), Status::ok) << "the oldest of two kept ones went";
  queue.rewind();
  EXPECT_EQ(queue.next(8)[6], 2);
  EXPECT_EQ(queue.push(message(1, 60), 4), Status::out_of_memory);
}

}  // namespace
}  // namespace mote::mqtt
