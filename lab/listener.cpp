#include "lab/listener.hpp"

#include <mosquitto.h>

#include <chrono>
#include <utility>

#include "lab/board.hpp"

namespace mote::lab {
namespace {

constexpr int keep_alive_s = 10;

void check(int code, const std::string& what) {
  if (code != MOSQ_ERR_SUCCESS) {
    throw LabError(what + ": " + mosquitto_strerror(code) + "; is a broker listening there?");
  }
}

struct Library {  // libmosquitto wants to be set up once per process
  Library() { mosquitto_lib_init(); }
  ~Library() { mosquitto_lib_cleanup(); }
};

}  // namespace

Listener::Listener(const ListenerOptions& options) : options_(options) {
  static const Library library;
  client_ = mosquitto_new(options.client_id.c_str(), false, this);
  if (!client_) throw LabError("libmosquitto: out of memory");
  const std::string where = "MQTT broker " + options.host + ":" + std::to_string(options.port);
  try {
    mosquitto_connect_callback_set(client_, &Listener::on_connect);
    mosquitto_subscribe_callback_set(client_, &Listener::on_subscribe);
    mosquitto_message_callback_set(client_, &Listener::on_message);
    mosquitto_int_option(client_, MOSQ_OPT_TCP_NODELAY, 1);
    check(mosquitto_connect(client_, options.host.c_str(), options.port, keep_alive_s), where);
    thread_ = std::thread([this] { serve(); });
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(10), [this] { return granted_; })) {
      throw LabError(where + ": no answer to SUBSCRIBE " + options.filter + " within 10 s");
    }
  } catch (...) {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
    mosquitto_destroy(client_);
    throw;
  }
}

Listener::~Listener() {
  stopping_ = true;
  thread_.join();
  mosquitto_disconnect(client_);
  mosquitto_destroy(client_);
  // A clean session of the same name takes the place of the durable one.
  client_ = mosquitto_new(options_.client_id.c_str(), true, this);
  if (!client_) return;
  std::atomic<bool> answered = false;
  mosquitto_user_data_set(client_, &answered);
  mosquitto_connect_callback_set(
      client_, [](mosquitto*, void* done, int) { *static_cast<std::atomic<bool>*>(done) = true; });
  if (mosquitto_connect(client_, options_.host.c_str(), options_.port, keep_alive_s) ==
      MOSQ_ERR_SUCCESS) {
    for (int i = 0; i < 50 && !answered; ++i) {
      if (mosquitto_loop(client_, 20, 1) != MOSQ_ERR_SUCCESS) break;
    }
    mosquitto_disconnect(client_);
  }
  mosquitto_destroy(client_);
}

void Listener::serve() {
  constexpr int wait_ms = 50;
  while (!stopping_) {
    if (mosquitto_loop(client_, wait_ms, 1) == MOSQ_ERR_SUCCESS) continue;
    const auto until =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(options_.away_ms);
    while (!stopping_ && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    if (!stopping_) mosquitto_reconnect(client_);
  }
}

std::vector<Received> Listener::take(int wait_ms) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::milliseconds(wait_ms),
                    [this] { return !received_.empty(); });
  return std::exchange(received_, {});
}

void Listener::on_connect(mosquitto* client, void* self, int code) {
  if (code == 0) {
    mosquitto_subscribe(client, nullptr, static_cast<Listener*>(self)->options_.filter.c_str(), 1);
  }
}

void Listener::on_subscribe(mosquitto*, void* self, int, int, const int*) {
  Listener& listener = *static_cast<Listener*>(self);
  const std::lock_guard lock(listener.mutex_);
  listener.granted_ = true;
  listener.changed_.notify_all();
}

void Listener::on_message(mosquitto*, void* self, const mosquitto_message* message) {
  Listener& listener = *static_cast<Listener*>(self);
  const std::lock_guard lock(listener.mutex_);
  listener.received_.push_back(
      {message->topic, std::string(static_cast<const char*>(message->payload),
                                   static_cast<size_t>(message->payloadlen))});
  listener.changed_.notify_all();
}

}  // namespace mote::lab
