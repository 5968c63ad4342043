// `mote bench`: what a model costs on a board.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>

#include "cli/bench_suite.hpp"
#include "cli/command.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/project_model.hpp"
#include "lab/bench.hpp"
#include "lab/load_model.hpp"
#include "lab/report/svg.hpp"

namespace mote::cli {
namespace {

using lab::report::grouped;

constexpr const char* all_boards = "all";

struct Options {
  std::string model;
  std::string board;
  std::string run;
  BenchSuiteOptions suite;
  std::string engine;
  std::string code;  // empty: size for flash, else speed
  OptimizeOption optimize;
  uint32_t input_seed = 1;
  double mhz = 0;
  bool json = false;
};

template <class T>
nlohmann::json number_or_null(const std::optional<T>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json();
}

nlohmann::json classes_json(const lab::InstructionCounts& counts) {
  nlohmann::json classes{{"words_loaded", counts.words_loaded},
                         {"words_stored", counts.words_stored}};
  for (size_t i = 0; i < counts.by_class.size(); ++i) {
    classes[lab::instruction_class_names[i]] = counts.by_class[i];
  }
  return classes;
}

nlohmann::json to_json(const lab::BenchReport& report, bool host) {
  nlohmann::json ops = nlohmann::json::array();
  for (const lab::BenchOp& op : report.ops) {
    nlohmann::json entry{{"name", op.name}, {"kernel", op.kernel}, {"macs", op.macs}};
    entry["instructions"] = number_or_null(op.instructions);
    if (host) entry["microseconds"] = op.microseconds;
    ops.push_back(std::move(entry));
  }
  std::string output;
  for (const uint8_t byte : report.output) output += fmt::format("{:02x}", byte);
  nlohmann::json document{{"instructions", number_or_null(report.instructions)},
                          {"arena_bytes", report.arena_bytes},
                          {"frame_bytes", report.frame_bytes},
                          {"code_bytes", number_or_null(report.code_bytes)},
                          {"data_bytes", number_or_null(report.data_bytes)},
                          {"stack_bytes", number_or_null(report.stack_bytes)},
                          {"load_instructions", number_or_null(report.load_instructions)},
                          {"ops", std::move(ops)},
                          {"output_hex", output}};
  if (host) document["microseconds"] = report.microseconds;
  if (report.classes) document["classes"] = classes_json(*report.classes);
  if (report.cycles) document["cycles"] = std::llround(*report.cycles);
  return document;
}

// Where nothing is measured.
void print_kernels(const lab::BenchReport& report) {
  Table table({"#", "operator", "kernel"});
  for (size_t i = 0; i < report.ops.size(); ++i) {
    table.add({std::to_string(i), report.ops[i].name, report.ops[i].kernel});
  }
  std::fputs(table.text().c_str(), stdout);
}

void print_ops(const lab::BenchReport& report, bool host) {
  constexpr double bar_cells = 24;
  const auto cost = [host](const lab::BenchOp& op) {
    return host ? op.microseconds : static_cast<double>(*op.instructions);
  };
  double sum = 0, most = 0;
  for (const lab::BenchOp& op : report.ops) {
    sum += cost(op);
    most = std::max(most, cost(op));
  }
  Table table({"#", "operator", host ? "us" : "instructions", host ? "ns/MAC" : "instr/MAC", "%",
               "share", "kernel"});
  for (size_t i = 0; i < report.ops.size(); ++i) {
    const lab::BenchOp& op = report.ops[i];
    const double part = sum > 0 ? cost(op) / sum : 0;
    const double per_mac =
        op.macs > 0 ? cost(op) * (host ? 1e3 : 1) / static_cast<double>(op.macs) : 0;
    std::string bar;
    const double cells = most > 0 ? cost(op) / most * bar_cells : 0;
    for (int cell = 0; cell < std::lround(cells); ++cell) bar += "█";
    table.add({std::to_string(i), op.name,
               host ? fmt::format("{:.1f}", cost(op)) : grouped(*op.instructions),
               op.macs > 0 ? fmt::format("{:.2f}", per_mac) : "", fmt::format("{:.1f}", 100 * part),
               bar, op.kernel});
  }
  std::fputs(table.text().c_str(), stdout);
}

void print_classes(const lab::InstructionCounts& counts) {
  const auto percent = [&](uint64_t count) {
    return fmt::format(
        "{:.1f}", 100.0 * static_cast<double>(count) / static_cast<double>(counts.instructions()));
  };
  Table table({"class", "instructions", "%"});
  for (size_t i = 0; i < counts.by_class.size(); ++i) {
    const uint64_t count = counts.by_class[i];
    if (count > 0) {
      table.add(
          {lab::instruction_class_names[i], grouped(static_cast<int64_t>(count)), percent(count)});
    }
  }
  fmt::print("\n{}  {} words loaded, {} stored\n", table.text(),
             grouped(static_cast<int64_t>(counts.words_loaded)),
             grouped(static_cast<int64_t>(counts.words_stored)));
}

// `portable`: time of this machine's portable kernels, measured with it.
void print_report(const lab::BenchReport& report, const lab::Board& board, const lab::Model& model,
                  const Options& options, std::optional<double> portable) {
  fmt::print("{} on {} ({}), engine {}\n\n", model.name(), board.name, board.core, options.engine);
  if (board.is_host() || board.counts()) {
    print_ops(report, board.is_host());
  } else {
    print_kernels(report);
  }
  Table totals({"", "", ""});
  if (report.instructions) {
    totals.add({"instructions", grouped(*report.instructions), "per inference, exact"});
  } else if (board.is_host()) {
    totals.add({"time", fmt::format("{:.1f}", report.microseconds), "us, fastest inference"});
  }
  if (portable) {
    totals.add({"portable kernels", fmt::format("{:.1f}", *portable),
                fmt::format("us, {:.1f} times as long", *portable / report.microseconds)});
  }
  totals.add({"arena", grouped(report.arena_bytes), "bytes of RAM for tensors"});
  if (report.frame_bytes > 0) {
    totals.add({"input", grouped(report.frame_bytes),
                "bytes that the caller hands over in pieces, not in the arena"});
  }
  const auto add = [&totals](const char* name, const std::optional<int64_t>& value,
                             const char* what) {
    if (value) totals.add({name, grouped(*value), what});
  };
  add("start-up", report.load_instructions, "instructions, package accepted without its checksum");
  add("stack", report.stack_bytes, "bytes of RAM, high-water mark");
  add("code", report.code_bytes, "bytes of flash: runtime and kernels");
  add("data", report.data_bytes, "bytes of flash: weights and constants");
  if (report.cycles) {
    totals.add({"cycles", grouped(std::llround(*report.cycles)),
                "estimate without wait states: docs/cycle-model.md"});
    totals.add({"latency", fmt::format("{:.3f}", *report.cycles / options.mhz / 1e3),
                fmt::format("ms at {} MHz", options.mhz)});
  }
  std::fputs(totals.text().c_str(), stdout);
  if (report.classes) print_classes(*report.classes);
  if (report.classes && !report.cycles) {
    fmt::print("  no cycle model for {}: docs/cycle-model.md\n", board.core);
  }
}

// Fills in what the command line leaves to the project.
lab::Model load(Options& options) {
  if (is_project(options.model)) {
    ProjectModel model =
        load_project_model(options.model, options.board, options.run, options.optimize);
    options.board = model.board->name;
    if (options.engine.empty()) options.engine = model.project.target.engine;
    return lab::Model(std::move(model.compiled));
  }
  if (!options.run.empty())
    throw UsageError("--run is for projects; " + options.model + " is none");
  if (options.board.empty()) options.board = default_board;
  lab::Model model =
      lab::load_model(options.model, lab::find_board(options.board), planning_of(options.optimize));
  // A package is all that is left of a model: there is no plan to emit code from.
  if (options.engine.empty()) options.engine = model.plan() ? "code" : "vm";
  return model;
}

// For a model on the host: the time of kernels that run anywhere, to compare with.
std::optional<double> time_portable(const Options& options, const lab::Board& board,
                                    lab::BenchOptions bench) {
  constexpr const char* portable = "host-portable";
  if (board.name != "host") return std::nullopt;
  Options other = options;
  other.board = portable;
  const lab::Model model = load(other);
  if (!model.plan()) return std::nullopt;  // a package has the kernels that it has
  bench.ops = false;
  return lab::bench(lab::find_board(portable), model, bench).microseconds;
}

lab::BenchOptions bench_options(const Options& options) {
  const bool small =
      options.code.empty() ? options.optimize.goal == "flash" : options.code == "size";
  return {lab::engine_from_name(options.engine), options.input_seed, small ? "-Os" : "-O2", true,
          options.mhz > 0};
}

// One line of `--board all`: what the model costs there, or why it doesn't run there.
struct BoardRow {
  const lab::Board* board;
  std::optional<lab::BenchReport> report;
  std::string refusal;
};

BoardRow bench_on(const lab::Board& board, Options options) {
  options.board = board.name;
  try {
    const lab::Model model = load(options);
    lab::BenchOptions bench = bench_options(options);
    bench.ops = false;
    bench.cycles = bench.cycles && board.runs_thumb();  // others aren't told apart
    return {&board, lab::bench(board, model, bench), ""};
  } catch (const ir::GraphError& error) {  // it needs more memory than the board has
    return {&board, std::nullopt, error.what()};
  }
}

nlohmann::json to_json(const BoardRow& row) {
  nlohmann::json entry{{"board", row.board->name}, {"core", row.board->core}};
  if (!row.report) {
    entry["refusal"] = row.refusal;
    return entry;
  }
  entry.update(to_json(*row.report, false));
  entry.erase("ops");
  return entry;
}

std::string text_of(const std::vector<BoardRow>& rows, double mhz) {
  std::vector<std::string> heading{"board",   "core",   "instructions", "arena B",
                                   "stack B", "code B", "data B"};
  if (mhz > 0) heading.push_back(fmt::format("ms at {} MHz", mhz));
  Table table(heading);
  std::string refusals;
  for (const BoardRow& row : rows) {
    std::vector<std::string> cells{std::string(row.board->name), std::string(row.board->core)};
    refusals += row.report ? "" : row.refusal + "\n";
    if (row.report) {
      for (const auto& figure :
           {row.report->instructions, std::optional(row.report->arena_bytes),
            row.report->stack_bytes, row.report->code_bytes, row.report->data_bytes}) {
        cells.push_back(figure ? grouped(*figure) : "");
      }
      if (row.report->cycles)
        cells.push_back(fmt::format("{:.3f}", *row.report->cycles / mhz / 1e3));
    }
    table.add(std::move(cells));
  }
  return table.text() + refusals;
}

int run_bench_on_all(const Options& options) {
  std::vector<const lab::Board*> emulated;
  for (const lab::Board& board : lab::boards()) {
    if (board.counts()) emulated.push_back(&board);
  }
  std::vector<BoardRow> rows;
  {
    Progress progress("bench", emulated.size());
    for (const lab::Board* board : emulated) {
      rows.push_back(bench_on(*board, options));
      progress.advance();
    }
  }
  if (options.json) {
    nlohmann::json document = nlohmann::json::array();
    for (const BoardRow& row : rows) document.push_back(to_json(row));
    print_json(document);
  } else {
    std::fputs(text_of(rows, options.mhz).c_str(), stdout);
  }
  return exit_ok;
}

int run_bench(Options options) {
  if (!options.suite.suite.empty()) {
    if (!options.model.empty()) throw UsageError("bench: give a MODEL or a --suite, not both");
    BenchSuiteOptions suite = options.suite;
    suite.board = options.board == all_boards ? "" : options.board;
    suite.json = options.json;
    return run_bench_suite(suite);
  }
  if (options.suite.markdown || !options.suite.into.empty()) {
    throw UsageError("bench: --markdown and --into are for a --suite");
  }
  if (options.model.empty()) throw UsageError("bench: MODEL is missing; see `mote bench --help`");
  if (options.board == all_boards) return run_bench_on_all(options);
  const lab::Model model = load(options);
  const lab::Board& board = lab::find_board(options.board);
  const lab::BenchOptions bench = bench_options(options);
  const lab::BenchReport report = [&] {
    const Waiting waiting("build firmware and count");
    return lab::bench(board, model, bench);
  }();
  const std::optional<double> portable = time_portable(options, board, bench);
  if (options.json) {
    nlohmann::json document = to_json(report, board.is_host());
    if (portable) document["portable_microseconds"] = *portable;
    print_json(document);
  } else {
    print_report(report, board, model, options, portable);
  }
  return exit_ok;
}

}  // namespace

void add_bench_command(Command& mote) {
  auto options = std::make_shared<Options>();
  Command bench = mote.subcommand("bench", "Measure a model's cost on a board");
  bench
      .option("MODEL", options->model,
              "A .tflite, .onnx, .graph or .mote file, or a project: mote.toml or its folder")
      .existing_path();
  add_board_option(bench, options->board,
                   "Where to run it; all: a table of the emulated boards (a suite's default)",
                   {all_boards});
  bench
      .option("--suite", options->suite.suite,
              "Measure a set of models beside tflite-micro's figures")
      .one_of({"mlperf-tiny"});
  bench.flag("--markdown", options->suite.markdown, "Print a suite's table as markdown");
  bench.option("--into", options->suite.into,
               "Write a suite's table into the marked part of a markdown file");
  bench.option("--run", options->run, run_option_help);
  bench
      .option("--engine", options->engine,
              "Emitted C++ (code) or the virtual machine (vm); default: the project's, "
              "else code, or vm for a package")
      .one_of({"code", "vm"});
  bench.option("--input-seed", options->input_seed, "Seed of the pseudo-random input")
      .between(uint32_t{1}, UINT32_MAX)
      .shows_default();
  bench
      .option("--code", options->code,
              "Let the C++ compiler optimise for speed (-O2) or size (-Os); default: speed, "
              "size with --optimize flash")
      .one_of({"speed", "size"});
  add_optimize_option(bench, options->optimize);
  bench
      .option("--mhz", options->mhz,
              "Estimate cycles, and the latency at this clock; count instructions by class")
      .positive();
  bench.json_flag(options->json);
  bench.examples(
      {"mote bench examples/predictive-maintenance",
       "mote bench kws.tflite --board mps2-an385 --json", "mote bench kws.tflite --board all",
       "mote bench kws.tflite --board mps2-an500 --mhz 216",
       "mote bench pump.mote --engine vm --board mps3-an547", "mote bench --suite mlperf-tiny",
       "mote bench --suite mlperf-tiny --into docs/performance.md"});
  bench.on_run([options] { return run_bench(*options); });
}

}  // namespace mote::cli
