// mote run: a package or a project on a virtual board or on this machine, fed with recordings,
// heard over MQTT.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "cli/command.hpp"
#include "cli/field_recordings.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/project_model.hpp"
#include "lab/source_tree.hpp"

namespace mote::cli {
namespace {

using Json = nlohmann::json;

constexpr size_t device_name_bytes_max = 47;  // formats/settings/SPEC.md

struct Options {
  std::string model;
  std::vector<std::string> datasets;
  std::string split;
  std::string board;
  std::string run;
  std::string broker;
  std::string device;
  std::string partition = "lab";
  std::vector<std::string> axes;
  size_t limit = 0;
  double speed = 0;
  int broker_kills = 0;
  uint32_t kill_seed = 0;
  int reader_away_ms = 20;
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

// The label that is no event; "" when every label is one.
std::string quiet_label(const lab::Model& model) {
  const uint16_t background = model.reader().pipeline()->background_label;
  return background == package::no_label ? "" : model.reader().label(background);
}

// What runs, and what its sensor delivers.
struct Subject {
  lab::Model model;
  FieldData data;
  project::PublishSection publish;  // a package does not say it: the defaults
};

void show_padding(const FieldData& data) {
  if (data.padded > 0) {
    print_warning(
        fmt::format("{} of {} recordings are shorter than one window and were filled up"
                    " with zeros",
                    data.padded, data.recordings.size()));
  }
  if (data.skipped > 0) {
    print_warning(
        fmt::format("{} recordings are shorter than one window and were passed over, as"
                    " the project's when_short says",
                    data.skipped));
  }
  if (data.changed_since_training) {
    print_warning("the data has changed since training: what is heard may have been learned");
  }
}

Subject load_project(Options& options, const FieldProgress& progress) {
  if (!options.datasets.empty() || !options.axes.empty()) {
    throw UsageError("--data and --axes are for packages: a project names its own data");
  }
  ProjectModel model = load_project_model(options.model, options.board, options.run);
  options.board = model.board->name;
  if (options.device.empty())
    options.device = model.project.project.name.substr(0, device_name_bytes_max);
  FieldData data =
      project_recordings(model.project, model.run, {options.split, options.limit}, progress);
  return {lab::Model(std::move(model.compiled)), std::move(data), model.project.publish};
}

Subject load_package(Options& options, const FieldProgress& progress) {
  if (!options.run.empty())
    throw UsageError("--run is for projects; " + options.model + " is none");
  if (options.datasets.empty()) {
    throw UsageError("a package does not name its data; say which with --data DATASET");
  }
  if (options.board.empty()) options.board = default_board;
  if (options.device.empty()) options.device = "mote";
  lab::Model model = load_model(options.model);
  if (!model.reader().pipeline()) {
    throw UsageError(options.model +
                     " is a bare network: it has no sensor, window or labels to "
                     "run in the field; compile it from a project");
  }
  FieldData data = dataset_recordings(options.datasets, options.axes, model,
                                      {options.split, options.limit}, progress);
  return {std::move(model), std::move(data), {}};
}

Subject load(Options& options) {
  std::optional<Progress> bar;
  const FieldProgress progress = [&bar](uint64_t done, uint64_t total) {
    if (!bar) bar.emplace("load", total);
    bar->set(done);
  };
  Subject subject =
      is_project(options.model) ? load_project(options, progress) : load_package(options, progress);
  bar.reset();
  show_padding(subject.data);
  options.split = subject.data.split;
  return subject;
}

lab::FieldOptions field_options(const Options& options, const project::PublishSection& publish) {
  lab::FieldOptions field;
  field.device = options.device;
  field.partition = options.partition;
  field.speed = options.speed;
  field.broker_kills = options.broker_kills;
  field.kill_seed = options.kill_seed;
  field.listener_away_ms = options.reader_away_ms;
  field.topic = publish.topic;
  field.qos = static_cast<uint8_t>(publish.qos);
  field.keep_alive_s = static_cast<uint16_t>(publish.keep_alive_s);
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
          {"model", options.model},
          {"split", options.split},
          {"labels", lines},
          {"total", to_json(score.total)},
          {"events", events},
          {"boot", report.boot},
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
            {"of_other_starts", report.of_other_starts},
            {"lost", report.lost},
            {"invented", report.invented}}}};
}

std::string share(int64_t part, int64_t whole) {
  if (whole == 0) return "-";
  return fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

// quiet: a label that makes no events, so there is none to detect.
std::vector<std::string> row(const std::string& name, const lab::FieldScore::Line& line,
                             bool quiet = false) {
  return {name,
          std::to_string(line.windows),
          share(line.windows_right, line.windows),
          std::to_string(line.events),
          share(line.events_right, line.events),
          std::to_string(line.recordings),
          quiet ? "quiet" : share(line.detected, line.recordings)};
}

void print_report(const lab::FieldReport& report, const lab::FieldScore& score,
                  const std::string& quiet_label, const Options& options) {
  Table table({"label", "windows", "right", "events", "right", "recordings", "detected"});
  lab::FieldScore::Line total = score.total;
  for (const auto& [label, line] : score.lines) {
    const bool quiet = label.empty() || label == quiet_label;
    table.add(row(label.empty() ? "(no label)" : label, line, quiet));
    if (label != quiet_label) continue;
    total.recordings -= line.recordings;
    total.detected -= line.detected;
  }
  table.add(row("all labelled", total));
  fmt::print("{} on {}, split {}\n{}", options.model, options.board, options.split, table.text());
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

int run(Options options) {
  const Subject subject = load(options);
  const lab::Model& model = subject.model;
  const std::vector<lab::FieldRecording>& recordings = subject.data.recordings;
  const lab::Board& board = lab::find_board(options.board);
  lab::FieldOptions field = field_options(options, subject.publish);
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
    print_report(report, score, quiet_label(model), options);
  }
  const bool may_lose = field.qos == 0;
  return (may_lose || report.lost == 0) && report.invented == 0 ? exit_ok : exit_failure;
}

}  // namespace

void add_run_command(Command& mote) {
  auto options = std::make_shared<Options>();
  Command run_command = mote.subcommand(
      "run", "Run a model on a virtual board, with recordings as its sensor and a real broker");
  run_command
      .option("MODEL", options->model,
              "A project (mote.toml or its folder), or a .mote package with a pipeline")
      .required()
      .existing_path();
  run_command.option("--data", options->datasets,
                     "Packages: datasets (names or folders) whose recordings the sensor delivers;"
                     " may be repeated");
  run_command
      .option("--split", options->split,
              "Part of the data; default: test, or val where there is no test")
      .one_of({"train", "val", "test"});
  add_board_option(run_command, options->board, "Where it runs");
  run_command.option("--run", options->run, run_option_help);
  run_command
      .option("--axes", options->axes, "Packages: axes of the recordings that the sensor has")
      .separated_by(',');
  run_command.option("--limit", options->limit, "At most so many recordings; 0: all")
      .shows_default();
  run_command
      .option("--speed", options->speed, "Times real time; 0: as fast as the device takes samples")
      .between(0.0, 1000.0)
      .shows_default();
  run_command.option("--broker", options->broker,
                     "IPv4 address[:port] of an MQTT broker; default: a private mosquitto");
  run_command.option("--device", options->device,
                     "The device's name in topics; default: the project's, else mote");
  run_command.option("--partition", options->partition, "Its partition in topics").shows_default();
  run_command
      .option("--kill-broker", options->broker_kills,
              "Kill and restart the private broker so many times during the run")
      .between(0, 100)
      .shows_default();
  run_command.option("--kill-seed", options->kill_seed,
                     "Kill at random moments of this seed; default: evenly spread");
  run_command
      .option("--reader-away", options->reader_away_ms,
              "Milliseconds that the reader of the events stays away when it lost the broker")
      .between(0, 60000)
      .shows_default();
  run_command.flag("--log", options->log, "Print the device's console after the run");
  run_command.json_flag(options->json);
  run_command.examples({"mote run examples/predictive-maintenance",
                        "mote run examples/wake-word --split val --limit 20 --kill-broker 3",
                        "mote run motor.mote --data motor-vibration --board host --json"});
  run_command.on_run([options] { return run(*options); });
}

}  // namespace mote::cli
