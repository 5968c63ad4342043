// A progress bar on stderr, for anything that takes over a second.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace mote::cli {

// Draws only when stderr is a terminal, at most ten times a second, and not in the first half
// second, so that short work prints nothing. The line is erased when the bar is destroyed.
//
//   Progress progress("import", files.size());
//   for (const auto& file : files) { import(file); progress.advance(); }
class Progress {
 public:
  // `total`: number of steps expected; 0 when unknown (a counter is drawn instead of a bar).
  Progress(std::string what, uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(uint64_t steps = 1) { set(done_ + steps); }
  void set(uint64_t done);

  // A short text drawn behind the bar, such as the current loss.
  void note(std::string text) { note_ = std::move(text); }

 private:
  using Clock = std::chrono::steady_clock;
  void draw(Clock::time_point now);

  std::string what_;
  std::string note_;
  uint64_t total_;
  uint64_t done_ = 0;
  bool is_terminal_;
  bool drawn_ = false;
  Clock::time_point start_;
  Clock::time_point next_draw_;
};

// For work that can't tell how far it is: shows what is going on and for how long already, from a
// thread of its own. The caller prints nothing meanwhile.
//
//   const Waiting waiting("build firmware");
class Waiting {
 public:
  explicit Waiting(std::string what);
  ~Waiting();
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  std::thread thread_;
};

// The bar's text, apart from the terminal: "import [#####.....] 50 % 2 s left". `done` beyond
// `total` counts as `total`.
std::string progress_line(const std::string& what, uint64_t done, uint64_t total, double elapsed_s,
                          const std::string& note);

}  // namespace mote::cli
