// mote data show: labels, splits, groups, and what is wrong with them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "cli/data/data.hpp"
#include "cli/output.hpp"
#include "data/dataset.hpp"
#include "data/split.hpp"
#include "data/summary.hpp"

namespace mote::cli {
namespace {

using Json = nlohmann::json;

constexpr int32_t bar_cells_max = 30;

struct ShowOptions {
  std::string dataset;
  data::SplitRule rule;
  bool by_recording = false;
  bool ignore_official = false;
  bool list = false;
  Selection selection;
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

// One line per recording that is chosen.
void print_recordings(const data::Dataset& dataset, const std::vector<data::Split>& splits,
                      const Selection& selection) {
  Table table({"recording", "label", "group", "split", "duration"});
  for (size_t i = 0; i < splits.size(); ++i) {
    const data::RecordingInfo& info = dataset.recordings()[i];
    if (!selection.takes(info)) continue;
    const std::string label =
        info.segments.empty() ? info.label : fmt::format("{} segments", info.segments.size());
    table.add({info.name, label, info.group, std::string(data::name_of(splits[i])),
               duration_text(info.duration_s())});
  }
  fmt::print("\n{}", table.text());
}

Json recordings_json(const data::Dataset& dataset, const std::vector<data::Split>& splits,
                     const Selection& selection) {
  Json list = Json::array();
  for (size_t i = 0; i < splits.size(); ++i) {
    const data::RecordingInfo& info = dataset.recordings()[i];
    if (!selection.takes(info)) continue;
    Json segments = Json::array();
    for (const data::Segment& segment : info.segments) {
      segments.push_back({segment.begin, segment.end, segment.label});
    }
    list.push_back({{"name", info.name},
                    {"label", info.label},
                    {"segments", segments},
                    {"group", info.group},
                    {"split", data::name_of(splits[i])},
                    {"duration_s", info.duration_s()},
                    {"rate_hz", info.rate_hz},
                    {"hash", info.hash}});
  }
  return list;
}

int run_show(const ShowOptions& options) {
  const data::Dataset dataset = data::Dataset::open(data::dataset_folder(options.dataset));
  data::SplitRule rule = options.rule;
  rule.keep_official = !options.ignore_official;
  if (options.by_recording) rule.unit = data::SplitRule::Unit::recording;
  const std::vector<data::Split> splits = data::assign_splits(dataset.recordings(), rule);
  const data::Summary summary = data::summarise(dataset.recordings(), splits);
  if (options.json) {
    Json document = to_json(summary, dataset);
    if (options.list) {
      document["list"] = recordings_json(dataset, splits, options.selection);
    }
    print_json(document);
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
  if (options.list) print_recordings(dataset, splits, options.selection);
  return exit_ok;
}

}  // namespace

void add_data_show(Command& data) {
  auto options = std::make_shared<ShowOptions>();
  Command show = data.subcommand("show", "Count labels, splits and groups; name leaks");
  show.option("DATASET", options->dataset, "Name or folder").required();
  show.option("--val", options->rule.val_fraction, "Part for val, where none is official")
      .between(0.0, 0.9);
  show.option("--test", options->rule.test_fraction, "Part for test, where none is official")
      .between(0.0, 0.9);
  show.option("--seed", options->rule.seed, "Seed of the split");
  show.flag("--by-recording", options->by_recording, "Split without regard to groups");
  show.flag("--ignore-official", options->ignore_official, "Forget splits that came along");
  const Option list = show.flag("--recordings", options->list, "List recordings, one a line");
  add_selection_options(show, options->selection);
  show.existing_option("--match").needs(list);
  show.existing_option("--label").needs(list);
  show.json_flag(options->json);
  show.examples({"mote data show fsdd", "mote data show fsdd --recordings --match '*george*'",
                 "mote data show ./my-data --val 0.2 --json"});
  show.on_run([options] { return run_show(*options); });
}

}  // namespace mote::cli
