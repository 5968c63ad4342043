// A child process: emulators and brokers that the lab starts and must not leave behind.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace mote::lab {

// The child is killed when this object goes away, and by the kernel when the thread that started
// it dies.
class Child {
 public:
  // argv[0] is looked up in PATH, then in /usr/sbin. output: a file that takes the child's standard
  // output and error (appended). Throws LabError when the program is not there.
  Child(const std::vector<std::string>& argv, const std::string& output);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // The exit code (128 + signal when killed), once the child has ended; waits at most `limit`.
  std::optional<int> wait(std::chrono::milliseconds limit);
  bool running() { return !wait(std::chrono::milliseconds(0)); }
  void signal(int number);
  // SIGKILL, and waits for the end.
  void kill();

 private:
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
};

// A TCP port of 127.0.0.1 that nothing listens on at this moment.
uint16_t free_loopback_port();

}  // namespace mote::lab
