#include "cli/quantize_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "cli/command.hpp"
#include "cli/progress.hpp"
#include "data/archive.hpp"
#include "data/dataset.hpp"
#include "data/npy.hpp"
#include "data/split.hpp"

namespace mote::cli {
namespace {

namespace fs = std::filesystem;
using quantize::Sample;

constexpr int64_t unpacked_bytes_max = int64_t{1} << 32;
constexpr size_t held_out_every = 5;

std::span<const uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// Bytes of `values` in the type of a graph input.
std::vector<uint8_t> as_input(const ir::Tensor& tensor, std::span<const float> values) {
  const auto convert = [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> typed(values.size());
    std::ranges::transform(values, typed.begin(), [](float v) { return static_cast<T>(v); });
    const auto* raw = reinterpret_cast<const uint8_t*>(typed.data());
    return std::vector<uint8_t>(raw, raw + typed.size() * sizeof(T));
  };
  switch (tensor.dtype) {
#define MOTE_AS_INPUT(name, type) \
  case ir::DType::name:           \
    return convert(type{});
    MOTE_DTYPE_LIST(MOTE_AS_INPUT)
#undef MOTE_AS_INPUT
  }
  throw ir::GraphError("unknown dtype");
}

// Adds one input of every sample: `array` is [samples, ...] or one sample.
void add_input(const std::string& where, const data::NpyTensor& array, const ir::Tensor& tensor,
               std::vector<Sample>& samples, size_t input) {
  const int64_t each = tensor.elements();
  if (array.elements() == 0 || array.elements() % each != 0) {
    throw std::runtime_error(
        fmt::format("{}: holds {} numbers, which are no whole samples of input '{}' with {}", where,
                    array.elements(), tensor.name, each));
  }
  const auto count = static_cast<size_t>(array.elements() / each);
  if (input > 0 && samples.size() != count) {
    throw std::runtime_error(fmt::format("{}: holds {} samples, the other inputs have {}", where,
                                         count, samples.size()));
  }
  samples.resize(count);
  for (size_t i = 0; i < count; ++i) {
    samples[i].push_back(as_input(
        tensor,
        std::span(array.values).subspan(i * static_cast<size_t>(each), static_cast<size_t>(each))));
  }
}

std::map<std::string, data::NpyTensor> read_npz(const std::string& path, const std::string& bytes) {
  std::map<std::string, data::NpyTensor> arrays;
  for (const data::ArchiveEntry& entry :
       data::read_archive(path, bytes_of(bytes), unpacked_bytes_max)) {
    if (!entry.path.ends_with(".npy")) continue;
    const std::string key = entry.path.substr(0, entry.path.size() - 4);
    arrays[key] = data::read_npy_tensor(fmt::format("{}[{}]", path, key), bytes_of(entry.bytes));
  }
  return arrays;
}

std::vector<int32_t> class_numbers(const std::string& where, const data::NpyTensor& array,
                                   size_t samples) {
  if (array.values.size() != samples) {
    throw std::runtime_error(
        fmt::format("{}: holds {} labels for {} samples", where, array.values.size(), samples));
  }
  std::vector<int32_t> labels;
  for (float value : array.values) {
    if (value < 0 || value != std::floor(value)) {
      throw std::runtime_error(fmt::format("{}: {} is no class number", where, value));
    }
    labels.push_back(static_cast<int32_t>(value));
  }
  return labels;
}

// Samples of one file, with their labels if there are any.
struct Labelled {
  std::vector<Sample> samples;
  std::vector<int32_t> labels;
};

Labelled read_arrays(const QuantizeSource& source, const ir::Graph& graph) {
  const std::string bytes = data::read_file(source.inputs);
  Labelled result;
  if (!source.inputs.ends_with(".npz")) {
    if (graph.inputs.size() != 1) {
      throw std::runtime_error(
          fmt::format("{}: the model has {} inputs; give a .npz with an array for each, named"
                      " like it",
                      source.inputs, graph.inputs.size()));
    }
    add_input(source.inputs, data::read_npy_tensor(source.inputs, bytes_of(bytes)),
              graph.tensor(graph.inputs[0]), result.samples, 0);
  } else {
    const auto arrays = read_npz(source.inputs, bytes);
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
      const ir::Tensor& tensor = graph.tensor(graph.inputs[i]);
      auto found = arrays.find(tensor.name);
      if (found == arrays.end() && graph.inputs.size() == 1 && arrays.size() == 1) {
        found = arrays.begin();
      }
      if (found == arrays.end()) {
        throw std::runtime_error(
            fmt::format("{}: has no array '{}' for the model's input", source.inputs, tensor.name));
      }
      add_input(fmt::format("{}[{}]", source.inputs, found->first), found->second, tensor,
                result.samples, i);
    }
    const auto labels = arrays.find("labels");
    if (labels != arrays.end() && source.labels.empty()) {
      result.labels =
          class_numbers(source.inputs + "[labels]", labels->second, result.samples.size());
    }
  }
  if (!source.labels.empty()) {
    const std::string file = data::read_file(source.labels);
    result.labels = class_numbers(
        source.labels, data::read_npy_tensor(source.labels, bytes_of(file)), result.samples.size());
  }
  return result;
}

// `count` of 0..total-1, evenly spread, so that every class and recording is seen.
std::vector<size_t> spread(size_t total, int64_t count) {
  const size_t taken = std::min(total, static_cast<size_t>(count));
  std::vector<size_t> chosen;
  for (size_t i = 0; i < taken; ++i) chosen.push_back(i * total / taken);
  return chosen;
}

// Splits samples into those that ranges are taken from and those that noise is measured on.
void hold_out(std::vector<Sample> samples, QuantizeData& data) {
  if (samples.size() < held_out_every) {
    data.calibration = data.held_out = std::move(samples);
    return;
  }
  for (size_t i = 0; i < samples.size(); ++i) {
    const bool held = i % held_out_every == held_out_every - 1;
    (held ? data.held_out : data.calibration).push_back(std::move(samples[i]));
  }
}

// All that is not calibrated on is judged, if it is labelled.
void use_file(Labelled all, int64_t count, QuantizeData& data) {
  std::vector<Sample> chosen;
  std::vector<bool> calibrated(all.samples.size(), false);
  const auto indices = spread(all.samples.size(), count);
  for (size_t k = 0; k < indices.size(); ++k) {
    chosen.push_back(all.samples[indices[k]]);
    calibrated[indices[k]] =
        indices.size() < held_out_every || k % held_out_every != held_out_every - 1;
  }
  hold_out(std::move(chosen), data);
  if (all.labels.empty()) return;
  LabelledInputs judged{"rest", {}, {}};
  for (size_t i = 0; i < all.samples.size(); ++i) {
    if (calibrated[i]) continue;
    judged.samples.push_back(std::move(all.samples[i]));
    judged.labels.push_back(all.labels[i]);
  }
  if (!judged.samples.empty()) data.judged.push_back(std::move(judged));
}

// Recordings of a dataset as inputs, cut into pieces of the model's size.
class DatasetInputs {
 public:
  DatasetInputs(const std::string& name, const ir::Graph& graph)
      : set_(data::Dataset::open(data::dataset_folder(name))), tensor_(input_of(name, graph)) {
    for (const data::RecordingInfo& info : set_.recordings()) {
      if (!info.label.empty()) classes_.emplace(info.label, 0);
    }
    int32_t number = 0;
    for (auto& [label, index] : classes_) index = number++;
  }

  QuantizeData load(int64_t count) {
    const auto splits = data::assign_splits(set_.recordings(), {});
    std::map<data::Split, Labelled> parts;
    for (size_t i = 0; i < splits.size(); ++i) add(set_.recordings()[i], parts[splits[i]]);
    Labelled& train = parts[data::Split::train];
    if (train.samples.empty()) {
      throw std::runtime_error(
          fmt::format("dataset {}: no recording is as long as input '{}' with {} numbers",
                      set_.name(), tensor_.name, tensor_.elements()));
    }
    QuantizeData result;
    std::vector<Sample> chosen;
    for (size_t i : spread(train.samples.size(), count)) chosen.push_back(train.samples[i]);
    hold_out(std::move(chosen), result);
    for (const data::Split split : {data::Split::val, data::Split::test}) {
      Labelled& part = parts[split];
      if (part.samples.empty() || part.labels.size() != part.samples.size()) continue;
      result.judged.push_back(
          {std::string(data::name_of(split)), std::move(part.samples), std::move(part.labels)});
    }
    return result;
  }

 private:
  static const ir::Tensor& input_of(const std::string& name, const ir::Graph& graph) {
    if (graph.inputs.size() == 1) return graph.tensor(graph.inputs[0]);
    throw std::runtime_error(
        fmt::format("dataset {}: the model has {} inputs; give --inputs"
                    " FILE.npz with an array for each",
                    name, graph.inputs.size()));
  }

  void add(const data::RecordingInfo& info, Labelled& part) {
    const data::Recording recording = set_.load(info);
    std::vector<float> values;
    for (int64_t frame = 0; frame < info.frames; ++frame) {
      for (size_t axis = 0; axis < info.axes.size(); ++axis) {
        values.push_back(recording.at(frame, static_cast<int32_t>(axis)));
      }
    }
    const auto each = static_cast<size_t>(tensor_.elements());
    for (size_t at = 0; at + each <= values.size(); at += each) {
      part.samples.push_back({as_input(tensor_, std::span(values).subspan(at, each))});
      if (!info.label.empty()) part.labels.push_back(classes_.at(info.label));
    }
  }

  data::Dataset set_;
  const ir::Tensor& tensor_;
  std::map<std::string, int32_t> classes_;  // by name, numbered in order of the names
};

std::vector<Sample> samples_of(const learn::Samples& features) {
  std::vector<Sample> samples;
  for (int64_t i = 0; i < features.count(); ++i) {
    const auto x = features.sample(i);
    const auto* raw = reinterpret_cast<const uint8_t*>(x.data());
    samples.push_back({std::vector<uint8_t>(raw, raw + x.size_bytes())});
  }
  return samples;
}

QuantizeData load_project_data(const TrainedProject& project, const ir::Graph& graph,
                               int64_t count) {
  const std::string cache = (fs::path(project.project.directory) / "trained" / "cache").string();
  const learn::FeatureSource source(project.project, project.windows, cache);
  QuantizeData result;
  const learn::Samples train = source.of(project.windows.train, {});
  const ir::Tensor& input = graph.tensor(graph.inputs.at(0));
  if (graph.inputs.size() != 1 || input.elements() != train.elements) {
    throw std::runtime_error(
        fmt::format("project {}: has {} features for input '{}' with {} numbers; is the model"
                    " another project's?",
                    project.project.project.name, train.elements, input.name, input.elements()));
  }
  const std::vector<Sample> all = samples_of(train);
  std::vector<Sample> chosen;
  for (size_t i : spread(all.size(), count)) chosen.push_back(all[i]);
  hold_out(std::move(chosen), result);
  const std::pair<const char*, const learn::WindowSet*> parts[] = {{"val", &project.windows.val},
                                                                   {"test", &project.windows.test}};
  for (const auto& [name, windows] : parts) {
    if (windows->count() == 0) continue;
    result.judged.push_back({name, samples_of(source.of(*windows, {})), windows->labels});
  }
  return result;
}

}  // namespace

TrainedProject load_trained_project(const std::string& path, const std::string& run) {
  project::Project project = project::load(path);
  learn::TrainedRun trained = learn::load_run(run.empty() ? learn::run_folder(project) : run);
  learn::DataWindows windows = learn::load_windows(project, {});
  return {std::move(project), std::move(trained), std::move(windows)};
}

QuantizeData load_quantize_data(const QuantizeSource& source, const ir::Graph& graph,
                                const TrainedProject* project) {
  QuantizeData result;
  if (!source.inputs.empty()) {
    use_file(read_arrays(source, graph), source.samples, result);
    result.source = source.inputs;
  } else if (!source.dataset.empty()) {
    result = DatasetInputs(source.dataset, graph).load(source.samples);
    result.source = "dataset " + source.dataset;
  } else if (project != nullptr) {
    result = load_project_data(*project, graph, source.samples);
    result.source = "project " + project->project.project.name;
  } else {
    throw UsageError(
        "quantize: there is no calibration data; give --inputs FILE.npy, --data DATASET or"
        " --project P");
  }
  return result;
}

}  // namespace mote::cli
