#include "cli/data/data.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

#include "cli/output.hpp"

namespace mote::cli {
namespace {

constexpr size_t skipped_listed_max = 10;

}  // namespace

nlohmann::json import_json(const data::ImportReport& report, const data::Dataset& dataset) {
  nlohmann::json skipped = nlohmann::json::array();
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
    print_json(import_json(report, dataset));
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

bool Selection::takes(const data::RecordingInfo& info) const {
  if (!match.empty() && fnmatch(match.c_str(), info.name.c_str(), 0) != 0) return false;
  const auto has = [this](const data::Segment& segment) { return segment.label == label; };
  return label.empty() || info.label == label ||
         std::any_of(info.segments.begin(), info.segments.end(), has);
}

void add_selection_options(Command& command, Selection& selection) {
  command.option("--match", selection.match, "Only recordings whose names match, such as 'a/*'");
  command.option("--label", selection.label, "Only recordings that hold this label");
}

}  // namespace mote::cli
