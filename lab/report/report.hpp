// One-page HTML reports: what was trained, how well it does, what it costs, what it decided.
//
// Every function here is pure: data in, text out. The page carries its style and its pictures (SVG)
// inside, needs no network, follows the reader's light or dark preference, and says every picture
// in words for screen readers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/plan/plan.hpp"

namespace mote::lab::report {

// A figure that the page opens with: "98.7 %", "accuracy on the virtual Cortex-M4".
struct Tile {
  std::string value;
  std::string label;
  std::string note;  // smaller, below; may be empty
};

// A step of the way, in order.
struct Stage {
  std::string name;
  double seconds = 0;
  std::string result;  // one line: what came out
};

// counts[truth * labels.size() + decision]
struct ConfusionMatrix {
  std::vector<std::string> labels;
  std::vector<int64_t> counts;
};

// A stretch of a recording.
struct Span {
  double start_s = 0;
  double end_s = 0;
  std::string label;
};

// A decision of the device.
struct Event {
  double time_s = 0;
  std::string label;
  double confidence = 0;  // [0, 1]
};

struct Waveform {
  double rate_hz = 0;
  std::string units;
  std::vector<std::string> axes;
  std::vector<std::vector<float>> samples;  // one series per axis, equal lengths
  std::vector<Span> truth;                  // labelled stretches
  std::vector<Event> events;                // what the device reported
};

struct OpCost {
  std::string name;
  int64_t instructions = 0;
  int64_t macs = 0;  // 0: none
};

// An operator of a model.
struct GraphNode {
  std::string name;   // "conv2d"
  std::string shape;  // of its output: "int8 [1,25,5,64]"
  std::string note;   // what else there is to say of it, shown when pointed at
  int64_t macs = 0;
  int64_t constant_bytes = 0;  // weights and other constants that it reads
  int64_t output_bytes = 0;
  bool supported = true;   // whether the compiler has a kernel
  std::vector<int> reads;  // the operators that write its inputs; -1: an input of the model
};

struct ModelGraph {
  std::vector<GraphNode> nodes;  // in execution order
  std::string inputs;            // of the model, in words
  std::string outputs;
};

// One line of a training run.
struct Epoch {
  double train_loss = 0;
  double val_loss = 0;
  double val_accuracy = 0;  // [0, 1]
};

std::string confusion_matrix_svg(const ConfusionMatrix& matrix);
std::string waveform_svg(const Waveform& waveform);
// Offsets in the arena over the operators of one inference.
std::string memory_map_svg(const std::vector<plan::ArenaBuffer>& buffers, uint32_t arena_bytes,
                           size_t op_count);
// Operators from top to bottom, with what each costs.
std::string model_graph_svg(const ModelGraph& graph);
std::string op_costs_svg(const std::vector<OpCost>& ops);
std::string learning_curve_svg(const std::vector<Epoch>& epochs);

// One of the pictures above as a file of its own: with its style, size and background. Throws
// std::invalid_argument when it is none of them.
std::string picture_file(const std::string& svg);

// A picture with its heading and a paragraph that says what it shows.
struct Section {
  std::string title;
  std::string text;
  std::string body;  // SVG or HTML from the functions of this room
};

struct Page {
  std::string title;
  std::string subtitle;
  std::vector<Tile> tiles;
  std::vector<Stage> stages;
  std::vector<Section> sections;
  std::string footer;
};

// A plain table; the first row is its heading.
std::string table_html(const std::vector<std::vector<std::string>>& rows);

std::string page_html(const Page& page);

}  // namespace mote::lab::report
