// A private mosquitto on a free port of the loopback, for one run.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "lab/child.hpp"
#include "lab/source_tree.hpp"

namespace mote::lab {

// Subscriptions stay on disk from save() on, so that kill() and start() are what a power cut and a
// reboot are to a broker in the field. Messages don't: saving after each would slow it to a crawl.
class Broker {
 public:
  // Starts it and waits until it takes connections. Throws LabError with mosquitto's own
  // words when it does not.
  Broker();

  uint16_t port() const { return port_; }
  // Writes all sessions and subscriptions to disk now, and waits for it. A durable subscription
  // made just before a kill() would be forgotten otherwise.
  void save();
  void kill();   // SIGKILL: nothing is saved, connections break
  void start();  // on the same port

 private:
  bool listening() const;

  std::string file(const char* name) const { return folder_.path() / name; }

  ScratchFolder folder_;
  uint16_t port_ = 0;
  std::unique_ptr<Child> process_;
};

}  // namespace mote::lab
