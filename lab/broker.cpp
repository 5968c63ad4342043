#include "lab/broker.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "lab/board.hpp"

namespace mote::lab {
namespace {

std::string user_name() {
  const passwd* entry = getpwuid(geteuid());
  return entry ? entry->pw_name : "root";
}

}  // namespace

Broker::Broker() {
  constexpr int attempts_max = 5;  // someone else may take the port between the look and the start
  for (int attempt = 1;; ++attempt) {
    port_ = free_loopback_port();
    std::ofstream(file("mosquitto.conf"))
        << "listener " << port_ << " 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n"
        << "persistence true\npersistence_location " << folder_.path().string() << "/\n"
        << "autosave_interval 1\nautosave_on_changes true\nmax_queued_messages 0\n"
        << "max_inflight_messages 4\n"
        << "user " << user_name() << "\n";
    try {
      start();
      return;
    } catch (const LabError&) {
      if (attempt == attempts_max) throw;
    }
  }
}

void Broker::start() {
  const std::string log = file("mosquitto.log");
  process_ = std::make_unique<Child>(
      std::vector<std::string>{"mosquitto", "-c", file("mosquitto.conf")}, log);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!listening()) {
    if (!process_->running() || std::chrono::steady_clock::now() > deadline) {
      process_.reset();
      throw LabError("mosquitto did not start on 127.0.0.1:" + std::to_string(port_) +
                     "; it says:\n" + read_file(log));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void Broker::save() {
  const std::string database = file("mosquitto.db");
  std::filesystem::remove(database);  // it comes back by rename, so it is whole when it is there
  process_->signal(SIGUSR1);
  for (int i = 0; i < 1000 && !std::filesystem::exists(database); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  if (!std::filesystem::exists(database)) {
    throw LabError("mosquitto did not save its sessions to " + database);
  }
}

void Broker::kill() {
  process_.reset();
}

bool Broker::listening() const {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port_);
  const int result = ::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address);
  ::close(descriptor);
  return result == 0;
}

}  // namespace mote::lab
