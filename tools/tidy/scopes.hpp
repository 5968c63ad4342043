// Functions and switches of a C++ file, found by braces alone: tidy needs their lengths, not their
// meaning, and a compiler's parser would tie it to one compiler.
#pragma once

#include <vector>

#include "tools/tidy/source.hpp"

namespace mote::tidy {

// Lines are 1-based; from the first line of the head to the line of the closing brace.
struct Scope {
  int first_line = 0;
  int last_line = 0;
};

std::vector<Scope> functions_of(const Source& source);
// Innermost first; a switch inside a case of another one is a scope of its own.
std::vector<Scope> switches_of(const Source& source);

}  // namespace mote::tidy
