// mote compare: a model in two engines or two precisions, and where they part.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "cli/command.hpp"
#include "cli/compared_model.hpp"
#include "cli/model_file.hpp"
#include "cli/output.hpp"
#include "cli/project_model.hpp"
#include "compiler/seeded_inputs.hpp"
#include "lab/board.hpp"
#include "lab/compare.hpp"
#include "lab/report/report.hpp"
#include "learn/prepare.hpp"

namespace mote::cli {
namespace {

using nlohmann::json;

struct Options {
  std::string a, b;
  std::string split;  // empty: seeded inputs
  std::string run;
  std::string html;
  uint32_t input_seed = 1;
  int count = 4;
  double tolerance = 0;
  bool outputs_only = false;
  bool json = false;
};

// Windows of a project's recordings, evenly spread over a split.
lab::Inputs recorded(const project::Project& project, const Options& options) {
  const learn::DataWindows data = learn::load_windows(project, {});
  const learn::WindowSet& set = options.split == "train" ? data.train
                                : options.split == "val" ? data.val
                                                         : data.test;
  const int64_t count = std::min<int64_t>(options.count, set.count());
  if (count == 0) {
    throw std::runtime_error("the project's data has no windows in '" + options.split +
                             "'; choose another --split");
  }
  const size_t samples = static_cast<size_t>(data.length) * static_cast<size_t>(data.axes);
  lab::Inputs inputs;
  for (int64_t i = 0; i < count; ++i) {
    const auto* first = reinterpret_cast<const uint8_t*>(
        set.counts.data() + static_cast<size_t>(i * set.count() / count) * samples);
    inputs.push_back({{first, first + samples * sizeof(int16_t)}});
  }
  return inputs;
}

// Inputs for `a`, the model that says what the other gets.
lab::Inputs inputs_of(const ComparedModel& a, const Options& options) {
  if (!options.split.empty()) {
    if (!a.project) throw UsageError("--split is for projects; " + options.a + " is none");
    return recorded(*a.project, options);
  }
  lab::Inputs inputs;
  for (int i = 0; i < options.count; ++i) {
    inputs.push_back(seeded_inputs(a.graph, options.input_seed + static_cast<uint32_t>(i)));
  }
  return inputs;
}

bool within(const lab::Difference& d, double tolerance) {
  return d.incomparable.empty() && d.max_abs <= tolerance;
}

// The first layer, else output, that is out of tolerance; null: none. Layers of different size,
// because a pass removed channels, can't tell.
const lab::Difference* first_divergence(const lab::Comparison& comparison, const Options& options) {
  if (!options.outputs_only) {
    for (const lab::Difference& d : comparison.layers) {
      if (d.incomparable.empty() && !within(d, options.tolerance)) return &d;
    }
  }
  for (const lab::Difference& d : comparison.outputs) {
    if (!within(d, options.tolerance)) return &d;
  }
  return nullptr;
}

std::string figure(double value) {
  return value == 0 ? "0" : fmt::format("{:.4g}", value);
}

std::string decibels(const lab::Difference& d) {
  return std::isinf(d.sqnr_db) ? (d.sqnr_db > 0 ? "exact" : "-") : fmt::format("{:.1f}", d.sqnr_db);
}

std::string place(const lab::Difference& d) {
  return d.layer < 0 ? "output" : std::to_string(d.layer);
}

// Converters join the names of all fused layers with semicolons.
std::string brief_name(const std::string& name) {
  constexpr size_t shown_max = 40;
  const std::string first = name.substr(0, name.find(';'));
  return first.size() <= shown_max ? first : "..." + first.substr(first.size() - shown_max);
}

std::vector<std::string> row(const lab::Difference& d) {
  const std::string name = brief_name(d.name);
  if (!d.incomparable.empty()) return {place(d), d.op, name, "-", "-", "-", "-", d.incomparable};
  return {place(d),
          d.op,
          name,
          figure(d.max_abs),
          figure(d.mean_abs),
          decibels(d),
          figure(d.largest),
          d.same_bits ? "same bits" : ""};
}

const std::vector<std::string> heading{"#",    "op",      "tensor",  "max",
                                       "mean", "SQNR dB", "largest", ""};

struct Result {
  Options options;
  lab::Comparison comparison;
  std::vector<std::string> notes;
  const lab::Difference* divergence = nullptr;

  std::string verdict() const {
    const std::string limit =
        options.tolerance == 0 ? "" : fmt::format(" within {}", options.tolerance);
    if (divergence == nullptr) {
      return options.outputs_only ? "the outputs agree" + limit : "they agree" + limit;
    }
    if (!divergence->incomparable.empty()) return "they differ: " + divergence->incomparable;
    return fmt::format("they part at {} {} ('{}'): max {}, SQNR {} dB", place(*divergence),
                       divergence->op, brief_name(divergence->name), figure(divergence->max_abs),
                       decibels(*divergence));
  }
};

json difference_json(const lab::Difference& d) {
  json item{{"tensor", d.name}, {"op", d.op}, {"same_bits", d.same_bits}};
  if (d.layer >= 0) item["layer"] = d.layer;
  if (!d.incomparable.empty()) {
    item["incomparable"] = d.incomparable;
    return item;
  }
  item["max_abs"] = d.max_abs;
  item["mean_abs"] = d.mean_abs;
  item["largest"] = d.largest;
  item["sqnr_db"] = std::isinf(d.sqnr_db) ? json(nullptr) : json(d.sqnr_db);  // null: no noise
  return item;
}

json result_json(const Result& result) {
  json layers = json::array(), outputs = json::array();
  for (const lab::Difference& d : result.comparison.layers) layers.push_back(difference_json(d));
  for (const lab::Difference& d : result.comparison.outputs) outputs.push_back(difference_json(d));
  json report{{"a", result.options.a},
              {"b", result.options.b},
              {"inferences", result.options.count},
              {"tolerance", result.options.tolerance},
              {"agree", result.divergence == nullptr},
              {"layers", layers},
              {"outputs", outputs},
              {"unmatched_layers", result.comparison.unmatched},
              {"notes", result.notes}};
  if (result.divergence != nullptr) {
    report["first_divergence"] = difference_json(*result.divergence);
  }
  return report;
}

void print_result(const Result& result) {
  Table table(heading);
  for (const lab::Difference& d : result.comparison.layers) table.add(row(d));
  for (const lab::Difference& d : result.comparison.outputs) table.add(row(d));
  fmt::print("{} against {}, {} inferences\n\n{}\n", result.options.a, result.options.b,
             result.options.count, table.text());
  for (const std::string& note : result.notes) fmt::print("  {}\n", note);
  fmt::print("  {}\n", result.verdict());
}

void write_page(const Result& result) {
  std::vector<std::vector<std::string>> rows{heading};
  for (const lab::Difference& d : result.comparison.layers) rows.push_back(row(d));
  for (const lab::Difference& d : result.comparison.outputs) rows.push_back(row(d));
  std::string notes = result.verdict() + ".";
  for (const std::string& note : result.notes) notes += " " + note + ".";
  lab::report::Page page;
  page.title = "Comparison";
  page.subtitle = result.options.a + " against " + result.options.b;
  page.tiles = {{result.divergence == nullptr ? "agree" : "differ", "verdict", ""},
                {std::to_string(result.options.count), "inferences", ""}};
  page.sections = {{"Layers", notes, lab::report::table_html(rows)}};
  const std::string text = lab::report::page_html(page);
  write_file(result.options.html, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

int run(Options options) {
  const ComparedModel a = load_compared(options.a, "", "reference", options.run);
  const ComparedModel b = load_compared(options.b, a.path, "vm", options.run);
  options.a = a.described;
  options.b = b.described;
  // The coarser of two input types says what both get, so that both get the same.
  const bool b_leads = a.graph.tensor(a.graph.inputs.at(0)).dtype == ir::DType::f32;
  const lab::Inputs inputs = inputs_of(b_leads ? b : a, options);
  options.count = static_cast<int>(inputs.size());
  const auto& leader = b_leads ? b.graph : a.graph;
  const lab::Trace one = lab::trace(a.graph, a.engine, lab::translated(inputs, leader, a.graph));
  const lab::Trace other = lab::trace(b.graph, b.engine, lab::translated(inputs, leader, b.graph));
  Result result{options, lab::compare(one, other), {}, nullptr};
  for (const std::string& note : {one.note, other.note}) {
    if (!note.empty()) result.notes.push_back(note);
  }
  if (result.comparison.unmatched > 0) {
    result.notes.push_back(
        fmt::format("{} layers are in one of them only, fused or folded away in "
                    "the other",
                    result.comparison.unmatched));
  }
  result.divergence = first_divergence(result.comparison, options);
  if (!options.html.empty()) write_page(result);
  if (options.json) {
    print_json(result_json(result));
  } else {
    print_result(result);
  }
  return result.divergence == nullptr ? exit_ok : exit_failure;
}

}  // namespace

void add_compare_command(Command& mote) {
  auto options = std::make_shared<Options>();
  Command command = mote.subcommand(
      "compare",
      "Run a model in two engines or two precisions, and show layer by layer where they "
      "part");
  command
      .option("A", options->a,
              "MODEL, MODEL@ENGINE or @ENGINE. MODEL: a .tflite or .onnx file, or a project, "
              "whose float32 network PROJECT:float is. ENGINE: reference (layer by layer, no "
              "passes), vm or code (compiled, on this host), or an emulated board")
      .required();
  command.option("B", options->b, "The same; @ENGINE alone: A's model. Default: @vm");
  command
      .option("--input-seed", options->input_seed,
              "Seed of the first inference's inputs; the following count on")
      .between(uint32_t{1}, UINT32_MAX)
      .shows_default();
  command.option("--count", options->count, "Inferences, one after another")
      .between(1, 10000)
      .shows_default();
  command
      .option("--split", options->split,
              "Projects: windows of these recordings instead of seeded inputs")
      .one_of({"train", "val", "test"});
  command
      .option("--tolerance", options->tolerance,
              "Largest difference that counts as agreement, in real values")
      .not_negative()
      .shows_default();
  command.flag("--outputs", options->outputs_only,
               "Judge by the model's outputs alone, not by its layers");
  command.option("--run", options->run, run_option_help);
  command.option("--html", options->html, "Also write the table as a page");
  command.json_flag(options->json);
  command.examples({"mote compare kws.tflite", "mote compare kws.tflite @mps2-an386",
                    "mote compare kws_float.tflite kws_int8.tflite --tolerance 0.1 --outputs",
                    "mote compare examples/wake-word:float examples/wake-word --split test "
                    "--outputs --tolerance 0.2"});
  command.on_run([options] { return run(*options); });
}

}  // namespace mote::cli
