// The three kinds of file that `mote inspect` knows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mote::cli {

struct InspectOptions {
  std::string path;
  bool json = false;
  bool text = false;  // .tflite: the graph's text form
  bool full = false;  // with text: every constant in full
};

// Each prints its report and returns the exit code. bytes: the file's content. Throw when the file
// is malformed.
int inspect_model(const InspectOptions& options, const std::vector<uint8_t>& bytes);
int inspect_package(const InspectOptions& options, const std::vector<uint8_t>& bytes);
int inspect_project(const InspectOptions& options);

}  // namespace mote::cli
