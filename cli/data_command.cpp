// mote data: recordings in, datasets that know what they hold.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>

#include "cli/command.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "data/catalog/catalog.hpp"
#include "data/dataset.hpp"
#include "data/get.hpp"
#include "data/import_files.hpp"
#include "data/split.hpp"
#include "data/summary.hpp"

namespace mote::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr size_t skipped_listed_max = 10;
constexpr int32_t bar_cells_max = 30;

// One bar per stage of `mote data get`.
class StageBars {
 public:
  data::GetProgress progress() {
    return {[this](const std::string& what, size_t done, size_t total) {
      if (what != what_ || total != total_) bar_ = std::make_unique<Progress>(what, total);
      what_ = what;
      total_ = total;
      bar_->set(done);
    }};
  }
  void clear() { bar_.reset(); }

 private:
  std::string what_;
  size_t total_ = 0;
  std::unique_ptr<Progress> bar_;
};

Json to_json(const data::ImportReport& report, const data::Dataset& dataset) {
  Json skipped = Json::array();
  for (const auto& item : report.skipped) {
    skipped.push_back({{"file", item.file}, {"reason", item.reason}});
  }
  return {{"dataset", dataset.name()},
          {"folder", dataset.folder()},
          {"files", report.files},
          {"added", report.added},
          {"already_there", report.already_there},
          {"recordings", dataset.recordings().size()},
          {"skipped", skipped},
          {"hash", dataset.hash()}};
}

// What was imported and what was not; a failure when nothing could be read.
int print_import(const data::ImportReport& report, const data::Dataset& dataset, bool json) {
  if (json) {
    print_json(to_json(report, dataset));
  } else {
    fmt::print("{}: {} recordings added from {} files", dataset.name(), report.added, report.files);
    if (report.already_there > 0) fmt::print(", {} were there already", report.already_there);
    fmt::print("; {} in all\n  folder {}\n  hash   {}\n", dataset.recordings().size(),
               dataset.folder(), dataset.hash());
    std::fflush(stdout);
    if (!report.skipped.empty()) {
      print_warning(fmt::format("{} files were skipped:", report.skipped.size()));
    }
    for (size_t i = 0; i < std::min(report.skipped.size(), skipped_listed_max); ++i) {
      fmt::print(stderr, "  {}: {}\n", report.skipped[i].file, report.skipped[i].reason);
    }
    if (report.skipped.size() > skipped_listed_max) {
      fmt::print(stderr, "  ... and {} more (--json lists all)\n",
                 report.skipped.size() - skipped_listed_max);
    }
  }
  return report.files > 0 ? exit_ok : exit_failure;
}

// --- mote data get

struct GetOptions {
  std::string name;
  std::string into;
  bool json = false;
};

int run_get(const GetOptions& options) {
  const data::CatalogEntry& entry = data::catalog_entry(options.name);
  const std::string folder =
      data::dataset_folder(options.into.empty() ? options.name : options.into);
  if (data::Dataset::exists(folder)) {
    const data::Dataset dataset = data::Dataset::open(folder);
    if (options.json) {
      data::ImportReport nothing;
      nothing.already_there = static_cast<int64_t>(dataset.recordings().size());
      print_json(to_json(nothing, dataset));
    } else {
      fmt::print("{}: is there already, {} recordings\n  folder {}\n  hash   {}\n", dataset.name(),
                 dataset.recordings().size(), folder, dataset.hash());
    }
    return exit_ok;
  }
  StageBars bars;
  const data::ImportReport report =
      data::get_dataset(entry, folder, data::data_mirror(), bars.progress());
  bars.clear();
  const int code = print_import(report, data::Dataset::open(folder), options.json);
  if (!options.json) {
    fmt::print("  home   {}\n  licence {}\n", entry.home, entry.licence);
    if (!entry.note.empty()) fmt::print("  note   {}\n", entry.note);
  }
  return code;
}

void add_get(CLI::App& data, Commands& commands) {
  auto options = std::make_shared<GetOptions>();
  CLI::App* get = data.add_subcommand("get", "Fetch or generate a known set (`mote data list`)");
  get->add_option("NAME", options->name, "Name in the catalogue")->required();
  get->add_option("--into", options->into, "Name or folder of the dataset (default: NAME)");
  add_json_flag(*get, options->json);
  add_examples(*get, {"mote data get motor-vibration",
                      "MOTE_DATA_MIRROR=../shared/data mote data get fsdd --into ./fsdd"});
  commands.on_run(*get, [options] { return run_get(*options); });
}

// --- mote data list

int run_list(bool json) {
  const std::string mirror = data::data_mirror();
  std::vector<data::Dataset> local;
  std::vector<std::string> broken;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(data::datasets_home(), ignored)) {
    const std::string folder = entry.path().string();
    if (folder.ends_with(".partial") || !data::Dataset::exists(folder)) continue;
    try {
      local.push_back(data::Dataset::open(folder));
    } catch (const data::DataError& error) {
      broken.emplace_back(error.what());
    }
  }
  std::sort(local.begin(), local.end(),
            [](const auto& a, const auto& b) { return a.folder() < b.folder(); });
  const auto state_of = [&](const data::CatalogEntry& entry) -> std::string {
    const std::string folder = data::datasets_home() + "/" + entry.name;
    if (!entry.refusal.empty()) return "no importer";
    if (data::Dataset::exists(folder)) return "here";
    if (entry.generate != nullptr) return "built in";
    const bool in_mirror = mirror.find("://") != std::string::npos ||
                           (!mirror.empty() && fs::exists(mirror + "/" + entry.name + ".tar.xz"));
    return in_mirror ? "in the mirror" : "at its home";
  };
  if (json) {
    Json document = {{"home", data::datasets_home()}, {"mirror", mirror}};
    for (const auto& entry : data::catalog()) {
      document["catalog"].push_back({{"name", entry.name},
                                     {"title", entry.title},
                                     {"home", entry.home},
                                     {"licence", entry.licence},
                                     {"sha256", entry.sha256},
                                     {"state", state_of(entry)},
                                     {"refusal", entry.refusal}});
    }
    document["datasets"] = Json::array();
    for (const auto& dataset : local) {
      document["datasets"].push_back({{"name", dataset.name()},
                                      {"folder", dataset.folder()},
                                      {"recordings", dataset.recordings().size()},
                                      {"hash", dataset.hash()}});
    }
    print_json(document);
    return exit_ok;
  }
  Table known({"name", "state", "licence", "what"});
  for (const auto& entry : data::catalog()) {
    known.add({entry.name, state_of(entry), entry.licence, entry.title});
  }
  fmt::print("Known sets (mote data get NAME):\n{}\n", known.text());
  if (local.empty()) {
    fmt::print("No datasets in {} yet.\n", data::datasets_home());
  } else {
    Table here({"dataset", "recordings", "hash"});
    for (const auto& dataset : local) {
      here.add({fs::path(dataset.folder()).filename().string(),
                fmt::format("{}", dataset.recordings().size()), dataset.hash().substr(0, 12)});
    }
    fmt::print("Datasets in {}:\n{}", data::datasets_home(), here.text());
  }
  for (const std::string& text : broken) print_warning(text);
  return exit_ok;
}

void add_list(CLI::App& data, Commands& commands) {
  auto json = std::make_shared<bool>(false);
  CLI::App* list = data.add_subcommand("list", "Show the known sets and the datasets here");
  add_json_flag(*list, *json);
  add_examples(*list, {"mote data list", "mote data list --json"});
  commands.on_run(*list, [json] { return run_list(*json); });
}

// --- mote data show

struct ShowOptions {
  std::string dataset;
  data::SplitRule rule;
  bool by_recording = false;
  bool ignore_official = false;
  bool json = false;
};

Json to_json(const data::Summary& summary, const data::Dataset& dataset) {
  Json labels = Json::object();
  for (const auto& [label, count] : summary.labels) {
    Json by_split = Json::object();
    for (const auto& [split, duration_s] : count.duration_s_by_split) {
      by_split[std::string(data::name_of(split))] = duration_s;
    }
    labels[label] = {{"recordings", count.recordings},
                     {"duration_s", count.duration_s},
                     {"duration_s_by_split", by_split}};
  }
  Json splits = Json::object();
  for (const auto& [split, count] : summary.splits) splits[std::string(name_of(split))] = count;
  return {{"dataset", dataset.name()},
          {"folder", dataset.folder()},
          {"hash", dataset.hash()},
          {"note", dataset.note()},
          {"recordings", summary.recordings},
          {"duration_s", summary.duration_s},
          {"axes", summary.axes},
          {"units", summary.units},
          {"labels", labels},
          {"splits", splits},
          {"groups", summary.groups},
          {"problems", summary.problems}};
}

std::string duration_text(double duration_s) {
  if (duration_s < 600) return fmt::format("{:.1f} s", duration_s);
  if (duration_s < 36000) return fmt::format("{:.1f} min", duration_s / 60);
  return fmt::format("{:.1f} h", duration_s / 3600);
}

void print_labels(const data::Summary& summary) {
  double longest_s = 0;
  for (const auto& [label, count] : summary.labels) {
    longest_s = std::max(longest_s, count.duration_s);
  }
  Table table({"label", "recordings", "duration", "train", "val", "test", ""});
  for (const auto& [label, count] : summary.labels) {
    std::vector<std::string> row = {label.empty() ? "(none)" : label,
                                    fmt::format("{}", count.recordings),
                                    duration_text(count.duration_s)};
    for (const data::Split split : {data::Split::train, data::Split::val, data::Split::test}) {
      const auto part = count.duration_s_by_split.find(split);
      const double part_s = part == count.duration_s_by_split.end() ? 0 : part->second;
      row.push_back(fmt::format("{:.0f} %", 100 * part_s / count.duration_s));
    }
    const double cells = std::ceil(bar_cells_max * count.duration_s / longest_s);
    row.push_back(std::string(static_cast<size_t>(cells), '#'));
    table.add(row);
  }
  fmt::print("{}", table.text());
}

int run_show(const ShowOptions& options) {
  const data::Dataset dataset = data::Dataset::open(data::dataset_folder(options.dataset));
  data::SplitRule rule = options.rule;
  rule.keep_official = !options.ignore_official;
  if (options.by_recording) rule.unit = data::SplitRule::Unit::recording;
  const std::vector<data::Split> splits = data::assign_splits(dataset.recordings(), rule);
  const data::Summary summary = data::summarise(dataset.recordings(), splits);
  if (options.json) {
    print_json(to_json(summary, dataset));
    return exit_ok;
  }
  fmt::print("{}: {} recordings, {}, axes {} in {}\n  hash {}\n", dataset.name(),
             summary.recordings, duration_text(summary.duration_s), fmt::join(summary.axes, ", "),
             summary.units, dataset.hash());
  std::vector<std::string> rates;
  for (const auto& [rate_hz, count] : summary.rates_hz)
    rates.push_back(fmt::format("{:.4g}", rate_hz));
  if (rates.size() > 3) rates = {rates.front(), "...", rates.back()};
  fmt::print("  rate {} Hz\n", fmt::join(rates, ", "));
  std::vector<std::string> parts;
  for (const auto& [split, count] : summary.splits) {
    parts.push_back(fmt::format("{} {}", name_of(split), count));
  }
  fmt::print("  split (recordings): {}; {} groups\n\n", fmt::join(parts, ", "),
             summary.groups.size());
  print_labels(summary);
  if (!dataset.note().empty()) fmt::print("\nNote: {}.\n", dataset.note());
  if (!summary.problems.empty()) fmt::print("\nTo know before you trust a result:\n");
  for (const std::string& problem : summary.problems) fmt::print("  - {}\n", problem);
  return exit_ok;
}

void add_show(CLI::App& data, Commands& commands) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* show = data.add_subcommand("show", "Count labels, splits and groups; name leaks");
  show->add_option("DATASET", options->dataset, "Name or folder")->required();
  show->add_option("--val", options->rule.val_fraction, "Part for val, where none is official")
      ->check(CLI::Range(0.0, 0.9));
  show->add_option("--test", options->rule.test_fraction, "Part for test, where none is official")
      ->check(CLI::Range(0.0, 0.9));
  show->add_option("--seed", options->rule.seed, "Seed of the split");
  show->add_flag("--by-recording", options->by_recording, "Split without regard to groups");
  show->add_flag("--ignore-official", options->ignore_official, "Forget splits that came along");
  add_json_flag(*show, options->json);
  add_examples(*show, {"mote data show fsdd", "mote data show ./my-data --val 0.2 --json"});
  commands.on_run(*show, [options] { return run_show(*options); });
}

// --- mote data import

struct ImportCommandOptions {
  std::vector<std::string> paths;
  std::string into;
  data::ImportRequest request;
  std::string delimiter;
  std::vector<std::string> label_names;
  bool json = false;
};

data::ImportRequest request_of(const ImportCommandOptions& options) {
  data::ImportRequest request = options.request;
  if (options.delimiter.size() > 1) throw UsageError("--delimiter takes one character");
  if (!options.delimiter.empty()) request.options.delimiter = options.delimiter[0];
  for (const std::string& pair : options.label_names) {
    const size_t equals = pair.find('=');
    if (equals == std::string::npos) {
      throw UsageError(fmt::format("--label-name {}: write TEXT=LABEL", pair));
    }
    request.options.label_names[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  if (!request.format.empty()) data::importer_named(request.format);
  if (!request.fixed.split.empty()) data::split_from(request.fixed.split);
  if (!request.path_pattern.empty()) data::PathPattern pattern(request.path_pattern);
  request.source = fmt::format("{}", fmt::join(options.paths, " "));
  return request;
}

int run_import(const ImportCommandOptions& options) {
  const data::ImportRequest request = request_of(options);
  const std::string folder = data::dataset_folder(options.into);
  data::Dataset dataset = data::Dataset::exists(folder)
                              ? data::Dataset::open(folder)
                              : data::Dataset::create(folder, fs::path(folder).filename().string());
  const std::vector<data::SourceFile> files = data::find_files(options.paths);
  std::unique_ptr<Progress> bar = std::make_unique<Progress>("import", files.size());
  const data::ImportReport report =
      data::import_files(dataset, files, request, [&](size_t done, size_t) { bar->set(done); });
  bar.reset();
  return print_import(report, dataset, options.json);
}

void add_import_options(CLI::App& import, ImportCommandOptions& options) {
  data::ImportRequest& request = options.request;
  import.add_option("--label", request.fixed.label, "Label of everything imported");
  import.add_option("--group", request.fixed.group, "Group: speaker, subject, machine");
  import.add_option("--split", request.fixed.split, "train, val, test or excluded");
  import.add_option("--pattern", request.path_pattern,
                    "Where names say it: '{label}/{group}_*.wav'");
  import.add_option("--format", request.format, "wav, csv, npz, npy, edge-impulse (by extension)");
  import.add_option("--rate", request.options.rate_hz, "Frames per second, where files do not say")
      ->check(CLI::PositiveNumber);
  import.add_option("--scale", request.options.scale, "Physical units per count (int16 samples)")
      ->check(CLI::PositiveNumber);
  import.add_option("--units", request.options.units, "Physical units: g, m/s2, ...");
  import.add_option("--axes", request.options.axes, "New names of the axes")->delimiter(',');
  import.add_option("--columns", request.options.columns, "CSV columns or NPZ arrays to take")
      ->delimiter(',');
  import.add_option("--delimiter", options.delimiter, "CSV: what stands between cells");
  import.add_option("--label-column", request.options.label_column, "CSV: a label per row");
  import.add_option("--label-name", options.label_names, "CSV: TEXT=LABEL, may be repeated");
  import.add_option("--time-column", request.options.time_column, "CSV: time per row");
  import.add_option("--time-unit", request.options.time_unit_s, "CSV: seconds per unit of time")
      ->check(CLI::PositiveNumber);
  import.add_flag("--interpolate", request.options.interpolate,
                  "CSV: times are exact and uneven; move samples to an even grid");
  import
      .add_option("--gap", request.options.gap_s_max,
                  "CSV: a pause of more seconds starts a new recording")
      ->check(CLI::PositiveNumber);
}

void add_import(CLI::App& data, Commands& commands) {
  auto options = std::make_shared<ImportCommandOptions>();
  CLI::App* import = data.add_subcommand("import", "Import files into a dataset");
  import->add_option("PATHS", options->paths, "Files and folders")->required();
  import->add_option("--into", options->into, "Name or folder of the dataset")->required();
  add_import_options(*import, *options);
  add_json_flag(*import, options->json);
  add_examples(*import,
               {"mote data import words/ --into words --pattern '{label}/{group}_*.wav'",
                "mote data import pump.csv --into pump --label normal --rate 100 --columns x,y,z",
                "mote data import export/ --into gestures    # Edge Impulse, with info.labels"});
  commands.on_run(*import, [options] { return run_import(*options); });
}

// --- mote data undo

void add_undo(CLI::App& data, Commands& commands) {
  auto name = std::make_shared<std::string>();
  CLI::App* undo = data.add_subcommand("undo", "Take back the last import into a dataset");
  undo->add_option("DATASET", *name, "Name or folder")->required();
  add_examples(*undo, {"mote data undo words"});
  commands.on_run(*undo, [name] {
    data::Dataset dataset = data::Dataset::open(data::dataset_folder(*name));
    const data::Batch batch = dataset.undo();
    dataset.save();
    fmt::print("{}: took back import {} of {} ({} recordings); {} are left\n", dataset.name(),
               batch.id, batch.source, batch.recordings, dataset.recordings().size());
    return exit_ok;
  });
}

}  // namespace

void add_data_command(CLI::App& app, Commands& commands) {
  CLI::App* data = app.add_subcommand("data", "Import, fetch and look at recordings");
  data->require_subcommand(1);
  add_examples(
      *data, {"mote data list", "mote data get motor-vibration", "mote data show motor-vibration"});
  add_list(*data, commands);
  add_get(*data, commands);
  add_import(*data, commands);
  add_show(*data, commands);
  add_undo(*data, commands);
}

}  // namespace mote::cli
