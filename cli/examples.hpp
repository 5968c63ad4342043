// The examples' files, built into the binary from examples/.
#pragma once

#include <string>
#include <vector>

namespace mote::cli {

struct ExampleFile {
  std::string example;  // "wake-word"
  std::string name;     // "mote.toml"
  std::string content;
};

const std::vector<ExampleFile>& example_files();

// Names of the examples, sorted.
std::vector<std::string> example_names();

}  // namespace mote::cli
