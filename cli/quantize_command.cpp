// mote quantize: a float model and typical inputs in, an integer model and what it lost out.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "cli/command.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/project_model.hpp"
#include "cli/quantize_data.hpp"
#include "cli/quantize_report.hpp"
#include "compiler/compile.hpp"
#include "compiler/export_model.hpp"
#include "compiler/import_model.hpp"
#include "compiler/ir/text.hpp"
#include "compiler/quantize/palette.hpp"
#include "data/dataset.hpp"
#include "learn/metrics.hpp"

namespace mote::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string model;
  QuantizeSource source;
  std::string method = "minmax";
  double percentile = 99.99;
  std::string precision = "int8";
  std::vector<std::string> layers;  // NUMBER=PRECISION
  std::vector<std::string> choices{"int4", "int8", "int16x8"};
  int32_t palette_bits = 0;  // 0: none
  quantize::Budget budget;
  bool equalise = false;
  bool correct_bias = false;
  bool sensitivity = false;
  int64_t sensitivity_samples = 16;
  bool float_io = false;
  std::string board;
  std::vector<std::string> outputs;
  bool json = false;

  bool mixed() const { return precision == "mixed"; }
  bool corrects_bias() const { return correct_bias || palette_bits > 0; }
  // Whether some weights may have few values, so that their inputs matter.
  bool narrow_weights() const {
    const auto int4 = [](const std::string& text) { return text.ends_with("int4"); };
    return palette_bits > 0 || precision == "int4" || std::ranges::any_of(layers, int4) ||
           (mixed() && std::ranges::any_of(choices, int4));
  }
  // Palettes are for packages that are to be small.
  plan::Optimize optimize() const {
    return palette_bits > 0 ? plan::Optimize::flash : plan::Optimize::latency;
  }
};

ir::Graph read_model(const std::string& path) {
  const std::string text = data::read_file(path);
  const auto* raw = reinterpret_cast<const uint8_t*>(text.data());
  return import_model({raw, text.size()}, fs::path(path).filename().string());
}

// First samples of a list.
std::span<const quantize::Sample> first(const std::vector<quantize::Sample>& samples,
                                        int64_t count) {
  return std::span(samples).first(std::min(samples.size(), static_cast<size_t>(count)));
}

class Quantization {
 public:
  explicit Quantization(const Options& options) : options_(options) {}

  int run() {
    load();
    prepare();
    choose_precisions();
    convert();
    measure();
    write();
    if (options_.json) {
      print_json(to_json(report_));
    } else {
      print_report(report_);
    }
    return exit_ok;
  }

 private:
  void load() {
    if (!options_.source.project.empty()) {
      project_.emplace(load_trained_project(options_.source.project, options_.source.run));
    }
    if (options_.model.empty() && !project_) {
      throw UsageError("quantize: MODEL is missing; see `mote quantize --help`");
    }
    graph_ = options_.model.empty() ? project_->run.network : read_model(options_.model);
    report_.model = options_.model.empty() ? project_->project.project.name : options_.model;
    data_ = load_quantize_data(options_.source, graph_, project_ ? &*project_ : nullptr);
    report_.source = data_.source;
    report_.calibration_samples = static_cast<int64_t>(data_.calibration.size());
    report_.held_out_samples = static_cast<int64_t>(data_.held_out.size());
    report_.held_out_is_calibration = data_.held_out == data_.calibration;
    report_.board = !options_.board.empty() ? options_.board
                    : project_              ? project_->project.target.board
                                            : default_board;
  }

  // Whether the project's own model is quantised, so that its features belong in front.
  bool whole_project() const { return project_ && options_.model.empty(); }

  void prepare() {
    quantize::PrepareOptions settings;
    settings.calibration.method = quantize::method_from_name(options_.method);
    settings.calibration.percentile = options_.percentile;
    settings.equalise = options_.equalise;
    settings.moments = options_.narrow_weights();
    if (whole_project() && project_->is_anomaly()) {
      const ir::TensorId x = graph_.nodes.back().inputs.at(0);
      settings.given[graph_.tensor(x).name] = {-learn::anomaly_reach, learn::anomaly_reach, true};
    }
    const Waiting waiting("calibrate");
    prepared_ = quantize::prepare(graph_, data_.calibration, settings);
    report_.method = options_.method;
    report_.precision = options_.precision;
    report_.palette_bits = options_.palette_bits;
    report_.equalised = prepared_.equalised;
    real_outputs_ = quantize::outputs_of(prepared_.graph, data_.held_out);
  }

  ir::Target target() const { return lab::find_board(report_.board).target(); }

  void choose_precisions() {
    convert_.float_inputs = options_.float_io || whole_project();
    convert_.float_outputs = options_.float_io;
    convert_.palette_bits = options_.palette_bits;
    if (options_.narrow_weights()) convert_.moments = &prepared_.moments;
    if (options_.mixed()) {
      quantize::MixedOptions settings;
      settings.budget = options_.budget;
      for (const std::string& name : options_.choices) {
        settings.choices.push_back(quantize::precision_from_name(name));
      }
      settings.target = target();
      settings.float_inputs = convert_.float_inputs;
      Progress bar("try precisions", prepared_.graph.nodes.size());
      settings.progress = [&](size_t done, size_t) { bar.set(done); };
      const auto samples = first(data_.held_out, options_.sensitivity_samples);
      quantize::Mixed mixed =
          quantize::mixed_precision(prepared_, samples, real_outputs_of(samples), settings);
      convert_.by_node = std::move(mixed.convert.by_node);
      report_.steps = std::move(mixed.steps);
    } else {
      convert_.precision = quantize::precision_from_name(options_.precision);
    }
    convert_.by_node.resize(prepared_.graph.nodes.size());
    for (const std::string& text : options_.layers) set_layer(text);
  }

  void set_layer(const std::string& text) {
    const size_t sign = text.find('=');
    size_t layer = 0, used = 0;
    try {
      layer = std::stoul(text.substr(0, sign), &used);
    } catch (const std::logic_error&) {
      used = 0;
    }
    if (sign == std::string::npos || used != sign || layer >= convert_.by_node.size()) {
      throw UsageError(
          fmt::format("quantize: --layer {}: NUMBER=PRECISION is needed, with a number"
                      " of the report from 0 to {}",
                      text, convert_.by_node.size() - 1));
    }
    convert_.by_node[layer] = quantize::precision_from_name(text.substr(sign + 1));
  }

  std::vector<std::vector<float>> real_outputs_of(std::span<const quantize::Sample> samples) const {
    return {real_outputs_.begin(),
            real_outputs_.begin() + static_cast<std::ptrdiff_t>(samples.size())};
  }

  void convert() {
    converted_ = quantize::convert(prepared_.graph, prepared_.ranges, convert_);
    if (options_.palette_bits > 0) {
      convert_.palette_for = quantize::palettes_that_pay(prepared_, converted_, target());
      converted_ = quantize::convert(prepared_.graph, prepared_.ranges, convert_);
    }
    if (options_.corrects_bias()) {
      const ir::Graph corrected =
          quantize::with_corrected_biases(prepared_.graph, converted_, data_.calibration);
      converted_ = quantize::convert(corrected, prepared_.ranges, convert_);
    }
    report_.corrected = options_.corrects_bias();
    report_.prepared = &prepared_;
    report_.converted = &converted_;
  }

  void measure() {
    report_.noise = quantize::noise_of_tensors(prepared_.graph, converted_, data_.held_out);
    const auto outputs = quantize::outputs_of(converted_.graph, data_.held_out);
    for (size_t i = 0; i < outputs.size(); ++i) {
      report_.output_noise.add(real_outputs_[i], outputs[i]);
    }
    if (options_.sensitivity) {
      const auto samples = first(data_.held_out, options_.sensitivity_samples);
      Progress bar("measure layers", prepared_.graph.nodes.size());
      report_.sensitivity =
          quantize::sensitivity_of(prepared_, converted_, samples, real_outputs_of(samples),
                                   [&](size_t done, size_t) { bar.set(done); });
    }
    for (const LabelledInputs& part : data_.judged) judge(part);
    report_.cost = quantize::cost_of(converted_.graph, target(), options_.optimize());
    report_.real_cost = quantize::cost_of(prepared_.graph, target());
  }

  void judge(const LabelledInputs& part) {
    const auto real = quantize::outputs_of(prepared_.graph, part.samples);
    const auto integer = quantize::outputs_of(converted_.graph, part.samples);
    QuantizeAccuracy result{part.name, "accuracy", 0, 0, static_cast<int64_t>(real.size())};
    const auto flat = [](const std::vector<std::vector<float>>& scores) {
      std::vector<float> all;
      for (const auto& each : scores) all.insert(all.end(), each.begin(), each.end());
      return all;
    };
    if (project_ && project_->is_anomaly()) {
      if (std::ranges::count(part.labels, 1) == 0) return;  // nothing to tell apart
      result.measure = "area under the ROC curve";
      result.real = learn::area_under_curve(flat(real), part.labels);
      result.integer = learn::area_under_curve(flat(integer), part.labels);
    } else {
      const auto right = [&](const std::vector<std::vector<float>>& scores) {
        const auto guesses =
            learn::top_class(flat(scores), static_cast<int64_t>(scores.at(0).size()));
        int64_t hits = 0;
        for (size_t i = 0; i < guesses.size(); ++i) hits += guesses[i] == part.labels[i] ? 1 : 0;
        return static_cast<double>(hits) / static_cast<double>(guesses.size());
      };
      result.real = right(real);
      result.integer = right(integer);
    }
    report_.accuracy.push_back(result);
  }

  // Of the anomaly model's threshold: where normal windows lie with the integers' scores.
  plan::Pipeline pipeline() const {
    plan::Pipeline pipeline = project_->run.pipeline;
    if (!project_->is_anomaly()) return pipeline;
    std::vector<float> normal;
    for (const auto& scores : quantize::outputs_of(converted_.graph, data_.held_out)) {
      normal.insert(normal.end(), scores.begin(), scores.end());
    }
    for (const LabelledInputs& part : data_.judged) {
      if (part.name != "val") continue;
      normal.clear();
      for (const auto& scores : quantize::outputs_of(converted_.graph, part.samples)) {
        normal.insert(normal.end(), scores.begin(), scores.end());
      }
    }
    pipeline.threshold = learn::anomaly_threshold(std::move(normal));
    return pipeline;
  }

  std::string package() const {
    CompileOptions settings;
    settings.target = target();
    settings.planning.optimize = options_.optimize();
    settings.metadata =
        nlohmann::json{{"source", fs::path(report_.model).filename().string()}}.dump(
            -1, ' ', false, nlohmann::json::error_handler_t::replace);
    ir::Graph graph = converted_.graph;
    if (whole_project()) {
      const learn::DataWindows& windows = project_->windows;
      graph = learn::device_graph(project_->project, windows.length, windows.axes, graph);
      settings.pipeline = {pipeline()};
    }
    const Compiled compiled = compile(graph, settings);
    return {compiled.package.begin(), compiled.package.end()};
  }

  // Of a project, its network without what TensorFlow Lite has no operators for.
  std::string tflite() const {
    const ExportedModel exported =
        export_tflite(whole_project() ? network_part(converted_.graph).graph : converted_.graph);
    return {exported.file.begin(), exported.file.end()};
  }

  void write() {
    for (const std::string& path : options_.outputs) {
      if (path.ends_with(".graph")) {
        data::write_file(path, ir::print_text(converted_.graph, ir::full_text));
      } else if (path.ends_with(".mote")) {
        data::write_file(path, package());
      } else if (path.ends_with(".tflite")) {
        data::write_file(path, tflite());
      }
      report_.written.push_back(path);
    }
  }

  const Options& options_;
  std::optional<TrainedProject> project_;
  ir::Graph graph_;
  QuantizeData data_;
  quantize::Prepared prepared_;
  std::vector<std::vector<float>> real_outputs_;  // of held-out samples
  quantize::ConvertOptions convert_;
  quantize::Converted converted_;
  QuantizeReport report_;
};

void check_output_names(const std::vector<std::string>& outputs) {
  for (const std::string& path : outputs) {
    if (path.ends_with(".mote") || path.ends_with(".tflite") || path.ends_with(".graph")) continue;
    throw UsageError("quantize: --output " + path +
                     ": its name must end in .mote, .tflite or .graph");
  }
}

int run(Options options) {
  check_output_names(options.outputs);
  if (is_project(options.model) && options.source.project.empty()) {
    options.source.project = std::move(options.model);
    options.model.clear();
  }
  if (options.mixed() && options.palette_bits > 0) {
    throw UsageError("quantize: --palette goes with one --precision, not with mixed");
  }
  const quantize::Budget& budget = options.budget;
  const bool limited = budget.ram_bytes > 0 || budget.flash_bytes > 0 || budget.instructions > 0;
  if (options.mixed() != limited) {
    throw UsageError(
        "quantize: --precision mixed and a budget (--ram, --flash, --instructions) go"
        " together");
  }
  return Quantization(options).run();
}

void add_source_options(Command& command, QuantizeSource& source) {
  command.option("--inputs", source.inputs,
                 "Typical inputs: .npy [samples, ...], or .npz with an array for each input"
                 " of the model and perhaps 'labels'");
  command.option("--labels", source.labels, "Class of each of the --inputs, a .npy");
  command.option("--data", source.dataset,
                 "A dataset whose recordings are inputs, cut into pieces of the model's size");
  command.option("--project", source.project,
                 "A trained project: its features are the inputs, and its float model is"
                 " quantised when no MODEL is given");
  command.option("--run", source.run, run_option_help);
  command.option("--samples", source.samples, "Samples to calibrate with; a fifth is held out")
      .positive()
      .shows_default();
}

void add_precision_options(Command& command, Options& options) {
  command.option("--method", options.method, "How ranges are taken from the calibration")
      .one_of({"minmax", "percentile", "mse"})
      .shows_default();
  command
      .option("--percentile", options.percentile,
              "With --method percentile: the part of the values below a range's upper end")
      .between(50.0, 100.0)
      .shows_default();
  command
      .option("--precision", options.precision,
              "Of all layers; mixed: of each its own, as exact as the budget allows")
      .one_of({"int8", "int16x8", "int4", "float32", "mixed"})
      .shows_default();
  command
      .option("--palette", options.palette_bits,
              "Give int8 or int4 weights at most 2^BITS values in each layer where --board gains by"
              " it: packages then hold indices, smaller and slower, as with --optimize flash;"
              " implies --correct-bias")
      .value_name("BITS")
      .between(quantize::palette_bits_min, quantize::palette_bits_max);
  command.option("--layer", options.layers,
                 "NUMBER=PRECISION of one layer of the report; may be repeated");
  command.option("--choices", options.choices, "What mixed chooses from")
      .separated_by(',')
      .one_of({"int8", "int16x8", "int4"});
  command.option("--ram", options.budget.ram_bytes, "Budget for mixed: bytes of the arena")
      .positive();
  command.option("--flash", options.budget.flash_bytes, "Budget for mixed: bytes of the package")
      .positive();
  command
      .option("--instructions", options.budget.instructions,
              "Budget for mixed: instructions per inference, as kernels estimate them")
      .positive();
  command.flag("--equalise", options.equalise,
               "Even out channels between layers before (cross-layer equalisation)");
  command.flag("--correct-bias", options.correct_bias,
               "Give biases back what rounding the weights takes from their layer's mean");
  command.flag("--sensitivity", options.sensitivity,
               "Measure each layer alone quantised, and alone in float32");
  command
      .option("--sensitivity-samples", options.sensitivity_samples,
              "Held-out samples to measure layers with")
      .positive()
      .shows_default();
  command.flag("--float-io", options.float_io, "Inputs and outputs stay float32");
}

}  // namespace

void add_quantize_command(Command& mote) {
  auto options = std::make_shared<Options>();
  Command command = mote.subcommand(
      "quantize", "Make integers of a float model, with typical inputs instead of training");
  command.option("MODEL", options->model, "A float .tflite, .onnx or .graph, or a trained project")
      .existing_path();
  add_source_options(command, options->source);
  add_precision_options(command, *options);
  add_board_option(command, options->board, "Board that costs and packages are for");
  command.option("-o,--output", options->outputs,
                 "Write the model: a package for the board (.mote), a TensorFlow Lite model"
                 " (.tflite, of a project the network alone) or the graph as text (.graph);"
                 " may be repeated");
  command.json_flag(options->json);
  command.examples({"mote quantize examples/predictive-maintenance --method mse -o motor.mote",
                    "mote quantize kws_float.tflite --inputs features.npy --sensitivity",
                    "mote quantize net.onnx --inputs x.npz --precision int16x8 -o net.tflite",
                    "mote quantize net.tflite --inputs x.npy --palette 4 -o small.mote",
                    "mote quantize net.tflite --inputs x.npy --precision mixed --flash 60000"});
  command.on_run([options] { return run(*options); });
}

}  // namespace mote::cli
