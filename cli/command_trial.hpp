// Command lines in tests: run in this process, with what they print.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/run.hpp"

namespace mote::cli {

struct Ran {
  int code = 0;
  std::string out;  // stdout
  std::string err;  // stderr
};

// words: without the leading "mote".
inline int run_words(const std::vector<std::string>& words) {
  std::vector<const char*> argv{"mote"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  return run(static_cast<int>(argv.size()), argv.data());
}

inline Ran run_captured(const std::vector<std::string>& words) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Ran ran;
  ran.code = run_words(words);
  ran.out = testing::internal::GetCapturedStdout();
  ran.err = testing::internal::GetCapturedStderr();
  return ran;
}

}  // namespace mote::cli
