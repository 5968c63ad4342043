#include "cli/demo_stages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>

#include "cli/examples.hpp"
#include "cli/progress.hpp"
#include "data/catalog/catalog.hpp"
#include "data/dataset.hpp"
#include "data/get.hpp"
#include "data/split.hpp"
#include "data/window.hpp"
#include "lab/batch.hpp"
#include "lab/report/svg.hpp"
#include "learn/prepare.hpp"

namespace mote::cli {
namespace {

namespace fs = std::filesystem;
using lab::report::grouped;
using Clock = std::chrono::steady_clock;

constexpr const char* example = "predictive-maintenance";
constexpr const char* dataset_name = "motor-vibration";
constexpr int stage_count = 7;
// Every byte goes through the emulated UART: these keep the demo within two minutes.
constexpr size_t field_recordings_max = 3;
constexpr double field_condition_s = 2.5;  // of each condition of a recording

// Says what happens, and keeps the time of each stage.
class Narrator {
 public:
  explicit Narrator(std::vector<lab::report::Stage>& stages) : stages_(stages) {}

  void begin(const std::string& name, const std::string& what) {
    name_ = name;
    start_ = Clock::now();
    fmt::print("[{}/{}] {}: {}\n", stages_.size() + 1, stage_count, name, what);
    std::fflush(stdout);
  }

  void say(const std::string& line) {
    bar_.reset();
    fmt::print("      {}\n", line);
    std::fflush(stdout);
  }

  void end(const std::string& result) {
    bar_.reset();
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    fmt::print("      {}  ({:.1f} s)\n", result, seconds);
    std::fflush(stdout);
    stages_.push_back({name_, seconds, result});
  }

  void progress(const std::string& what, uint64_t done, uint64_t total) {
    if (!bar_ || what != bar_of_) bar_.emplace(bar_of_ = what, total);
    bar_->set(done);
    if (done >= total) bar_.reset();
  }

 private:
  std::vector<lab::report::Stage>& stages_;
  std::string name_;
  Clock::time_point start_;
  std::string bar_of_;
  std::optional<Progress> bar_;
};

class Demo {
 public:
  explicit Demo(const DemoOptions& options)
      : board_(lab::find_board(options.board)), narrator_(result_.stages) {
    result_.options = options;
  }

  DemoResult run() {
    start_project();
    make_data();
    train();
    compile_model();
    bench();
    evaluate();
    run_in_field();
    return std::move(result_);
  }

 private:
  fs::path folder() const { return result_.options.folder; }
  std::string data_folder() const {
    return (fs::absolute(folder()) / "data" / dataset_name).lexically_normal().string();
  }

  void start_project() {
    narrator_.begin("Project",
                    fmt::format("{}/mote.toml from the example {}", folder().string(), example));
    for (const ExampleFile& file : example_files()) {
      const fs::path path = folder() / file.name;
      if (file.example == example && !fs::exists(path)) {
        data::write_file(path.string(), file.content);
      }
    }
    result_.project = project::load(folder().string());
    result_.project.data.datasets = {data_folder()};
    const project::Project& project = result_.project;
    narrator_.end(fmt::format("{} axes at {:.0f} Hz, windows of {} frames, {} blocks of features",
                              project.sensor.axes.size(), project.sensor.rate_hz,
                              project.window.length, project.features.size()));
  }

  void make_data() {
    narrator_.begin("Data", "vibration of twelve motors in six conditions");
    const auto& entry = data::catalog_entry(dataset_name);
    const bool known = data::Dataset::exists(data_folder());
    if (!known) {
      data::get_dataset(entry, data_folder(), data::data_mirror(),
                        {[this](const std::string& what, size_t done, size_t total) {
                          narrator_.progress(what, done, total);
                        }});
    }
    const data::Dataset dataset = data::Dataset::open(data_folder());
    double seconds = 0;
    for (const data::RecordingInfo& info : dataset.recordings()) seconds += info.duration_s();
    narrator_.end(fmt::format("{} recordings, {:.1f} min{}; content hash {}",
                              dataset.recordings().size(), seconds / 60,
                              known ? " (there already)" : "", dataset.hash().substr(0, 12)));
  }

  void train() {
    narrator_.begin("Train", "features, float32, then quantisation-aware to int8");
    const auto progress = [this](const std::string& what, uint64_t done, uint64_t total) {
      narrator_.progress(what, done, total);
    };
    result_.windows = learn::load_windows(result_.project, progress);
    learn::RunOptions settings;
    settings.seed = static_cast<uint64_t>(result_.project.train.seed);
    settings.progress = progress;
    settings.on_epoch = [this](const std::string& phase, const learn::EpochRecord& record,
                               int32_t epochs) {
      if (record.epoch % 10 == 0 || record.epoch + 1 == epochs) {
        narrator_.say(fmt::format("{:<8} epoch {:>3}: loss {:.4f}, val loss {:.4f}, val {:.1f} %",
                                  phase, record.epoch + 1, record.train_loss, record.val_loss,
                                  100 * record.val_accuracy));
      }
    };
    result_.run = learn::train(result_.project, result_.windows, settings);
    learn::save_run(result_.run, learn::run_folder(result_.project));
    const auto& report = result_.run.report;
    result_.float_accuracy = report.at("float32").at("test").at("accuracy").at("value");
    const double int8 = report.at("int8").at("test").at("accuracy").at("value");
    narrator_.end(fmt::format("{} windows to learn from; test: float32 {:.2f} %, int8 {:.2f} %",
                              grouped(result_.windows.train.count()), 100 * result_.float_accuracy,
                              100 * int8));
  }

  void compile_model() {
    narrator_.begin("Compile", fmt::format("for {} ({})", board_.name, board_.core));
    CompileOptions settings;
    settings.target = board_.target();
    settings.pipeline = {result_.run.pipeline};
    result_.compiled = compile(result_.run.device, settings);
    const fs::path file = folder() / (result_.project.project.name + ".mote");
    const auto& package = result_.compiled.package;
    data::write_file(file.string(), std::string(package.begin(), package.end()));
    result_.package_file = file.string();
    narrator_.end(fmt::format(
        "{} operators, arena {} B, package {} B: {}", result_.compiled.plan.ops.size(),
        grouped(result_.compiled.plan.arena_bytes), grouped(std::ssize(package)), file.string()));
  }

  void bench() {
    narrator_.begin("Measure", "instructions, memory and flash, with an exact instruction clock");
    const lab::Model model(result_.compiled);
    result_.bench = lab::bench(board_, model, {lab::Engine::vm, 1, "-O2"});
    const lab::BenchReport code = lab::bench(board_, model, {lab::Engine::code, 1, "-O2"});
    if (code.output != result_.bench.output) {
      throw std::runtime_error("emitted source and virtual machine give different outputs");
    }
    result_.emitted_instructions = code.instructions.value_or(0);
    result_.emitted_code_bytes = code.code_bytes.value_or(0);
    narrator_.end(fmt::format(
        "{} instructions per window, code {} B, stack {} B (emitted C++: {} instructions, {} B)",
        grouped(result_.bench.instructions.value_or(0)),
        grouped(result_.bench.code_bytes.value_or(0)),
        grouped(result_.bench.stack_bytes.value_or(0)), grouped(result_.emitted_instructions),
        grouped(result_.emitted_code_bytes)));
  }

  void evaluate() {
    const learn::WindowSet& test = result_.windows.test;
    narrator_.begin("Evaluate", fmt::format("{} windows of machines never seen, on the board",
                                            grouped(test.count())));
    const std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(test.counts.data()),
                                         test.counts.size() * sizeof(int16_t));
    const auto& package = result_.compiled.package;
    const lab::Batch board = lab::run_batch(board_, package, bytes, {2, std::chrono::seconds(600)});
    const lab::Batch host = lab::run_batch(lab::find_board("host"), package, bytes);
    std::vector<float> scores;
    const ir::Tensor& output = result_.run.device.tensor(result_.run.device.outputs.at(0));
    for (size_t at = 0; at < board.outputs.size(); at += board.output_bytes) {
      const auto mine = std::span(board.outputs).subspan(at, board.output_bytes);
      const auto its = std::span(host.outputs).subspan(at, board.output_bytes);
      if (std::ranges::equal(mine, its)) ++result_.identical_windows;
      const auto each = learn::read_scores(output, mine);
      scores.insert(scores.end(), each.begin(), each.end());
    }
    const auto guesses = learn::decide(result_.run.pipeline, scores);
    const auto& labels = result_.run.pipeline.labels;
    const learn::Confusion confusion(std::ssize(labels), test.labels, guesses);
    result_.confusion.labels = labels;
    for (int64_t truth = 0; truth < confusion.classes(); ++truth) {
      for (int64_t guess = 0; guess < confusion.classes(); ++guess) {
        result_.confusion.counts.push_back(confusion.at(truth, guess));
      }
    }
    result_.accuracy = confusion.accuracy();
    narrator_.end(fmt::format(
        "{:.2f} % right (95 % interval {:.2f}-{:.2f}); {} of {} windows bit-identical to the host",
        100 * result_.accuracy.value(), 100 * result_.accuracy.low(), 100 * result_.accuracy.high(),
        grouped(result_.identical_windows), grouped(test.count())));
  }

  // A healthy motor that falls ill: for each fault, a normal recording and a faulty one of the same
  // machine, one after the other.
  void make_field_recordings() {
    const data::Dataset dataset = data::Dataset::open(data_folder());
    const data::SplitRule rule{
        result_.project.data.val_fraction, result_.project.data.test_fraction,
        static_cast<uint64_t>(result_.project.data.split_seed), true, data::SplitRule::Unit::group};
    const auto splits = data::assign_splits(dataset.recordings(), rule);
    std::string machine;
    std::map<std::string, std::vector<const data::RecordingInfo*>> of_label;
    for (size_t i = 0; i < splits.size(); ++i) {
      const data::RecordingInfo& info = dataset.recordings()[i];
      if (splits[i] != data::Split::test) continue;
      if (machine.empty()) machine = info.group;
      if (info.group == machine) of_label[info.label].push_back(&info);
    }
    const std::string& normal = result_.project.train.normal_label;
    const auto& healthy = of_label[normal];
    const size_t faults = of_label.size() - 1;
    const size_t step =
        std::max<size_t>(1, (faults + field_recordings_max - 1) / field_recordings_max);
    size_t next = 0, seen = 0;
    for (const auto& [label, faulty] : of_label) {
      if (label == normal || healthy.empty() || seen++ % step != 0) continue;
      lab::FieldRecording field;
      field.name = machine + ": " + normal + ", then " + label;
      append(field, dataset.load(*healthy[next % healthy.size()]), normal);
      append(field, dataset.load(*faulty[next % faulty.size()]), label);
      result_.recordings.push_back(std::move(field));
      ++next;
    }
    if (result_.recordings.empty()) {
      throw std::runtime_error(data_folder() + ": no machine in the test split has both '" +
                               normal + "' and a fault; remove the folder to make the data anew");
    }
  }

  void append(lab::FieldRecording& field, const data::Recording& recording,
              const std::string& dataset_label) const {
    const auto& relabel = result_.project.data.relabel;
    const auto named = relabel.find(dataset_label);
    const std::string& label = named == relabel.end() ? dataset_label : named->second;
    const project::SensorSection& sensor = result_.project.sensor;
    const data::Recording heard =
        data::as_sensor(recording, {sensor.axes, sensor.rate_hz, sensor.scale()});
    const auto& counts = std::get<std::vector<int16_t>>(heard.values);
    const auto axes = static_cast<int64_t>(sensor.axes.size());
    const int64_t begin = std::ssize(field.samples) / axes;
    const auto taken = std::min<int64_t>(
        std::ssize(counts), static_cast<int64_t>(field_condition_s * sensor.rate_hz) * axes);
    field.samples.insert(field.samples.end(), counts.begin(), counts.begin() + taken);
    field.labels.push_back({begin, std::ssize(field.samples) / axes, label});
  }

  void run_in_field() {
    const int kills = result_.options.keep_broker ? 0 : 1;
    narrator_.begin("Field", fmt::format("the virtual board, its sensor fed with recordings, "
                                         "reporting to a real MQTT broker{}",
                                         kills ? " that dies on the way" : ""));
    make_field_recordings();
    lab::FieldOptions options;
    options.device = "motor-1";
    options.partition = "demo";
    options.broker_kills = kills;
    options.progress = [this](uint64_t sent, uint64_t total) {
      narrator_.progress("samples", sent, total);
    };
    result_.field = lab::run_field(board_, result_.compiled.package, result_.recordings, options);
    result_.score =
        lab::score_field(result_.field, result_.recordings, result_.run.pipeline.labels);
    show_events();
    const lab::FieldReport& field = result_.field;
    narrator_.end(
        fmt::format("{:.0f} s of sensor data; {} events over MQTT, {} right; {} lost, {} "
                    "invented; {} connections",
                    field.sensor_seconds, field.events.size(), result_.score.total.events_right,
                    field.lost, field.invented, field.summary.connects));
  }

  // The first event of each recording.
  void show_events() {
    std::optional<uint32_t> last;
    const double rate = result_.project.sensor.rate_hz;
    for (const lab::FieldEvent& event : result_.field.events) {
      if (event.recording == last || event.recording >= result_.recordings.size()) continue;
      last = event.recording;
      narrator_.say(fmt::format("{}: {} at {:.2f} s, confidence {:.0f} %",
                                result_.recordings[event.recording].name, event.label,
                                (event.first_frame + result_.run.pipeline.window_length) / rate,
                                100 * event.score));
    }
  }

  const lab::Board& board_;
  DemoResult result_;
  Narrator narrator_;
};

}  // namespace

DemoResult run_demo(const DemoOptions& options) {
  return Demo(options).run();
}

}  // namespace mote::cli
