// The device's MQTT client against a real mosquitto that is killed and restarted.
#include "lab/broker.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <thread>

#include "device/mqtt/client.hpp"
#include "device/ports/posix/clock.hpp"
#include "device/ports/posix/tcp_stream.hpp"
#include "lab/listener.hpp"

namespace mote::lab {
namespace {

struct Device {
  uint8_t receive[256], control[256], queue[1024];
  posix::TcpStream stream;
  mqtt::Client client;

  explicit Device(uint16_t port) : stream("127.0.0.1", port), client(stream.io(), config()) {}
  mqtt::ClientConfig config() {
    static const uint8_t online[] = {'o', 'n'}, offline[] = {'o', 'f', 'f'};
    mqtt::ClientConfig config;
    config.connect.client_id = mqtt::text("dev");
    config.connect.keep_alive_s = 5;
    config.connect.will = {mqtt::text("t/status"), offline, 1, true};
    config.birth = {mqtt::text("t/status"), online, 0, true};
    config.ack_timeout_ms = 1000;
    config.backoff_ms_min = 300;
    config.backoff_ms_max = 600;
    config.replay_max = 8;
    config.receive = receive;
    config.control = control;
    config.queue = queue;
    return config;
  }
  void poll() { (void)client.poll(millis(posix::clock())); }
  template <class Condition>
  bool poll_until(Condition condition, int seconds = 20) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      poll();
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    return true;
  }
};

TEST(Broker, EveryEventArrivesThroughKillsAndRestarts) {
  constexpr int events = 400, kills = 3;
  Broker broker;
  Listener listener({"127.0.0.1", broker.port(), "watcher", "t/#"});
  broker.save();
  Device device(broker.port());
  std::map<int, int> seen;
  int statuses = 0;
  const auto collect = [&](int wait_ms) {
    for (const Received& message : listener.take(wait_ms)) {
      if (message.topic == "t/status")
        ++statuses;
      else
        ++seen[std::stoi(message.payload)];
    }
  };
  int sequence = 0;
  for (int round = 0; round <= kills; ++round) {
    const int until = events * (round + 1) / (kills + 1);
    while (sequence < until) {
      const std::string payload = std::to_string(sequence);
      const ConstBytes bytes{reinterpret_cast<const uint8_t*>(payload.data()), payload.size()};
      if (device.client.publish({mqtt::text("t/e"), bytes, 1, false}) == Status::ok) ++sequence;
      // The kill comes while messages are on their way and more are accepted behind it.
      if (round < kills && sequence == until - 20) broker.kill();
      if (round < kills && sequence >= until - 20 && device.client.pending() >= 20) break;
      device.poll();
    }
    if (round == kills) break;
    broker.kill();
    for (int i = 0; i < 50; ++i) device.poll();
    broker.start();
  }
  ASSERT_TRUE(device.poll_until([&] { return device.client.pending() == 0; }));
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (seen.size() < size_t(sequence) && std::chrono::steady_clock::now() < until) collect(100);
  EXPECT_EQ(device.client.counters().connects, kills + 1u);
  ASSERT_EQ(seen.size(), size_t(sequence));
  EXPECT_EQ(seen.begin()->first, 0);
  EXPECT_EQ(seen.rbegin()->first, sequence - 1);
  EXPECT_GT(statuses, 0);
}

// A reader that is connected but takes nothing: what the broker wrote to its socket is lost with
// the broker, and only messages beyond its window in flight are stored at once.
TEST(Broker, KeepsWhatAConnectedReaderHasNotTaken) {
  constexpr int events = 60;
  Broker broker;
  uint8_t receive[256], control[256], queue[64];
  posix::TcpStream stream("127.0.0.1", broker.port());
  const mqtt::Subscription wanted[] = {{mqtt::text("t/#"), 1}};
  mqtt::ClientConfig config;
  config.connect.client_id = mqtt::text("watcher");
  config.connect.clean_session = false;
  config.subscriptions = wanted;
  config.receive = receive;
  config.control = control;
  config.queue = queue;
  mqtt::Client deaf(stream.io(), config);
  for (int i = 0; i < 500; ++i) {
    (void)deaf.poll(millis(posix::clock()));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ASSERT_EQ(deaf.state(), mqtt::ClientState::online);
  broker.save();

  Device device(broker.port());
  for (int sequence = 0; sequence < events;) {
    const std::string payload = std::to_string(sequence);
    const ConstBytes bytes{reinterpret_cast<const uint8_t*>(payload.data()), payload.size()};
    if (device.client.publish({mqtt::text("t/e"), bytes, 1, false}) == Status::ok) ++sequence;
    device.poll();
  }
  ASSERT_TRUE(device.poll_until([&] { return device.client.pending() == 0; }));
  broker.kill();
  broker.start();
  ASSERT_TRUE(device.poll_until(
      [&] { return device.client.counters().connects == 2 && device.client.pending() == 0; }));
  Listener listener({"127.0.0.1", broker.port(), "watcher", "t/#"});
  std::map<int, int> seen;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (seen.size() < events && std::chrono::steady_clock::now() < until) {
    for (const Received& message : listener.take(100)) {
      if (message.topic == "t/e") ++seen[std::stoi(message.payload)];
    }
  }
  EXPECT_EQ(seen.size(), size_t(events));
}

TEST(Broker, WillComesWhenTheDeviceVanishesAndNotAfterGoodbye) {
  Broker broker;
  Listener listener({"127.0.0.1", broker.port(), "watcher", "t/status"});
  const auto next = [&] {
    std::string text;
    for (int i = 0; i < 100 && text.empty(); ++i) {
      for (const Received& message : listener.take(100)) text += message.payload + ";";
    }
    return text;
  };
  {
    Device device(broker.port());
    ASSERT_TRUE(
        device.poll_until([&] { return device.client.state() == mqtt::ClientState::online; }));
    device.poll();
    EXPECT_EQ(next(), "on;");
  }  // the socket closes without DISCONNECT
  EXPECT_EQ(next(), "off;");
  {
    Device device(broker.port());
    ASSERT_TRUE(
        device.poll_until([&] { return device.client.state() == mqtt::ClientState::online; }));
    device.client.stop();
    ASSERT_TRUE(
        device.poll_until([&] { return device.client.state() == mqtt::ClientState::stopped; }));
    EXPECT_EQ(next(), "on;");
  }
  EXPECT_TRUE(listener.take(300).empty());
}

}  // namespace
}  // namespace mote::lab
