// mote.toml: what is sensed, how it is windowed, turned into features, learned, shrunk, and where
// it runs. the tables in project/sections.cpp are
// the one place where a key and its range stand.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "features/recipe.hpp"
#include "project/error.hpp"

namespace mote::project {

// [project]
struct ProjectSection {
  std::string name;  // letters, digits, '-' and '_'; used in topics and file names
  std::string description;
};

// [data]: which recordings, and what their labels mean here.
struct DataSection {
  std::vector<std::string> datasets;  // names (`mote data list`) or folders beside the file
  std::vector<std::string> include;   // globs over recording names; empty: all
  std::vector<std::string> exclude;   // globs, taken away from `include`
  std::vector<std::string> labels;    // classes in the order of the outputs; empty: all, sorted
  std::map<std::string, std::string> relabel;  // dataset label -> class; applied first
  std::string other_label;     // class for labels not in `labels`; empty: not used at all
  double val_fraction = 0.15;  // where the data brings no split of its own, [0, 0.9]
  double test_fraction = 0.15;
  int64_t split_seed = 1;
  std::string split_by = "group";  // "group" or "recording"
  bool official_split = true;      // keep the splits that came with the data
};

// [sensor]: what the device's driver delivers: int16 counts.
struct SensorSection {
  std::vector<std::string> axes;  // names of a recording's axes to take; "" matches a lone axis
  std::string units = "counts";   // units of `range`: "g", "m/s2", "fs" (full scale), "counts", ...
  double rate_hz = 0;             // > 0
  double range = 32768;           // physical value of 32768 counts, in `units`

  // Physical units per count.
  double scale() const { return range / 32768.0; }
};

// [window]
struct WindowSection {
  int64_t length = 0;                  // frames; the file says `length_ms` or `length`
  int64_t stride = 0;                  // frames; the file says `stride_ms` or `stride`
  double label_cover = 0.75;           // part of a window that its label must cover, (0, 1]
  std::string when_short = "pad_end";  // "pad_end", "pad_centre", "skip"
};

// [model]. Which keys count depends on the type; the others are refused. learn/model_zoo.hpp says
// what each type is.
struct ModelSection {
  std::string type = "mlp";              // "mlp", "conv1d", "ds_cnn", "autoencoder"
  std::vector<int64_t> hidden{32, 16};   // mlp, autoencoder: width of each dense layer
  int64_t code = 8;                      // autoencoder: width of the narrowest layer
  bool batch_norm = false;               // mlp, autoencoder
  std::vector<int64_t> filters{16, 32};  // conv1d: one convolution each
  int64_t kernel = 5;                    // conv1d: taps over time
  int64_t stride = 2;                    // conv1d: of each convolution
  int64_t channels = 64;                 // ds_cnn: of every layer
  int64_t blocks = 4;                    // ds_cnn: depthwise and pointwise pairs
  std::vector<int64_t> stem{10, 4};      // ds_cnn: first convolution, [time, frequency]
  std::vector<int64_t> stem_stride{2, 2};
  double dropout = 0;  // before the last dense layer, [0, 1)
};

// [train.augment]: how training windows are varied. Values are the largest deviation, 0 is off.
struct AugmentSection {
  double noise = 0;       // white noise, RMS as part of the window's own RMS, [0, 2]
  double shift_ms = 0;    // in time, either way
  double speed = 0;       // faster or slower by this part, [0, 0.5]
  double gain = 0;        // softer to 1 - gain or louder to 1 / (1 - gain), [0, 0.95]
  double tilt = 0;        // y[n] = x[n] + tilt * x[n - 1], either sign, [0, 0.95]
  double background = 0;  // of background_label, RMS as part of the window's own RMS, [0, 10]
  std::string background_label;  // the class whose training windows are mixed in
  double time_mask = 0;          // part of an image's frames that is masked, [0, 0.9]
  double band_mask = 0;          // part of an image's bands that is masked, [0, 0.9]
  int64_t every = 1;             // epochs in which the same variation is used; masks always change
};

struct TrainSection {
  std::string task = "classify";  // "classify", or "anomaly" (sees only `normal_label`)
  std::string normal_label = "normal";
  int64_t epochs = 60;
  int64_t batch = 64;
  double learning_rate = 1e-3;
  double weight_decay = 0;
  double label_smoothing = 0;  // part of the target spread over all classes, [0, 0.9]
  double mixup = 0;            // largest part of another sample mixed into each, [0, 0.5]
  double average = 0;          // decay of the moving average of the weights that is kept, [0, 1)
  int64_t seed = 1;
  // Epochs without a better val loss before stopping; 0: run all and keep the last.
  int64_t patience = 12;
  bool class_weights = true;  // rare classes weigh more
  AugmentSection augment;
};

// [quantize]: int8 as TensorFlow Lite defines it; training goes on with fake quantisation.
struct QuantizeSection {
  int64_t epochs = 10;  // of quantisation-aware training; 0: calibrate only
  double learning_rate = 1e-4;
};

// [target]
struct TargetSection {
  std::string board = "mps2-an386";  // one of boards()
  int64_t ram_bytes = 64 * 1024;     // the file says `ram = "64 KiB"`
  int64_t flash_bytes = 256 * 1024;
  std::string engine = "vm";         // "vm" runs the .mote package, "code" is emitted C++
  std::string optimize = "latency";  // "latency", "ram", "balanced" or "flash"
};

// [publish]: what the device says to the broker.
struct PublishSection {
  std::string topic;       // below mote/1/<partition>/<device>/event/; default: the project's name
  int64_t qos = 1;         // 0 or 1
  int64_t smoothing = 3;   // windows that the decision is taken over, [1, 64]
  double threshold = 0.6;  // smoothed confidence from which on a decision counts, (0, 1]
  std::vector<std::string> quiet_labels;  // decisions that are not worth an event ("_silence_")
  int64_t keep_alive_s = 30;
};

struct Project {
  std::string file;       // as given; errors name it
  std::string directory;  // of the file; relative datasets start here
  ProjectSection project;
  DataSection data;
  SensorSection sensor;
  WindowSection window;
  std::vector<features::FeatureBlock> features;  // [[features]] in order, op = "mel"
  ModelSection model;
  TrainSection train;
  QuantizeSection quantize;
  TargetSection target;
  PublishSection publish;

  // Lines of the keys that the file has: "window.length_ms", "features.0.frame_ms".
  std::map<std::string, int32_t> lines;

  // The features with the sensor's rate and scale filled in.
  features::FeatureRecipe recipe() const;

  // Throws ProjectError about a key, with file and line (the section's, when the key is absent).
  [[noreturn]] void fail(const std::string& key, const std::string& what) const;
};

// Parses a project file's text. `name` stands in messages. Never crashes: anything wrong throws
// ProjectError with "<name>:<line>: what, allowed values, suggestion".
Project parse(std::string_view text, const std::string& name);

// Reads a file, or `mote.toml` in a folder. Throws ProjectError also when it can't be read.
Project load(const std::string& path);

// Boards that [target] may name, and the memory that they have.
struct Board {
  std::string name;
  int64_t ram_bytes;
  int64_t flash_bytes;
};
const std::vector<Board>& boards();

}  // namespace mote::project
