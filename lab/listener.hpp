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

// Its session is durable (not clean): a message that the broker took while the listener was away
// comes later. It dials again within 20 ms, sooner than any device should: mosquitto acknowledges a
// message before it is on disk, so a broker killed again is only sure to have handed on what a
// connected subscriber could take. QoS 1 may bring a message twice; the reader tells by its
// sequence number.
class Listener {
 public:
  // Connects to host:port, subscribes to `filter` with QoS 1 and waits until the broker has
  // granted it. Throws LabError when that takes over 10 s.
  Listener(const std::string& host, uint16_t port, const std::string& client_id,
           const std::string& filter);
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
  std::string filter_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool granted_ = false;
  std::vector<Received> received_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace mote::lab
