// A source file as tidy's rules see it, and what a rule says about it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mote::tidy {

// One thing to mend. `what` says what is wrong, `advice` what to do about it.
struct Finding {
  std::string path;  // relative to the repository
  int line = 0;      // 1-based
  std::string rule;
  std::string what;
  std::string advice;
};

// A text file of the repository, split into lines.
// `code` has as many lines as `text`, of the same lengths, with comments, string literals and
// character literals blanked out; in files that are not C++ it is the same as `text`.
struct Source {
  std::string path;
  std::vector<std::string> text;
  std::vector<std::string> code;
};

// An `#include "name"` or `#include <name>` of a C++ file.
struct Include {
  int line = 0;
  bool quoted = false;
  std::string name;
};

// content: the whole file. Never fails: bytes that are not UTF-8 are taken as they are.
Source parse_source(std::string path, std::string_view content);

bool is_cpp(std::string_view path);
// Tests (*_test.cpp, *_nightly.cpp) and what only tests use (*_trial.hpp, *_trial.inc).
bool is_test(std::string_view path);
std::vector<Include> includes_of(const Source& source);

}  // namespace mote::tidy
