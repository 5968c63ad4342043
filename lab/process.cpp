#include "lab/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "lab/board.hpp"

namespace mote::lab {
namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
  int read_end = -1;
  int write_end = -1;

  Pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw LabError("no pipe: " + std::string(strerror(errno)));
    read_end = ends[0];
    write_end = ends[1];
  }
  ~Pipe() {
    close_end(read_end);
    close_end(write_end);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  static void close_end(int& end) {
    if (end >= 0) close(end);
    end = -1;
  }
};

// Only calls that are safe between fork and exec.
[[noreturn]] void become(char* const* arguments, const char* directory, const Pipe& output,
                         const Pipe& errors, const Pipe& failure) {
  setpgid(0, 0);
  const int null = open("/dev/null", O_RDONLY);
  dup2(null, STDIN_FILENO);
  dup2(output.write_end, STDOUT_FILENO);
  dup2(errors.write_end, STDERR_FILENO);
  if (chdir(directory) == 0) execvp(arguments[0], arguments);
  const int reason = errno;
  [[maybe_unused]] const ssize_t told = write(failure.write_end, &reason, sizeof(reason));
  _exit(127);
}

// Appends what can be read; false at the end of the stream.
bool drain(int end, std::string& text) {
  std::array<char, 65536> block;
  const ssize_t got = read(end, block.data(), block.size());
  if (got > 0) text.append(block.data(), static_cast<size_t>(got));
  return got > 0 || (got < 0 && errno == EINTR);
}

// Collects both streams until they end; false when the time is over.
bool collect(Pipe& output, Pipe& errors, Clock::time_point end, ProcessResult& result) {
  while (output.read_end >= 0 || errors.read_end >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) return false;
    std::array<pollfd, 2> watched{{{output.read_end, POLLIN, 0}, {errors.read_end, POLLIN, 0}}};
    const int ready = poll(watched.data(), watched.size(), static_cast<int>(left.count()) + 1);
    if (ready < 0 && errno != EINTR) return false;
    if (ready <= 0) continue;
    if (watched[0].revents != 0 && !drain(output.read_end, result.output)) {
      Pipe::close_end(output.read_end);
    }
    if (watched[1].revents != 0 && !drain(errors.read_end, result.errors)) {
      Pipe::close_end(errors.read_end);
    }
  }
  return true;
}

}  // namespace

ProcessResult run_process(const std::vector<std::string>& arguments,
                          const std::filesystem::path& directory, std::chrono::seconds time_max) {
  std::vector<char*> raw;
  for (const std::string& argument : arguments) raw.push_back(const_cast<char*>(argument.c_str()));
  raw.push_back(nullptr);

  Pipe output, errors, failure;
  const pid_t child = fork();
  if (child < 0) throw LabError("can't start " + arguments.at(0) + ": " + strerror(errno));
  if (child == 0) become(raw.data(), directory.c_str(), output, errors, failure);
  setpgid(child, child);
  Pipe::close_end(output.write_end);
  Pipe::close_end(errors.write_end);
  Pipe::close_end(failure.write_end);

  int reason = 0;
  const bool failed = read(failure.read_end, &reason, sizeof(reason)) == sizeof(reason);
  ProcessResult result;
  result.timed_out = !collect(output, errors, Clock::now() + time_max, result);
  if (result.timed_out) kill(-child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (failed) {
    throw LabError(fmt::format("can't start {} in {}: {}", arguments[0], directory.string(),
                               strerror(reason)));
  }
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

std::optional<std::filesystem::path> find_program(std::string_view name) {
  const char* const path = std::getenv("PATH");
  std::stringstream folders(path == nullptr ? "/usr/bin:/bin" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const auto candidate = std::filesystem::path(folder.empty() ? "." : folder) / name;
    if (access(candidate.c_str(), X_OK) == 0) return std::filesystem::absolute(candidate);
  }
  return std::nullopt;
}

}  // namespace mote::lab
