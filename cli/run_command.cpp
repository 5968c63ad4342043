// mote run: a package on a virtual board or on this machine, fed with recordings, heard over MQTT.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>

#include "cli/command.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "data/dataset.hpp"
#include "data/split.hpp"
#include "data/window.hpp"
#include "lab/field.hpp"
#include "lab/model.hpp"
#include "lab/source_tree.hpp"

namespace mote::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

struct Options {
  std::string package;
  std::vector<std::string> datasets;
  std::string split = "test";
  std::string board = "mps2-an386";
  std::string broker;
  std::string device = "mote";
  std::string partition = "lab";
  std::vector<std::string> axes;
  size_t limit = 0;
  double speed = 0;
  int broker_kills = 0;
  bool log = false;
  bool json = false;
};

lab::Model load_model(const std::string& path) {
  const std::string bytes = lab::read_file(path);
  return lab::Model(std::vector<uint8_t>(bytes.begin(), bytes.end()), path);
}

std::vector<std::string> labels_of(const lab::Model& model) {
  std::vector<std::string> labels;
  for (uint32_t i = 0; i < model.reader().pipeline()->label_count; ++i) {
    labels.push_back(model.reader().label(i));
  }
  return labels;
}

// What the device's driver would have delivered of a recording, and what it should find in it.
lab::FieldRecording field_recording(const data::Recording& recording,
                                    const data::SensorSpec& sensor) {
  const data::Recording heard = data::as_sensor(recording, sensor);
  lab::FieldRecording field;
  field.name = heard.info.name;
  field.samples = std::get<std::vector<int16_t>>(heard.values);
  for (const data::Segment& segment : heard.info.segments) {
    field.labels.push_back({segment.begin, segment.end, segment.label});
  }
  if (heard.info.segments.empty() && !heard.info.label.empty()) {
    field.labels.push_back({0, heard.info.frames, heard.info.label});
  }
  return field;
}

std::vector<lab::FieldRecording> load_recordings(const Options& options, const lab::Model& model) {
  const package::Pipeline& pipeline = *model.reader().pipeline();
  const data::SensorSpec sensor{options.axes, pipeline.rate_millihertz / 1000.0,
                                static_cast<double>(pipeline.units_per_count)};
  const data::Split wanted = data::split_from(options.split);
  std::vector<lab::FieldRecording> recordings;
  size_t short_ones = 0;
  for (const std::string& name : options.datasets) {
    const data::Dataset dataset = data::Dataset::open(data::dataset_folder(name));
    const std::vector<data::Split> splits = data::assign_splits(dataset.recordings(), {});
    for (size_t i = 0; i < splits.size(); ++i) {
      if (splits[i] != wanted) continue;
      if (options.limit && recordings.size() == options.limit) break;
      lab::FieldRecording field = field_recording(dataset.load(dataset.recordings()[i]), sensor);
      if (field.samples.size() < size_t{pipeline.window_length} * pipeline.axes) ++short_ones;
      recordings.push_back(std::move(field));
    }
  }
  if (recordings.empty()) {
    throw UsageError(
        fmt::format("no recording of {} is in the split '{}'; choose another with "
                    "--split, see `mote data show`",
                    fmt::join(options.datasets, ", "), options.split));
  }
  if (short_ones > 0) {
    print_warning(
        fmt::format("{} of {} recordings are shorter than one window of {} frames: the "
                    "device can't decide on them",
                    short_ones, recordings.size(), pipeline.window_length));
  }
  return recordings;
}

lab::FieldOptions field_options(const Options& options) {
  lab::FieldOptions field;
  field.device = options.device;
  field.partition = options.partition;
  field.speed = options.speed;
  field.broker_kills = options.broker_kills;
  if (options.broker.empty()) return field;
  const size_t colon = options.broker.rfind(':');
  field.broker_host = options.broker.substr(0, colon);
  if (colon == std::string::npos) return field;
  const std::string port = options.broker.substr(colon + 1);
  const bool digits = !port.empty() && port.size() <= 5 &&
                      port.find_first_not_of("0123456789") == std::string::npos;
  const int number = digits ? std::stoi(port) : 0;
  if (number < 1 || number > 65535) {
    throw UsageError("--broker " + options.broker + ": the port must be 1 to 65535");
  }
  field.broker_port = static_cast<uint16_t>(number);
  return field;
}

Json to_json(const lab::FieldScore::Line& line) {
  return {{"windows", line.windows},       {"windows_right", line.windows_right},
          {"events", line.events},         {"events_right", line.events_right},
          {"recordings", line.recordings}, {"detected", line.detected}};
}

struct Cost {
  double instructions_mean = 0;
  double us_mean = 0;
  uint32_t us_max = 0;
};

Cost cost_of(const lab::FieldReport& report) {
  Cost cost;
  for (const sensor_link::Window& window : report.windows) {
    cost.instructions_mean += window.instructions;
    cost.us_mean += window.micros;
    cost.us_max = std::max(cost.us_max, window.micros);
  }
  const double count = std::max<double>(1, static_cast<double>(report.windows.size()));
  cost.instructions_mean /= count;
  cost.us_mean /= count;
  return cost;
}

Json to_json(const lab::FieldReport& report, const lab::FieldScore& score, const Options& options) {
  Json lines = Json::object();
  for (const auto& [label, line] : score.lines) lines[label] = to_json(line);
  Json events = Json::array();
  for (const lab::FieldEvent& event : report.events) {
    events.push_back({{"seq", event.sequence},
                      {"recording", event.recording},
                      {"label", event.label},
                      {"score", event.score},
                      {"window", event.window},
                      {"frame", event.first_frame},
                      {"us", event.micros},
                      {"instructions", event.instructions}});
  }
  const Cost cost = cost_of(report);
  return {{"board", options.board},
          {"package", options.package},
          {"split", options.split},
          {"labels", lines},
          {"total", to_json(score.total)},
          {"events", events},
          {"windows", report.windows.size()},
          {"instructions_mean", cost.instructions_mean},
          {"us_mean", cost.us_mean},
          {"us_max", cost.us_max},
          {"sensor_seconds", report.sensor_seconds},
          {"wall_seconds", report.wall_seconds},
          {"device",
           {{"events", report.summary.events},
            {"acknowledged", report.summary.acknowledged},
            {"connects", report.summary.connects},
            {"losses", report.summary.losses},
            {"dropped_frames", report.summary.dropped_frames},
            {"stack_bytes", report.summary.stack_bytes}}},
          {"delivery",
           {{"received", report.events.size()},
            {"duplicates", report.duplicates},
            {"lost", report.lost},
            {"invented", report.invented}}}};
}

std::string share(int64_t part, int64_t whole) {
  if (whole == 0) return "-";
  return fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::vector<std::string> row(const std::string& name, const lab::FieldScore::Line& line) {
  return {name,
          std::to_string(line.windows),
          share(line.windows_right, line.windows),
          std::to_string(line.events),
          share(line.events_right, line.events),
          std::to_string(line.recordings),
          share(line.detected, line.recordings)};
}

void print_report(const lab::FieldReport& report, const lab::FieldScore& score,
                  const Options& options) {
  Table table({"label", "windows", "right", "events", "right", "recordings", "detected"});
  for (const auto& [label, line] : score.lines) {
    table.add(row(label.empty() ? "(no label)" : label, line));
  }
  table.add(row("all labelled", score.total));
  fmt::print("{} on {}\n{}", options.package, options.board, table.text());
  const Cost cost = cost_of(report);
  if (cost.instructions_mean > 0) {
    fmt::print(
        "  {:.0f} instructions per inference, {:.2f} ms at the board's clock (longest {:.2f} "
        "ms), stack {} bytes\n",
        cost.instructions_mean, cost.us_mean / 1000, cost.us_max / 1000.0,
        report.summary.stack_bytes);
  } else {
    fmt::print("  {:.0f} us per inference (longest {})\n", cost.us_mean, cost.us_max);
  }
  fmt::print("  {:.1f} s of sensor data in {:.1f} s\n", report.sensor_seconds, report.wall_seconds);
  fmt::print(
      "  {} events, {} received over MQTT, {} lost, {} invented, {} came twice; "
      "{} connections\n",
      report.summary.events, report.events.size(), report.lost, report.invented, report.duplicates,
      report.summary.connects);
  if (options.log) fmt::print("\n{}", report.log);
}

int run(const Options& options) {
  const lab::Board& board = lab::find_board(options.board);
  const lab::Model model = load_model(options.package);
  if (!model.reader().pipeline()) {
    throw UsageError(options.package +
                     " is a bare network: it has no sensor, window or labels to "
                     "run in the field; compile it from a project");
  }
  const std::vector<lab::FieldRecording> recordings = load_recordings(options, model);
  lab::FieldOptions field = field_options(options);
  lab::FieldReport report;
  {
    uint64_t total = 0;
    for (const lab::FieldRecording& recording : recordings) total += recording.samples.size();
    Progress progress("run", total);
    field.progress = [&progress](uint64_t sent, uint64_t) { progress.set(sent); };
    report = lab::run_field(board, model.package(), recordings, field);
  }
  const lab::FieldScore score = lab::score_field(report, recordings, labels_of(model));
  if (options.json) {
    print_json(to_json(report, score, options));
  } else {
    print_report(report, score, options);
  }
  return report.lost == 0 && report.invented == 0 ? exit_ok : exit_failure;
}

}  // namespace

void add_run_command(CLI::App& app, Commands& commands) {
  auto options = std::make_shared<Options>();
  CLI::App* run_app = app.add_subcommand(
      "run", "Run a package on a virtual board, with recordings as its sensor and a real broker");
  run_app->add_option("PACKAGE", options->package, "A .mote package with a pipeline")
      ->required()
      ->check(CLI::ExistingFile);
  run_app
      ->add_option("--data", options->datasets,
                   "Datasets (names or folders) whose recordings the sensor delivers")
      ->required();
  run_app->add_option("--split", options->split, "Part of them: train, val or test")
      ->check(CLI::IsMember({"train", "val", "test"}))
      ->capture_default_str();
  std::vector<std::string> names;
  for (const lab::Board& board : lab::boards()) names.emplace_back(board.name);
  run_app->add_option("--board", options->board, "Where it runs")
      ->check(CLI::IsMember(names))
      ->capture_default_str();
  run_app->add_option("--axes", options->axes, "Axes of the recordings that the sensor has")
      ->delimiter(',');
  run_app->add_option("--limit", options->limit, "At most so many recordings; 0: all")
      ->capture_default_str();
  run_app
      ->add_option("--speed", options->speed,
                   "Times real time; 0: as fast as the device takes samples")
      ->check(CLI::Range(0.0, 1000.0))
      ->capture_default_str();
  run_app->add_option("--broker", options->broker,
                      "IPv4 address[:port] of an MQTT broker; default: a private mosquitto");
  run_app->add_option("--device", options->device, "The device's name in topics")
      ->capture_default_str();
  run_app->add_option("--partition", options->partition, "Its partition in topics")
      ->capture_default_str();
  run_app
      ->add_option("--kill-broker", options->broker_kills,
                   "Kill and restart the private broker so many times during the run")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  run_app->add_flag("--log", options->log, "Print the device's console after the run");
  add_json_flag(*run_app, options->json);
  add_examples(*run_app, {"mote run motor.mote --data motor-bearing",
                          "mote run motor.mote --data motor-bearing --kill-broker 3 --json",
                          "mote run wake.mote --data fsdd --board host --limit 50"});
  commands.on_run(*run_app, [options] { return run(*options); });
}

}  // namespace mote::cli
