// Runs another program and waits for it.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mote::lab {

struct ProcessResult {
  int exit_code = 0;       // 128 + signal number when a signal ended it
  bool timed_out = false;  // it was killed after the time limit
  std::string output;      // standard output
  std::string errors;      // standard error
};

// Runs `arguments` (the program first, looked up in PATH) in `directory`, with standard input from
// /dev/null. The child and what it started are killed when `time_max` has passed. Throws LabError
// when the program can't be started.
ProcessResult run_process(const std::vector<std::string>& arguments,
                          const std::filesystem::path& directory, std::chrono::seconds time_max);

// Absolute path of a program in PATH, or nothing.
std::optional<std::filesystem::path> find_program(std::string_view name);

}  // namespace mote::lab
