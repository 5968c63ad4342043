#include "cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace mote::cli {
namespace {

constexpr uint64_t bar_cells = 30;
constexpr std::chrono::milliseconds first_draw_after{500};
constexpr std::chrono::milliseconds draw_interval{100};

}  // namespace

std::string progress_line(const std::string& what, uint64_t done, uint64_t total, double elapsed_s,
                          const std::string& note) {
  std::string line;
  if (total == 0) {
    line = fmt::format("{} {}", what, done);
  } else {
    done = std::min(done, total);
    const double part = static_cast<double>(done) / static_cast<double>(total);
    const auto filled = static_cast<size_t>(part * static_cast<double>(bar_cells));
    line = fmt::format("{} [{}{}] {:3.0f} %", what, std::string(filled, '#'),
                       std::string(bar_cells - filled, '.'), 100 * part);
    if (done > 0) line += fmt::format(" {:.0f} s left", elapsed_s * (1 - part) / part);
  }
  return note.empty() ? line : line + " " + note;
}

Progress::Progress(std::string what, uint64_t total)
    : what_(std::move(what)),
      total_(total),
      is_terminal_(isatty(STDERR_FILENO) == 1),
      start_(Clock::now()),
      next_draw_(start_ + first_draw_after) {}

Progress::~Progress() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
}

Waiting::Waiting(std::string what) {
  thread_ = std::thread([this, what = std::move(what)] {
    Progress progress(what, 0);
    std::unique_lock lock(mutex_);
    const auto start = std::chrono::steady_clock::now();
    while (!changed_.wait_for(lock, draw_interval, [this] { return done_; })) {
      const auto passed = std::chrono::steady_clock::now() - start;
      progress.note("s");
      progress.set(
          static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(passed).count()));
    }
  });
}

Waiting::~Waiting() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Progress::set(uint64_t done) {
  done_ = done;
  if (!is_terminal_) return;
  const auto now = Clock::now();
  if (now >= next_draw_) draw(now);
}

void Progress::draw(Clock::time_point now) {
  const double elapsed_s = std::chrono::duration<double>(now - start_).count();
  const std::string line = progress_line(what_, done_, total_, elapsed_s, note_);
  std::fprintf(stderr, "\r%s\x1b[K", line.c_str());
  std::fflush(stderr);
  drawn_ = true;
  next_draw_ = now + draw_interval;
}

}  // namespace mote::cli
