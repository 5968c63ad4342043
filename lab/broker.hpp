// A private mosquitto on a free port of the loopback, for one run.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "lab/child.hpp"
#include "lab/source_tree.hpp"

namespace mote::lab {

// It stores after every packet that it queues for a reader, before it takes the next. What is on
// its way to a connected reader is not stored for itself, but there may be only four of that. So
// kill() and start() are to it what a crash is to a careful broker in the field: at most the last
// five messages of a device are forgotten. formats/telemetry/SPEC.md says what devices do about
// that.
class Broker {
 public:
  // Starts it and waits until it takes connections. Throws LabError with mosquitto's own
  // words when it does not.
  Broker();

  uint16_t port() const { return port_; }
  // Writes everything to disk now, and waits for it. A durable subscription that was granted just
  // before a kill() could be forgotten otherwise.
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
