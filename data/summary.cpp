#include "data/summary.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cmath>
#include <set>

namespace mote::data {
namespace {

constexpr size_t listed_max = 5;
constexpr std::array<Split, 3> used_splits = {Split::train, Split::val, Split::test};

bool is_used(Split split) {
  return split != Split::excluded && split != Split::unassigned;
}

// "a; b; c; and 7 more" so that a broken set does not print a book.
void add_some(std::vector<std::string>& problems, const std::vector<std::string>& found) {
  if (found.size() <= listed_max) {
    problems.insert(problems.end(), found.begin(), found.end());
    return;
  }
  problems.insert(problems.end(), found.begin(), found.begin() + listed_max);
  problems.push_back(fmt::format("... and {} more of this kind", found.size() - listed_max));
}

void count_labels(const RecordingInfo& info, Split split, Summary& summary) {
  std::set<std::string> seen;
  const auto add = [&](const std::string& label, int64_t frames) {
    LabelCount& count = summary.labels[label];
    const double duration_s = static_cast<double>(frames) / info.rate_hz;
    count.recordings += seen.insert(label).second ? 1 : 0;
    count.duration_s += duration_s;
    count.duration_s_by_split[split] += duration_s;
  };
  if (info.segments.empty()) add(info.label, info.frames);
  for (const Segment& segment : info.segments) add(segment.label, segment.end - segment.begin);
}

void find_shared_content(const std::vector<RecordingInfo>& recordings,
                         const std::vector<Split>& splits, std::vector<std::string>& problems) {
  std::map<std::string, std::pair<size_t, Split>> first;
  std::vector<std::string> found;
  for (size_t i = 0; i < recordings.size(); ++i) {
    if (!is_used(splits[i])) continue;
    const auto [seen, fresh] = first.try_emplace(recordings[i].hash, i, splits[i]);
    if (fresh || seen->second.second == splits[i]) continue;
    found.push_back(fmt::format("the same samples are in {} ({}) and {} ({})",
                                name_of(seen->second.second), recordings[seen->second.first].name,
                                name_of(splits[i]), recordings[i].name));
  }
  add_some(problems, found);
}

void find_missing_labels(const Summary& summary, std::vector<std::string>& problems) {
  for (const Split split : used_splits) {
    if (summary.splits.count(split) == 0) continue;
    std::vector<std::string> missing;
    for (const auto& [label, count] : summary.labels) {
      if (!label.empty() && count.duration_s_by_split.count(split) == 0) missing.push_back(label);
    }
    if (!missing.empty()) {
      problems.push_back(
          fmt::format("{} has nothing of {}", name_of(split), fmt::join(missing, ", ")));
    }
  }
}

}  // namespace

Summary summarise(const std::vector<RecordingInfo>& recordings, const std::vector<Split>& splits) {
  Summary summary;
  size_t other_axes = 0;
  for (size_t i = 0; i < recordings.size(); ++i) {
    const RecordingInfo& info = recordings[i];
    if (summary.recordings++ == 0) {
      summary.axes = info.axes;
      summary.units = info.units;
    }
    if (info.axes != summary.axes || info.units != summary.units) ++other_axes;
    summary.duration_s += info.duration_s();
    ++summary.splits[splits[i]];
    const double digit = std::pow(10, std::floor(std::log10(info.rate_hz)) - 3);
    ++summary.rates_hz[std::round(info.rate_hz / digit) * digit];
    if (!info.group.empty()) ++summary.groups[info.group];
    count_labels(info, splits[i], summary);
  }
  std::vector<std::string> straddles;
  for (const Straddle& straddle : straddling_groups(recordings, splits)) {
    straddles.push_back(straddle.text + ": results say little about new groups");
  }
  add_some(summary.problems, straddles);
  find_shared_content(recordings, splits, summary.problems);
  find_missing_labels(summary, summary.problems);
  if (summary.groups.empty() && summary.recordings > 0) {
    summary.problems.push_back(
        "no recording says its group (speaker, machine, session), so what"
        " belongs together may be in train and in test");
  }
  if (const auto none = summary.labels.find(""); none != summary.labels.end()) {
    summary.problems.push_back(fmt::format("{} recordings have no label", none->second.recordings));
  }
  if (other_axes > 0) {
    summary.problems.push_back(
        fmt::format("{} recordings have other axes or units than the first ({} in {})", other_axes,
                    fmt::join(summary.axes, ", "), summary.units));
  }
  return summary;
}

}  // namespace mote::data
