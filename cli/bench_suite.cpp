#include "cli/bench_suite.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "cli/command.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "lab/report/svg.hpp"
#include "lab/source_tree.hpp"
#include "lab/suite.hpp"

namespace mote::cli {
namespace {

using lab::SuiteRow;
using lab::report::grouped;

constexpr const char* part_begin = "<!-- mote bench --suite: begin -->\n";
constexpr const char* part_end = "<!-- mote bench --suite: end -->\n";

std::vector<std::string> heading() {
  return {"model",   "board",  "instructions", "tflite-micro", "ratio",
          "arena B", "code B", "-Os B",        "data B"};
}

std::vector<std::string> cells(const SuiteRow& row) {
  const auto peer = lab::peer_instructions(row.peer, row.board);
  const auto mine = static_cast<double>(row.report.instructions.value_or(0));
  return {std::string(row.model),
          std::string(row.board),
          grouped(row.report.instructions.value_or(0)),
          peer ? grouped(*peer) : "",
          peer ? fmt::format("{:.2f}", mine / static_cast<double>(*peer)) : "",
          grouped(row.report.arena_bytes),
          grouped(row.report.code_bytes.value_or(0)),
          row.small_code_bytes ? grouped(*row.small_code_bytes) : "",
          grouped(row.report.data_bytes.value_or(0))};
}

// The plans for RAM: a table of its own, since not every board has them.
std::vector<std::string> ram_heading() {
  return {"model",        "board", "arena B", "latency plan's", "input in pieces B",
          "instructions", "ratio"};
}

std::vector<std::string> ram_cells(const SuiteRow& row) {
  const auto whole = static_cast<double>(row.report.instructions.value_or(1));
  const auto bands = static_cast<double>(row.ram->instructions.value_or(0));
  return {std::string(row.model),
          std::string(row.board),
          grouped(row.ram->arena_bytes),
          grouped(row.report.arena_bytes),
          row.ram->frame_bytes > 0 ? grouped(row.ram->frame_bytes) : "",
          grouped(row.ram->instructions.value_or(0)),
          fmt::format("{:.2f}", bands / whole)};
}

struct SuiteTable {
  std::vector<std::string> heading;
  std::string_view alignment;  // markdown
  std::vector<std::vector<std::string>> rows;
};

std::vector<SuiteTable> tables(const std::vector<SuiteRow>& rows) {
  SuiteTable all{heading(), "|---|---|--:|--:|--:|--:|--:|--:|--:|\n", {}};
  SuiteTable ram{ram_heading(), "|---|---|--:|--:|--:|--:|--:|\n", {}};
  for (const SuiteRow& row : rows) {
    all.rows.push_back(cells(row));
    if (row.ram) ram.rows.push_back(ram_cells(row));
  }
  std::vector<SuiteTable> result{std::move(all)};
  if (!ram.rows.empty()) result.push_back(std::move(ram));
  return result;
}

std::string markdown(const std::vector<SuiteRow>& rows) {
  const auto line = [](const std::vector<std::string>& row) {
    std::string text = "|";
    for (const std::string& cell : row) text += " " + cell + " |";
    return text + "\n";
  };
  std::string text;
  for (const SuiteTable& table : tables(rows)) {
    if (!text.empty()) text += "\nPlanned for RAM (`--optimize ram`):\n\n";
    text += line(table.heading) + std::string(table.alignment);
    for (const auto& row : table.rows) text += line(row);
  }
  return text;
}

void print_tables(const std::vector<SuiteRow>& rows) {
  bool first = true;
  for (const SuiteTable& source : tables(rows)) {
    if (!first) std::fputs("\nPlanned for RAM:\n\n", stdout);
    first = false;
    Table table(source.heading);
    for (const auto& row : source.rows) table.add(row);
    std::fputs(table.text().c_str(), stdout);
  }
}

nlohmann::json to_json(const SuiteRow& row) {
  const auto peer = lab::peer_instructions(row.peer, row.board);
  nlohmann::json entry{{"model", row.model},
                       {"board", row.board},
                       {"instructions", row.report.instructions.value_or(0)},
                       {"arena_bytes", row.report.arena_bytes},
                       {"code_bytes", row.report.code_bytes.value_or(0)},
                       {"data_bytes", row.report.data_bytes.value_or(0)},
                       {"stack_bytes", row.report.stack_bytes.value_or(0)}};
  if (row.ram) {
    entry["ram_plan"] = {{"instructions", row.ram->instructions.value_or(0)},
                         {"arena_bytes", row.ram->arena_bytes},
                         {"frame_bytes", row.ram->frame_bytes},
                         {"code_bytes", row.ram->code_bytes.value_or(0)},
                         {"data_bytes", row.ram->data_bytes.value_or(0)}};
  }
  if (row.small_code_bytes) entry["small_code_bytes"] = *row.small_code_bytes;
  entry["tflite_micro_instructions"] = peer ? nlohmann::json(*peer) : nlohmann::json();
  return entry;
}

void replace_part(const std::string& file, const std::string& part) {
  std::string text = lab::read_file(file);
  const size_t begin = text.find(part_begin);
  const size_t end = text.find(part_end);
  if (begin == std::string::npos || end == std::string::npos || end < begin) {
    throw UsageError(fmt::format("{}: the lines {}and {}aren't there, one after the other", file,
                                 part_begin, part_end));
  }
  const size_t from = begin + std::string(part_begin).size();
  text.replace(from, end - from, "\n" + part + "\n");
  lab::write_file(file, text);
}

}  // namespace

int run_bench_suite(const BenchSuiteOptions& options) {
  const auto suite = lab::find_suite(options.suite);
  std::vector<std::string_view> boards = lab::suite_boards();
  if (!options.board.empty()) boards = {options.board};
  std::vector<SuiteRow> rows;
  {
    Progress progress("bench", suite.size() * boards.size());
    rows = lab::run_suite(suite, boards, lab::suite_archive(), [&] { progress.advance(); });
  }
  if (!options.into.empty()) {
    replace_part(options.into, markdown(rows));
  } else if (options.json) {
    nlohmann::json document = nlohmann::json::array();
    for (const SuiteRow& row : rows) document.push_back(to_json(row));
    print_json(document);
  } else if (options.markdown) {
    std::fputs(markdown(rows).c_str(), stdout);
  } else {
    print_tables(rows);
  }
  return exit_ok;
}

}  // namespace mote::cli
