// `mote tune`: measures kernels and fits the table of costs that the compiler chooses by.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "cli/command.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "compiler/compile.hpp"
#include "compiler/import_model.hpp"
#include "lab/report/svg.hpp"
#include "lab/source_tree.hpp"
#include "lab/tune.hpp"

namespace mote::cli {
namespace {

using lab::report::grouped;

struct Options {
  std::string model;
  std::vector<std::string> boards;
  size_t layers = 96;
  size_t judged = 48;
  uint32_t seed = 1;
  std::string into;
  bool json = false;
};

// What was measured on one board, and the table made of it.
struct Tuned {
  const lab::Board* board = nullptr;
  std::vector<lab::CostSample> samples;
  std::vector<ir::KernelCost> costs;
  std::vector<lab::CostSample> judges;
  lab::Choices estimates, shipped, table;  // of kernels for those
};

ir::Graph judging_layers(const Options& options) {
  if (options.model.empty()) return lab::tuning_layers(options.judged, ~options.seed);
  const std::string text = lab::read_file(options.model);
  if (text.starts_with("MOTE")) {
    throw UsageError(options.model +
                     ": a package has its kernels already; give the model that it was "
                     "compiled from");
  }
  return import_model(std::vector<uint8_t>(text.begin(), text.end()), options.model);
}

Tuned tune(const lab::Board& board, const Options& options, const ir::Graph& fitting,
           const ir::Graph& judging, Progress& progress, uint64_t done) {
  double part = 0;
  const auto advance = [&](double more) {
    part += more;
    progress.set(done + static_cast<uint64_t>(std::lround(50 * part)));
  };
  progress.note(std::string(board.name));
  Tuned tuned{&board, {}, {}, {}, {}, {}, {}};
  if (options.layers > 0) tuned.samples = lab::measure_costs(board, fitting, advance);
  part = 1;
  tuned.costs = lab::fit_costs(tuned.samples);
  tuned.judges = lab::measure_costs(board, judging, advance);
  tuned.estimates = lab::judge_costs(tuned.judges, {});
  tuned.shipped = lab::judge_costs(tuned.judges, board.target().costs);
  tuned.table = lab::judge_costs(tuned.judges, tuned.costs);
  return tuned;
}

// Largest relative error of the table over a kernel's samples, and how many those are.
std::pair<size_t, double> error_of(const Tuned& tuned, const ir::KernelCost& cost) {
  size_t count = 0;
  double worst = 0;
  for (const lab::CostSample& sample : tuned.samples) {
    if (sample.kernel != cost.kernel) continue;
    ++count;
    worst = std::max(worst, std::abs(ir::cost_of(cost, sample.work) / sample.instructions - 1));
  }
  return {count, worst};
}

nlohmann::json to_json(const lab::Choices& choices) {
  nlohmann::json missed = nlohmann::json::array();
  for (const auto& [taken, best] : choices.missed) {
    missed.push_back({{"layer", taken->name},
                      {"kernel", taken->kernel},
                      {"instructions", taken->instructions},
                      {"best_kernel", best->kernel},
                      {"best_instructions", best->instructions}});
  }
  return {{"layers", choices.layers},
          {"not_the_best", std::move(missed)},
          {"instructions", choices.instructions},
          {"best_instructions", choices.best_instructions}};
}

nlohmann::json to_json(const Tuned& tuned) {
  nlohmann::json costs = nlohmann::json::array();
  for (const ir::KernelCost& cost : tuned.costs) {
    const auto [count, worst] = error_of(tuned, cost);
    costs.push_back({{"kernel", cost.kernel},
                     {"per_estimate", cost.per_estimate},
                     {"per_step", cost.per_step},
                     {"per_output", cost.per_output},
                     {"per_pixel", cost.per_pixel},
                     {"per_call", cost.per_call},
                     {"layers", count},
                     {"largest_error", worst}});
  }
  nlohmann::json document{{"board", tuned.board->name},
                          {"costs", std::move(costs)},
                          {"by_estimates", to_json(tuned.estimates)},
                          {"by_shipped_table", to_json(tuned.shipped)}};
  if (!tuned.costs.empty()) document["by_this_table"] = to_json(tuned.table);
  return document;
}

void print_tuned(const Tuned& tuned, const Options& options) {
  fmt::print("{} ({})\n\n", tuned.board->name, tuned.board->core);
  if (!tuned.costs.empty()) {
    Table table({"kernel", "layers", "per estimate", "per step", "per output", "per pixel",
                 "per call", "error %"});
    for (const ir::KernelCost& cost : tuned.costs) {
      const auto [count, worst] = error_of(tuned, cost);
      table.add({cost.kernel, std::to_string(count), fmt::format("{:.4g}", cost.per_estimate),
                 fmt::format("{:.4g}", cost.per_step), fmt::format("{:.4g}", cost.per_output),
                 fmt::format("{:.4g}", cost.per_pixel), fmt::format("{:.4g}", cost.per_call),
                 fmt::format("{:.0f}", 100 * worst)});
    }
    fmt::print("{}\n", table.text());
  }
  fmt::print("  chosen for {} {}:\n", tuned.estimates.layers,
             options.model.empty() ? "other layers" : "layers of " + options.model);
  Table table({"by", "not the best", "instructions", "more than the best %"});
  const auto add = [&](const char* by, const lab::Choices& choices) {
    const double best = std::max(choices.best_instructions, 1.0);
    table.add({by, std::to_string(choices.missed.size()),
               grouped(std::llround(choices.instructions)),
               fmt::format("{:.2f}", 100 * (choices.instructions / best - 1))});
  };
  add("estimates", tuned.estimates);
  add("shipped table", tuned.shipped);
  if (!tuned.costs.empty()) add("this table", tuned.table);
  fmt::print("{}\n", table.text());
}

std::vector<const lab::Board*> boards_of(const Options& options) {
  std::vector<const lab::Board*> boards;
  for (const std::string& name : options.boards) boards.push_back(&lab::find_board(name));
  if (!boards.empty()) return boards;
  for (const lab::Board& board : lab::boards()) {
    if (board.counts()) boards.push_back(&board);
  }
  return boards;
}

int run_tune(const Options& options) {
  if (options.layers == 0 && !options.into.empty()) {
    throw UsageError("--into needs layers to fit a table to; --layers 0 has none");
  }
  const auto boards = boards_of(options);
  ir::Graph fitting = lab::tuning_layers(options.layers, options.seed);
  ir::Graph judging = judging_layers(options);
  if (options.layers > 0) run_passes(fitting);
  run_passes(judging);
  std::vector<Tuned> all;
  {
    Progress progress("tune", 100 * boards.size());
    for (const lab::Board* board : boards) {
      all.push_back(tune(*board, options, fitting, judging, progress, 100 * all.size()));
    }
  }
  if (!options.into.empty()) {
    std::string text = lab::read_file(options.into);
    for (const Tuned& tuned : all) text = ir::replace_costs(text, tuned.board->name, tuned.costs);
    lab::write_file(options.into, text);
  }
  nlohmann::json document = nlohmann::json::array();
  for (const Tuned& tuned : all) {
    if (options.json) {
      document.push_back(to_json(tuned));
    } else {
      print_tuned(tuned, options);
    }
  }
  if (options.json) print_json(document);
  return exit_ok;
}

}  // namespace

void add_tune_command(Command& mote) {
  auto options = std::make_shared<Options>();
  Command tune = mote.subcommand("tune", "Measure kernels, for the compiler to choose by");
  tune.option("MODEL", options->model,
              "A .tflite or .onnx file on whose layers the choices are judged; default: "
              "random layers")
      .existing_file();
  tune.option("--board", options->boards,
              "Where; may be repeated; default: every board that counts instructions");
  tune.option("--layers", options->layers,
              "Random layers that the table is fitted to; 0: judge the shipped table alone")
      .between(size_t{0}, size_t{1000})
      .shows_default();
  tune.option("--judged", options->judged, "Random layers that judge the choices")
      .between(size_t{1}, size_t{1000})
      .shows_default();
  tune.option("--seed", options->seed, "Of the random layers").shows_default();
  tune.option("--into", options->into,
              "Replace the boards' lines in this file, which is built in when it is "
              "compiler/ir/kernel_costs.inc")
      .existing_file();
  tune.json_flag(options->json);
  tune.examples({"mote tune --board mps2-an386", "mote tune kws.tflite --layers 0",
                 "mote tune --into compiler/ir/kernel_costs.inc"});
  tune.on_run([options] { return run_tune(*options); });
}

}  // namespace mote::cli
