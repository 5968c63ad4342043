// What is wrong with a project file.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mote::project {

// "mote.toml:12: [train] 'epochs' is 0; allowed: 1..100000".
class ProjectError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The one of `known` nearest to `word` by edit distance; empty when none is near enough.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

// "; did you mean 'epochs'? (allowed: batch, epochs)" for messages about an unknown word.
std::string suggestion(std::string_view word, const std::vector<std::string>& known);

}  // namespace mote::project
