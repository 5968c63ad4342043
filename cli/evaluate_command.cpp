// mote evaluate: the whole device graph, features included, over windows that it has not seen.

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "cli/command.hpp"
#include "cli/evaluation_page.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "compiler/compile.hpp"
#include "data/dataset.hpp"
#include "lab/batch.hpp"
#include "lab/board.hpp"
#include "learn/metrics.hpp"
#include "learn/run.hpp"

namespace mote::cli {
namespace {

struct Options {
  std::string project;
  std::string run;
  std::string board;  // empty: the project's
  std::string split;
  std::string html;
  int processes = 1;
  bool json = false;
};

const learn::WindowSet& windows_of(const learn::DataWindows& data, std::string& split) {
  if (split.empty()) split = data.test.count() > 0 ? "test" : "val";
  const learn::WindowSet& set = split == "train" ? data.train
                                : split == "val" ? data.val
                                                 : data.test;
  if (set.count() == 0) {
    throw std::runtime_error("the project's data has no windows in '" + split +
                             "'; choose another --split");
  }
  return set;
}

// All scores, as the board computes them.
struct Scores {
  std::vector<float> values;
  uint64_t instructions_mean = 0;  // of one window; 0 on the host
  size_t package_bytes = 0;
  uint32_t arena_bytes = 0;
};

Scores run_on_board(const learn::TrainedRun& run, const learn::WindowSet& set,
                    const Options& options) {
  const lab::Board& board = lab::find_board(options.board);
  CompileOptions settings;
  settings.target = board.target();
  settings.pipeline = {run.pipeline};
  const Compiled compiled = compile(run.device, settings);
  const std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(set.counts.data()),
                                       set.counts.size() * sizeof(int16_t));
  lab::BatchOptions batch_options;
  batch_options.processes = options.processes;
  batch_options.time_max = std::chrono::hours(2);
  const lab::Batch batch = lab::run_batch(board, compiled.package, bytes, batch_options);
  Scores scores;
  const ir::Tensor& output = run.device.tensor(run.device.outputs.at(0));
  for (size_t at = 0; at < batch.outputs.size(); at += batch.output_bytes) {
    const auto each =
        learn::read_scores(output, std::span(batch.outputs).subspan(at, batch.output_bytes));
    scores.values.insert(scores.values.end(), each.begin(), each.end());
  }
  uint64_t total = 0;
  for (uint64_t count : batch.instructions) total += count;
  if (!batch.instructions.empty()) scores.instructions_mean = total / batch.instructions.size();
  scores.package_bytes = compiled.package.size();
  scores.arena_bytes = compiled.plan.arena_bytes;
  return scores;
}

nlohmann::json proportion(const learn::Proportion& p) {
  return {{"value", p.value()}, {"low", p.low()}, {"high", p.high()}, {"windows", p.trials}};
}

nlohmann::json make_report(const learn::TrainedRun& run, const learn::Confusion& confusion,
                           const Scores& scores, const Options& options) {
  nlohmann::json rows = nlohmann::json::array(), classes = nlohmann::json::array();
  for (int64_t label = 0; label < confusion.classes(); ++label) {
    nlohmann::json row = nlohmann::json::array();
    for (int64_t guess = 0; guess < confusion.classes(); ++guess) {
      row.push_back(confusion.at(label, guess));
    }
    rows.push_back(row);
    classes.push_back({{"label", run.pipeline.labels[static_cast<size_t>(label)]},
                       {"recall", proportion(confusion.recall(label))},
                       {"precision", proportion(confusion.precision(label))}});
  }
  nlohmann::json report{{"project", run.report.at("project")},
                        {"board", options.board},
                        {"split", options.split},
                        {"accuracy", proportion(confusion.accuracy())},
                        {"balanced_accuracy", confusion.balanced_accuracy()},
                        {"confusion", rows},
                        {"classes", classes},
                        {"package_bytes", scores.package_bytes},
                        {"arena_bytes", scores.arena_bytes}};
  if (scores.instructions_mean > 0) report["instructions_mean"] = scores.instructions_mean;
  const auto& known = run.report;
  if (known.contains("float32") && known["float32"].contains(options.split)) {
    const double real = known["float32"][options.split]["accuracy"]["value"];
    report["float32_accuracy"] = real;
    report["drop_points"] = 100 * (real - confusion.accuracy().value());
  }
  return report;
}

std::string percent(const learn::Proportion& p) {
  return p.trials == 0 ? "-" : fmt::format("{:.1f}", 100 * p.value());
}

std::string interval(const learn::Proportion& p) {
  return fmt::format("{:.1f}-{:.1f}", 100 * p.low(), 100 * p.high());
}

void print_report(const nlohmann::json& report, const learn::TrainedRun& run,
                  const learn::Confusion& confusion) {
  const learn::Proportion accuracy = confusion.accuracy();
  fmt::print("{} on {}, split {}: accuracy {:.2f} % (95 % interval {:.2f}-{:.2f}) of {} windows\n",
             report["project"].get<std::string>(), report["board"].get<std::string>(),
             report["split"].get<std::string>(), 100 * accuracy.value(), 100 * accuracy.low(),
             100 * accuracy.high(), accuracy.trials);
  if (report.contains("drop_points")) {
    fmt::print("float32 {:.2f} %, drop to int8 {:.2f} points\n",
               100 * report["float32_accuracy"].get<double>(), report["drop_points"].get<double>());
  }
  if (report.contains("area_under_curve")) {
    fmt::print("area under the ROC curve {:.4f}\n", report["area_under_curve"].get<double>());
  }
  if (report.contains("instructions_mean")) {
    fmt::print("{} instructions per window on average\n",
               report["instructions_mean"].get<uint64_t>());
  }
  std::vector<std::string> heading{"truth \\ decision"};
  for (const std::string& label : run.pipeline.labels) heading.push_back(label);
  for (const char* column : {"recall %", "interval", "precision %"}) heading.push_back(column);
  Table table(heading);
  for (int64_t label = 0; label < confusion.classes(); ++label) {
    std::vector<std::string> row{run.pipeline.labels[static_cast<size_t>(label)]};
    for (int64_t guess = 0; guess < confusion.classes(); ++guess) {
      row.push_back(std::to_string(confusion.at(label, guess)));
    }
    row.push_back(percent(confusion.recall(label)));
    row.push_back(interval(confusion.recall(label)));
    row.push_back(percent(confusion.precision(label)));
    table.add(std::move(row));
  }
  fmt::print("\n{}", table.text());
}

int run(Options options) {
  const project::Project project = project::load(options.project);
  if (options.board.empty()) options.board = project.target.board;
  const learn::TrainedRun run =
      learn::load_run(options.run.empty() ? learn::run_folder(project) : options.run);
  std::optional<Progress> bar;
  const learn::DataWindows data =
      learn::load_windows(project, [&](const std::string& what, uint64_t done, uint64_t total) {
        if (!bar) bar.emplace(what, total);
        bar->set(done);
      });
  bar.reset();
  if (data.dataset_hash != run.report.at("dataset_hash")) {
    print_warning("the data has changed since training: what is evaluated may have been learned");
  }
  const learn::WindowSet& set = windows_of(data, options.split);
  const Scores scores = run_on_board(run, set, options);
  const auto guesses = learn::decide(run.pipeline, scores.values);
  const learn::Confusion confusion(static_cast<int64_t>(run.pipeline.labels.size()), set.labels,
                                   guesses);
  nlohmann::json report = make_report(run, confusion, scores, options);
  if (run.pipeline.decision == plan::Decision::anomaly) {
    report["area_under_curve"] = learn::area_under_curve(scores.values, set.labels);
  }
  if (!options.html.empty()) {
    data::write_file(options.html, evaluation_page({project, run, set, confusion, scores.values,
                                                    guesses, report}));
  }
  if (options.json) {
    print_json(report);
  } else {
    print_report(report, run, confusion);
    if (!options.html.empty()) fmt::print("\n  wrote {}\n", options.html);
  }
  return exit_ok;
}

}  // namespace

void add_evaluate_command(Command& mote) {
  auto options = std::make_shared<Options>();
  Command command =
      mote.subcommand("evaluate", "Judge a trained model on held-out windows, on a board");
  command.option("PROJECT", options->project, "mote.toml, or a folder with one").required();
  command.option("--board", options->board,
                 "Virtual board, or host, which is faster; default: the project's [target]");
  command.option("--split", options->split, "Default: test, or val where there is no test")
      .one_of({"train", "val", "test"});
  command.option("--run", options->run, "Folder of the run; default: as `mote train` wrote it");
  command.option("--processes", options->processes, "Emulators side by side")
      .between(1, 64)
      .shows_default();
  command.option("--html", options->html,
                 "Also write a page: confusion matrix, classes, windows decided wrongly");
  command.json_flag(options->json);
  command.examples({"mote evaluate examples/wearable --html report.html",
                    "mote evaluate examples/wake-word --board host --split val"});
  command.on_run([options] { return run(*options); });
}

}  // namespace mote::cli
