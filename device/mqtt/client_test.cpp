#include "device/mqtt/client.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <random>
#include <string>
#include <vector>

namespace mote::mqtt {
namespace {

using Vector = std::vector<uint8_t>;

// Both ends of a link held in memory: what the client wrote, what it will read, and how the link
// behaves.
struct Link {
  Vector from_client;
  std::deque<uint8_t> to_client;
  size_t write_max = SIZE_MAX;  // bytes that one write takes
  size_t read_max = SIZE_MAX;
  bool broken = false;  // reports closed
  bool silent = false;  // takes bytes and loses them, as an unplugged UART
  Status open_status = Status::ok;
  int opens = 0;

  StreamIo io() {
    return {this,
            [](void* c) {
              Link& link = *static_cast<Link*>(c);
              ++link.opens;
              if (link.open_status == Status::ok) link.to_client.clear();
              return link.open_status;
            },
            [](void* c, Bytes data) -> Result<size_t> {
              Link& link = *static_cast<Link*>(c);
              if (link.broken) return Status::closed;
              size_t count = 0;
              for (; count < data.size && count < link.read_max && !link.to_client.empty();
                   ++count) {
                data[count] = link.to_client.front();
                link.to_client.pop_front();
              }
              return count;
            },
            [](void* c, ConstBytes data) -> Result<size_t> {
              Link& link = *static_cast<Link*>(c);
              if (link.broken) return Status::closed;
              const size_t count = std::min(data.size, link.write_max);
              if (!link.silent) {
                link.from_client.insert(link.from_client.end(), data.data, data.data + count);
              }
              return count;
            },
            [](void*) {}};
  }
  Vector take() { return std::exchange(from_client, {}); }
  void give(const Vector& bytes) { to_client.insert(to_client.end(), bytes.begin(), bytes.end()); }
};

const Vector connack = {0x20, 2, 0, 0};
const Vector connect_of_d = {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 10, 0, 1, 'd'};

struct Fixture {
  uint8_t receive[64], control[64], queue[256];
  Link link;
  ClientConfig config;
  std::vector<std::string> messages;

  Fixture() {
    config.connect.client_id = text("d");
    config.connect.keep_alive_s = 10;
    config.receive = receive;
    config.control = control;
    config.queue = queue;
    config.ack_timeout_ms = 5000;
    config.backoff_ms_min = 1000;
    config.backoff_ms_max = 8000;
    config.context = this;
    config.on_message = [](void* c, const Message& m) {
      static_cast<Fixture*>(c)->messages.push_back(
          std::string(m.topic.data, m.topic.size) + "=" +
          std::string(reinterpret_cast<const char*>(m.payload.data), m.payload.size));
    };
  }
  Client online(uint32_t now = 0) {
    Client client(link.io(), config);
    EXPECT_EQ(client.poll(now), Status::ok);
    EXPECT_EQ(link.take(), connect_of_d);
    link.give(connack);
    EXPECT_EQ(client.poll(now), Status::ok);
    EXPECT_EQ(client.state(), ClientState::online);
    return client;
  }
};

Message event(const char* payload, uint8_t qos = 1) {
  return {text("t"), {reinterpret_cast<const uint8_t*>(payload), std::strlen(payload)}, qos, false};
}

TEST(Client, PublishesAndFreesOnAck) {
  Fixture f;
  Client client = f.online();
  ASSERT_EQ(client.publish(event("x")), Status::ok);
  ASSERT_EQ(client.publish(event("y", 0)), Status::ok);
  ASSERT_EQ(client.poll(1), Status::ok);
  EXPECT_EQ(f.link.take(), (Vector{0x32, 6, 0, 1, 't', 0, 1, 'x', 0x30, 4, 0, 1, 't', 'y'}));
  EXPECT_EQ(client.pending(), 1u);
  f.link.give({0x40, 2, 0, 7});  // acknowledges nothing of ours
  f.link.give({0x40, 2, 0, 1});
  ASSERT_EQ(client.poll(2), Status::ok);
  EXPECT_EQ(client.pending(), 0u);
  EXPECT_EQ(client.counters().stray_acks, 1u);
  EXPECT_EQ(client.counters().acknowledged, 1u);
}

TEST(Client, OneByteAtATime) {
  Fixture f;
  f.link.write_max = 1;
  f.link.read_max = 1;
  Client client = f.online();
  ASSERT_EQ(client.publish(event("x")), Status::ok);
  f.link.give({0x30, 5, 0, 1, 'a', 'h', 'i', 0x40, 2, 0, 1});
  for (uint32_t now = 1; now < 30; ++now) ASSERT_EQ(client.poll(now), Status::ok);
  EXPECT_EQ(f.link.take(), (Vector{0x32, 6, 0, 1, 't', 0, 1, 'x'}));
  EXPECT_EQ(f.messages, std::vector<std::string>{"a=hi"});
}

TEST(Client, NothingBeforeConnackAndOnlyConnackFirst) {
  Fixture f;
  Client client(f.link.io(), f.config);
  ASSERT_EQ(client.publish(event("x")), Status::ok);
  ASSERT_EQ(client.poll(0), Status::ok);
  EXPECT_EQ(f.link.take(), connect_of_d);
  f.link.give({0x40, 2, 0, 1});
  EXPECT_EQ(client.poll(1), Status::protocol_error);
  EXPECT_EQ(client.state(), ClientState::waiting);
  EXPECT_EQ(client.pending(), 1u);
}

TEST(Client, SilenceAfterPublishIsALossAndTheMessageComesAgain) {
  Fixture f;
  Client client = f.online();
  ASSERT_EQ(client.publish(event("x")), Status::ok);
  f.link.silent = true;
  for (uint32_t now = 100; now < 5100; now += 100) ASSERT_EQ(client.poll(now), Status::ok) << now;
  EXPECT_EQ(client.poll(5100), Status::timeout);
  EXPECT_EQ(client.counters().losses, 1u);
  f.link.silent = false;
  f.link.give({0x30, 5, 0, 1});  // remains of the old connection: discarded by open()
  uint32_t now = 5100;
  while (client.state() == ClientState::waiting && now < 7000)
    ASSERT_EQ(client.poll(now += 10), Status::ok);
  EXPECT_GE(now, 5600u);
  EXPECT_LE(now, 6110u);
  EXPECT_EQ(f.link.take(), connect_of_d);
  f.link.give(connack);
  ASSERT_EQ(client.poll(now), Status::ok);
  EXPECT_EQ(f.link.take(), (Vector{0x3a, 6, 0, 1, 't', 0, 1, 'x'}));
}

TEST(Client, PingsWhenIdleAndNoticesADeadLink) {
  Fixture f;
  Client client = f.online();
  ASSERT_EQ(client.poll(7499), Status::ok);
  EXPECT_TRUE(f.link.take().empty());
  ASSERT_EQ(client.poll(7500), Status::ok);
  EXPECT_EQ(f.link.take(), (Vector{0xc0, 0}));
  f.link.give({0xd0, 0});
  ASSERT_EQ(client.poll(8000), Status::ok);
  ASSERT_EQ(client.poll(14999), Status::ok);
  ASSERT_EQ(client.poll(15000), Status::ok);
  EXPECT_EQ(f.link.take(), (Vector{0xc0, 0}));
  ASSERT_EQ(client.poll(19999), Status::ok);
  EXPECT_EQ(client.poll(20000), Status::timeout);
}

// The longest and shortest pause of every attempt, over many devices.
TEST(Client, BackoffGrowsWithJitter) {
  uint32_t shortest[6], longest[6];
  std::fill_n(shortest, 6, UINT32_MAX);
  std::fill_n(longest, 6, 0);
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    Fixture f;
    f.config.seed = seed * 2654435761u;
    f.link.open_status = Status::io_error;
    Client client(f.link.io(), f.config);
    uint32_t now = 0xfffffff0u;  // the millisecond counter wraps in between
    for (int attempt = 0; attempt < 6; ++attempt) {
      const int opens = f.link.opens;
      const uint32_t from = now;
      while (f.link.opens == opens) (void)client.poll(++now);
      if (attempt == 0) continue;
      shortest[attempt] = std::min(shortest[attempt], now - from);
      longest[attempt] = std::max(longest[attempt], now - from);
    }
  }
  for (int attempt = 1; attempt < 6; ++attempt) {
    const uint32_t full = std::min(1000u << (attempt - 1), 8000u);
    EXPECT_GE(shortest[attempt], full / 2);
    EXPECT_LE(shortest[attempt], full / 2 + full / 10);
    EXPECT_LE(longest[attempt], full + 1);
    EXPECT_GE(longest[attempt], full - full / 10);
  }
}

TEST(Client, BirthWillSubscriptionsAndGoodbye) {
  Fixture f;
  const Subscription wanted[] = {{text("a"), 1}, {text("b"), 0}};
  f.config.subscriptions = wanted;
  f.config.birth = {text("s"), {reinterpret_cast<const uint8_t*>("on"), 2}, 0, true};
  f.config.connect.will = {text("s"), {reinterpret_cast<const uint8_t*>("off"), 3}, 1, true};
  Client client(f.link.io(), f.config);
  ASSERT_EQ(client.poll(0), Status::ok);
  f.link.take();
  f.link.give(connack);
  ASSERT_EQ(client.poll(1), Status::ok);
  EXPECT_EQ(f.link.take(), (Vector{0x31, 5, 0, 1, 's', 'o', 'n', 0x82, 6, 0, 1, 0, 1, 'a', 1}));
  f.link.give({0x90, 3, 0, 1, 0x80});
  ASSERT_EQ(client.poll(2), Status::ok);
  EXPECT_EQ(client.counters().refusals, 1u);
  EXPECT_EQ(f.link.take(), (Vector{0x82, 6, 0, 2, 0, 1, 'b', 0}));
  f.link.give({0x90, 3, 0, 2, 0});
  f.link.give({0x32, 6, 0, 1, 'a', 0x12, 0x34, '!'});
  f.link.give({0x32, 6, 0, 1, 'a', 0x12, 0x35, '?'});
  ASSERT_EQ(client.poll(3), Status::ok);
  EXPECT_EQ(f.link.take(), (Vector{0x40, 2, 0x12, 0x34, 0x40, 2, 0x12, 0x35}));
  EXPECT_EQ(f.messages, (std::vector<std::string>{"a=!", "a=?"}));
  ASSERT_EQ(client.publish(event("x")), Status::ok);
  client.stop();
  EXPECT_EQ(client.publish(event("y")), Status::closed);
  ASSERT_EQ(client.poll(4), Status::ok);
  EXPECT_EQ(f.link.take(), (Vector{0x32, 6, 0, 1, 't', 0, 3, 'x'}));
  EXPECT_EQ(client.state(), ClientState::closing);
  f.link.give({0x40, 2, 0, 3});
  ASSERT_EQ(client.poll(5), Status::ok);
  EXPECT_EQ(f.link.take(), (Vector{0xe0, 0}));
  EXPECT_EQ(client.state(), ClientState::stopped);
}

// While no byte can leave, messages that ask for a PUBACK wait in the receive buffer; none is lost
// or left unacknowledged.
TEST(Client, PubacksSurviveABlockedLink) {
  Fixture f;
  Client client = f.online();
  f.link.write_max = 0;
  for (uint8_t id = 1; id <= 20; ++id) f.link.give({0x32, 5, 0, 1, 'a', 0, id});
  for (uint32_t now = 1; now < 10; ++now) ASSERT_EQ(client.poll(now), Status::ok);
  f.link.write_max = SIZE_MAX;
  for (uint32_t now = 10; now < 20; ++now) ASSERT_EQ(client.poll(now), Status::ok);
  EXPECT_EQ(f.messages.size(), 20u);
  const Vector acks = f.link.take();
  ASSERT_EQ(acks.size(), 80u);
  for (uint8_t id = 1; id <= 20; ++id) EXPECT_EQ(acks[id * 4 - 1], id);
}

TEST(Client, PassesOverWhatIsTooLarge) {
  Fixture f;
  Client client = f.online();
  Vector big = {0x32, 0xac, 0x02, 0, 1, 'a', 0, 9};
  big.resize(3 + 300);
  f.link.give(big);
  f.link.give({0x30, 5, 0, 1, 'a', 'o', 'k'});
  ASSERT_EQ(client.poll(1), Status::ok);
  ASSERT_EQ(client.poll(2), Status::ok);
  EXPECT_EQ(client.counters().oversized, 1u);
  EXPECT_EQ(f.link.take(), (Vector{0x40, 2, 0, 9}));
  EXPECT_EQ(f.messages, std::vector<std::string>{"a=ok"});
}

TEST(Client, RefusalBacksOff) {
  Fixture f;
  Client client(f.link.io(), f.config);
  ASSERT_EQ(client.poll(0), Status::ok);
  f.link.give({0x20, 2, 0, 5});
  EXPECT_EQ(client.poll(1), Status::refused);
  EXPECT_EQ(client.counters().refusals, 1u);
  EXPECT_EQ(client.counters().losses, 0u);
}

// A broker reduced to what the property needs: it parses, acknowledges, and drops a connection that
// breaks the protocol.
struct SmallBroker {
  Link& link;
  std::mt19937& random;
  bool connected = false;
  size_t forgets_max = 0;  // acknowledged messages that were not stored yet when it died
  Vector input;
  std::vector<int> delivered;
  size_t stored = 0;  // of the delivered

  void hang_up() {
    if (forgets_max) delivered.resize(stored + random() % (delivered.size() - stored + 1));
    connected = false;
    input.clear();
    link.take();
    link.to_client.clear();
  }
  void serve(bool lose_acks) {
    const Vector bytes = link.take();
    input.insert(input.end(), bytes.begin(), bytes.end());
    while (input.size() >= 2 && input.size() >= 2u + input[1]) {
      const Vector packet(input.begin(), input.begin() + 2 + input[1]);
      input.erase(input.begin(), input.begin() + 2 + input[1]);
      if (connected == (packet[0] == 0x10)) return hang_up();
      connected = true;
      if (packet[0] == 0x10) {
        link.give(connack);
      } else if ((packet[0] & 0xf7) == 0x32) {
        if (packet.size() != 9 || packet[4] != 't') return hang_up();
        delivered.push_back(packet[7] << 8 | packet[8]);
        if (delivered.size() > forgets_max)
          stored = std::max(stored, delivered.size() - forgets_max);
        if (!lose_acks) link.give({0x40, 2, packet[5], packet[6]});
      } else if (packet[0] == 0xc0) {
        link.give({0xd0, 0});
      } else {
        return hang_up();
      }
    }
  }
};

// Random partial reads and writes, closed and silently dead links, lost acknowledgements, a stream
// that resumes in the middle of a packet: every accepted message arrives, nothing else does, and
// first arrivals keep their order.
// With replay_max, also through a broker that forgets so many messages after it acknowledged them.
void delivers_exactly(uint32_t seed, uint32_t replay_max) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  Fixture f;
  f.config.seed = seed + 1;
  f.config.in_flight_max = 1 + random() % 8;
  f.config.replay_max = replay_max;
  Client client(f.link.io(), f.config);
  SmallBroker broker{f.link, random, false, replay_max, {}, {}, 0};
  std::vector<int> accepted;
  uint32_t now = random();
  int sequence = 0;
  bool last = false;  // accepted after the storm: its acknowledgement proves that all is well again
  for (int step = 0; step < 4000 || ((!last || client.pending()) && step < 400000); ++step) {
    const bool storm = step < 4000;
    now += random() % 200;
    f.link.write_max = storm && random() % 3 ? random() % 5 : SIZE_MAX;
    f.link.read_max = storm && random() % 3 ? 1 + random() % 5 : SIZE_MAX;
    if (storm && random() % 60 == 0) {  // told of, dead for a while, or back before anyone noticed
      broker.hang_up();
      f.link.broken = random() % 3 == 0;
      f.link.silent = random() % 2;
    }
    if (!storm || random() % 20 == 0) f.link.broken = f.link.silent = false;
    if (storm ? random() % 4 == 0 : !last) {
      const uint8_t payload[2] = {uint8_t(sequence >> 8), uint8_t(sequence)};
      const Status status = client.publish({text("t"), payload, 1, false});
      if (status == Status::ok)
        accepted.push_back(sequence++), last = !storm;
      else
        ASSERT_EQ(status, Status::busy);
    }
    (void)client.poll(now);
    broker.serve(storm && random() % 30 == 0);
  }
  EXPECT_EQ(client.pending(), 0u);
  std::vector<int> first;
  std::vector<bool> seen(accepted.size());
  for (const int s : broker.delivered) {
    ASSERT_LT(size_t(s), seen.size()) << "invented";
    if (!seen[s]) first.push_back(s);
    seen[s] = true;
  }
  EXPECT_EQ(first, accepted);
  EXPECT_GT(accepted.size(), 20u);
}

TEST(Client, DeliversExactlyWhatItAccepted) {
  for (uint32_t seed = 1; seed <= 300 && !testing::Test::HasFatalFailure(); ++seed) {
    delivers_exactly(seed, 0);
    if (testing::Test::HasFailure()) break;
  }
}

TEST(Client, DeliversWhatAForgetfulBrokerAcknowledged) {
  for (uint32_t seed = 1; seed <= 300 && !testing::Test::HasFatalFailure(); ++seed) {
    delivers_exactly(seed, 1 + seed % 8);
    if (testing::Test::HasFailure()) break;
  }
}

}  // namespace
}  // namespace mote::mqtt
