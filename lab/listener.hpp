// A subscriber on the host: collects what devices publish, over libmosquitto.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

struct mosquitto;
struct mosquitto_message;

namespace mote::lab {

struct Received {
  std::string topic;
  std::string payload;
};

struct ListenerOptions {
  std::string host;  // IPv4 address
  uint16_t port = 1883;
  std::string client_id;
  std::string filter;  // subscribed to with QoS 1
  int away_ms = 20;    // how long it stays away before it dials a lost broker again
};

// Its session is durable (not clean): a message that the broker took while the listener was away
// comes later. QoS 1 may bring a message twice; see event_ledger.hpp.
class Listener {
 public:
  // Connects, subscribes and waits until the broker has granted it. Throws LabError when that takes
  // over 10 s.
  explicit Listener(const ListenerOptions& options);
  // Ends the session, so that the broker does not collect messages for nobody.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Takes what has come since the last call, waiting at most `wait_ms` for a first message.
  std::vector<Received> take(int wait_ms);

 private:
  void serve();
  static void on_connect(mosquitto* client, void* self, int code);
  static void on_subscribe(mosquitto* client, void* self, int id, int count, const int* granted);
  static void on_message(mosquitto* client, void* self, const mosquitto_message* message);

  mosquitto* client_ = nullptr;
  ListenerOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool granted_ = false;
  std::vector<Received> received_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace mote::lab
