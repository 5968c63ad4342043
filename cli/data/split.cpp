// mote data split: writes down which recording is trained on and which is kept for judging.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <memory>

#include "cli/data/data.hpp"
#include "cli/output.hpp"
#include "data/split.hpp"

namespace mote::cli {
namespace {

struct Options {
  std::string dataset;
  Selection selection;
  std::string to;
  bool forget = false;
  bool by_recording = false;
  data::SplitRule rule;
  bool json = false;
};

// Chosen recordings into one split.
int64_t assign(data::Dataset& dataset, const Options& options, data::Split split) {
  return dataset.edit([&](data::RecordingInfo& info) {
    if (!options.selection.takes(info)) return false;
    info.split = split;
    return true;
  });
}

// All recordings by the rule, as training would do it, but written down.
int64_t draw(data::Dataset& dataset, const Options& options) {
  data::SplitRule rule = options.rule;
  rule.keep_official = false;
  if (options.by_recording) rule.unit = data::SplitRule::Unit::recording;
  const std::vector<data::Split> splits = data::assign_splits(dataset.recordings(), rule);
  size_t next = 0;
  return dataset.edit([&](data::RecordingInfo& info) {
    info.split = splits[next++];
    return true;
  });
}

int run(const Options& options) {
  if (!options.to.empty() && options.forget)
    throw UsageError("--to and --forget exclude each other");
  const bool selects = !options.selection.match.empty() || !options.selection.label.empty();
  if (selects && options.to.empty() && !options.forget) {
    throw UsageError("--match and --label go with --to or --forget");
  }
  data::Dataset dataset = data::Dataset::open(data::dataset_folder(options.dataset));
  const int64_t changed = !options.to.empty()
                              ? assign(dataset, options, data::split_from(options.to))
                          : options.forget ? assign(dataset, options, data::Split::unassigned)
                                           : draw(dataset, options);
  if (changed > 0) dataset.save();
  std::map<std::string, int64_t> counts;
  std::vector<data::Split> splits;
  for (const data::RecordingInfo& info : dataset.recordings()) {
    ++counts[std::string(data::name_of(info.split))];
    splits.push_back(info.split);
  }
  for (const data::Straddle& straddle : data::straddling_groups(dataset.recordings(), splits)) {
    print_warning(straddle.text + "; results will look better than they are");
  }
  if (options.json) {
    print_json({{"dataset", dataset.name()},
                {"changed", changed},
                {"splits", counts},
                {"hash", dataset.hash()}});
    return exit_ok;
  }
  std::vector<std::string> parts;
  for (const auto& [name, count] : counts) parts.push_back(fmt::format("{} {}", name, count));
  fmt::print("{}: {} recordings changed; now {}\n  hash   {}\n", dataset.name(), changed,
             fmt::join(parts, ", "), dataset.hash());
  return exit_ok;
}

}  // namespace

void add_data_split(Command& data) {
  auto options = std::make_shared<Options>();
  Command split = data.subcommand("split", "Write down what is for training, val and test");
  split.option("DATASET", options->dataset, "Name or folder").required();
  split.option("--to", options->to, "Put the chosen recordings there")
      .one_of({"train", "val", "test", "excluded"});
  split.flag("--forget", options->forget, "Let a project's rule decide about the chosen again");
  add_selection_options(split, options->selection);
  split.option("--val", options->rule.val_fraction, "Without --to: part for val")
      .between(0.0, 0.9)
      .shows_default();
  split.option("--test", options->rule.test_fraction, "Without --to: part for test")
      .between(0.0, 0.9)
      .shows_default();
  split.option("--seed", options->rule.seed, "Without --to: seed of the draw").shows_default();
  split.flag("--by-recording", options->by_recording, "Draw without regard to groups");
  split.json_flag(options->json);
  split.examples({"mote data split words --val 0.2 --test 0.2",
                  "mote data split words --match 'anna/*' --to test",
                  "mote data split words --forget"});
  split.on_run([options] { return run(*options); });
}

}  // namespace mote::cli
