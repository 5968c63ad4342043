// mote train: a project and its recordings in, a trained int8 model out.

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "cli/command.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "learn/run.hpp"

namespace mote::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string project;
  std::optional<uint64_t> seed;
  std::string output;
  bool no_cache = false;
  bool json = false;
};

// A bar for whatever is going on; a new one when that changes.
class Stages {
 public:
  void show(const std::string& what, uint64_t done, uint64_t total, const std::string& note = "") {
    if (what != what_ || done == 0) bar_.emplace(what_ = what, total);
    bar_->note(note);
    bar_->set(done);
    if (done >= total) bar_.reset();
    if (done >= total) what_.clear();
  }

 private:
  std::string what_;
  std::optional<Progress> bar_;
};

void print_part(const nlohmann::json& report, const std::string& part, Table& table) {
  for (const char* kind : {"float32", "int8"}) {
    if (!report.contains(kind) || !report[kind].contains(part)) continue;
    const auto& figures = report[kind][part];
    const auto& accuracy = figures.at("accuracy");
    table.add({part, kind, fmt::format("{}", accuracy.at("windows").get<int64_t>()),
               fmt::format("{:.2f}", 100 * accuracy.at("value").get<double>()),
               fmt::format("{:.2f}-{:.2f}", 100 * accuracy.at("low").get<double>(),
                           100 * accuracy.at("high").get<double>()),
               figures.contains("area_under_curve")
                   ? fmt::format("{:.4f}", figures["area_under_curve"].get<double>())
                   : ""});
  }
}

void print_report(const nlohmann::json& report, const std::string& folder) {
  const auto& windows = report.at("windows");
  fmt::print("{}: {} classes, {} windows to learn from, val {}, test {}\n\n",
             report.at("project").get<std::string>(), report.at("labels").size(),
             windows.at("train").get<int64_t>(), windows.at("val").get<int64_t>(),
             windows.at("test").get<int64_t>());
  Table table({"part", "model", "windows", "accuracy %", "95 % interval", "AUC"});
  print_part(report, "val", table);
  print_part(report, "test", table);
  fmt::print("{}\n  wrote {}\n", table.text(), folder);
}

int run(const Options& options) {
  const project::Project project = project::load(options.project);
  Stages stages;
  learn::RunOptions settings;
  settings.seed = options.seed.value_or(static_cast<uint64_t>(project.train.seed));
  if (!options.no_cache) {
    settings.cache = (fs::path(project.directory) / "trained" / "cache").string();
  }
  settings.progress = [&](const std::string& what, uint64_t done, uint64_t total) {
    stages.show(what, done, total);
  };
  settings.on_epoch = [&](const std::string& phase, const learn::EpochRecord& record,
                          int32_t epochs) {
    stages.show("train " + phase, static_cast<uint64_t>(record.epoch) + 1,
                static_cast<uint64_t>(epochs),
                fmt::format("loss {:.4f}, val {:.4f}", record.train_loss, record.val_loss));
  };
  const learn::DataWindows data = learn::load_windows(project, settings.progress);
  for (const std::string& warning : data.warnings) print_warning(warning);
  const learn::TrainedRun trained = learn::train(project, data, settings);
  const std::string folder = options.output.empty() ? learn::run_folder(project) : options.output;
  learn::save_run(trained, folder);
  if (options.json) {
    print_json(trained.report);
  } else {
    print_report(trained.report, folder);
  }
  return exit_ok;
}

}  // namespace

void add_train_command(Command& mote) {
  auto options = std::make_shared<Options>();
  Command command = mote.subcommand("train", "Train a project's model, float32 then int8");
  command.option("PROJECT", options->project, "mote.toml, or a folder with one").required();
  command.option("--seed", options->seed, "Random seed; default: [train] seed");
  command.option("-o,--output", options->output,
                 "Folder for the run; default: trained/NAME beside the project file");
  command.flag("--no-cache", options->no_cache, "Compute features anew and don't keep them");
  command.json_flag(options->json);
  command.examples(
      {"mote train examples/predictive-maintenance", "mote train mote.toml --seed 7 --json"});
  command.on_run([options] { return run(*options); });
}

}  // namespace mote::cli
