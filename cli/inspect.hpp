// The three kinds of file that `mote inspect` knows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace mote::cli {

struct InspectOptions {
  std::string path;
  bool json = false;
  bool text = false;  // .tflite: the graph's text form
  bool full = false;  // with text: every constant in full
  std::string html;   // page to write; "": none
  std::string svg;    // picture of the graph to write; "": none
  std::string board;  // that the memory plan of `html` is for; "": the default
};

// Each prints its report and returns the exit code. bytes: the file's content. Throw when the file
// is malformed.
int inspect_model(const InspectOptions& options, const std::vector<uint8_t>& bytes);
int inspect_package(const InspectOptions& options, const std::vector<uint8_t>& bytes);
int inspect_project(const InspectOptions& options);

// Writes what options.html and options.svg ask for, of a model in a file.
void draw_model(const InspectOptions& options, const ir::Graph& graph);
// Of a project: its trained model as it is compiled. Throws when it has none.
void draw_project(const InspectOptions& options);

}  // namespace mote::cli
