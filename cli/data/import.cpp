// mote data import: files into a dataset.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <memory>

#include "cli/data/data.hpp"
#include "cli/progress.hpp"

namespace mote::cli {
namespace {

namespace fs = std::filesystem;

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

void add_import_options(Command& import, ImportCommandOptions& options) {
  data::ImportRequest& request = options.request;
  import.option("--label", request.fixed.label, "Label of everything imported");
  import.option("--group", request.fixed.group, "Group: speaker, subject, machine");
  import.option("--split", request.fixed.split, "train, val, test or excluded");
  import.option("--pattern", request.path_pattern, "Where names say it: '{label}/{group}_*.wav'");
  import.option("--format", request.format,
                "One of: " + data::importer_list() + "; default: by extension");
  import.option("--rate", request.options.rate_hz, "Frames per second, where files do not say")
      .positive();
  import.option("--scale", request.options.scale, "Physical units per count (int16 samples)")
      .positive();
  import.option("--units", request.options.units, "Physical units: g, m/s2, ...");
  import.option("--axes", request.options.axes, "New names of the axes").separated_by(',');
  import.option("--columns", request.options.columns, "CSV columns or NPZ arrays to take")
      .separated_by(',');
  import.option("--delimiter", options.delimiter, "CSV: what stands between cells");
  import.option("--label-column", request.options.label_column, "CSV: a label per row");
  import.option("--label-name", options.label_names, "CSV, WFDB: TEXT=LABEL, may be repeated");
  import.option("--time-column", request.options.time_column, "CSV: time per row");
  import.option("--time-unit", request.options.time_unit_s, "CSV: seconds per unit of time")
      .positive();
  import.flag("--interpolate", request.options.interpolate,
              "CSV: times are exact and uneven; move samples to an even grid");
  import
      .option("--gap", request.options.gap_s_max,
              "CSV: a pause of more seconds starts a new recording")
      .positive();
}

}  // namespace

void add_data_import(Command& data) {
  auto options = std::make_shared<ImportCommandOptions>();
  Command import = data.subcommand("import", "Import files into a dataset");
  import.option("PATHS", options->paths, "Files and folders").required();
  import.option("--into", options->into, "Name or folder of the dataset").required();
  add_import_options(import, *options);
  import.json_flag(options->json);
  import.examples(
      {"mote data import words/ --into words --pattern '{label}/{group}_*.wav'",
       "mote data import pump.csv --into pump --label normal --rate 100 --columns x,y,z",
       "mote data import export/ --into gestures    # Edge Impulse, with info.labels",
       "mote data import mitdb/ --into beats    # PhysioNet: .hea, .dat and .atr together"});
  import.on_run([options] { return run_import(*options);
});
}  // namespace mote::cli

}  // namespace mote::cli
