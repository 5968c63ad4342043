// mote data label: gives recordings another label or group.
#include <fmt/format.h>

#include <memory>
#include <optional>

#include "cli/data/data.hpp"
#include "cli/output.hpp"

namespace mote::cli {
namespace {

struct Options {
  std::string dataset;
  Selection selection;
  std::optional<std::string> to;
  std::optional<std::string> group;
  bool json = false;
};

// The new label, where the old one was. Segments keep their place; only those with the chosen
// label change, or all.
void relabel(data::RecordingInfo& info, const Selection& selection, const std::string& to) {
  if (info.segments.empty()) {
    info.label = to;
    return;
  }
  for (data::Segment& segment : info.segments) {
    if (selection.label.empty() || segment.label == selection.label) segment.label = to;
  }
  std::erase_if(info.segments, [](const data::Segment& segment) { return segment.label.empty(); });
}

int run(const Options& options) {
  if (!options.to && !options.group) throw UsageError("give --to LABEL, --group GROUP, or both");
  data::Dataset dataset = data::Dataset::open(data::dataset_folder(options.dataset));
  int64_t chosen = 0;
  const int64_t changed = dataset.edit([&](data::RecordingInfo& info) {
    if (!options.selection.takes(info)) return false;
    ++chosen;
    if (options.to) relabel(info, options.selection, *options.to);
    if (options.group) info.group = *options.group;
    return true;
  });
  if (chosen == 0)
    throw std::runtime_error(dataset.name() + ": no recording is meant; see `mote data show " +
                             options.dataset + " --recordings`");
  if (changed > 0) dataset.save();
  if (options.json) {
    print_json({{"dataset", dataset.name()},
                {"chosen", chosen},
                {"changed", changed},
                {"hash", dataset.hash()}});
  } else {
    fmt::print("{}: {} of {} chosen recordings changed\n  hash   {}\n", dataset.name(), changed,
               chosen, dataset.hash());
  }
  return exit_ok;
}

}  // namespace

void add_data_label(Command& data) {
  auto options = std::make_shared<Options>();
  Command label = data.subcommand("label", "Give recordings another label or group");
  label.option("DATASET", options->dataset, "Name or folder").required();
  label.option("--to", options->to, "The new label; '' takes it away");
  label.option("--group", options->group, "The new group: speaker, subject, machine");
  add_selection_options(label, options->selection);
  label.json_flag(options->json);
  label.examples({"mote data label words --label on --to yes",
                  "mote data label words --match 'anna/*' --group anna",
                  "mote data undo words    # takes it back"});
  label.on_run([options] { return run(*options); });
}

}  // namespace mote::cli
