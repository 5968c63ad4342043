#include "data/split.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "data/sha256.hpp"

namespace mote::data {
namespace {

struct Unit {
  std::string order;  // hash that puts units into an order that nobody chose
  std::vector<size_t> members;
};

std::string unit_of(const RecordingInfo& info, const SplitRule& rule) {
  const bool by_group = rule.unit == SplitRule::Unit::group && !info.group.empty();
  return by_group ? "group " + info.group : "recording " + info.name;
}

// Units over `members`, ordered by hash.
std::vector<Unit> ordered_units(const std::vector<RecordingInfo>& recordings,
                                const std::vector<size_t>& members, const SplitRule& rule) {
  std::map<std::string, std::vector<size_t>> by_key;
  for (const size_t i : members) by_key[unit_of(recordings[i], rule)].push_back(i);
  std::vector<Unit> units;
  for (auto& [key, indices] : by_key) {
    Sha256 sha;
    sha.add_field(fmt::format("split {}", rule.seed)).add_field(key);
    units.push_back({sha.hex(), std::move(indices)});
  }
  std::sort(units.begin(), units.end(),
            [](const Unit& a, const Unit& b) { return a.order < b.order; });
  return units;
}

// Moves units from the front of `units` to `split` until they hold about `fraction` of `total`
// recordings. Leaves at least one unit behind. Returns how many units were moved.
size_t take(const std::vector<Unit>& units, size_t first, double fraction, size_t total,
            Split split, std::vector<Split>& splits) {
  if (fraction <= 0) return first;
  const double wanted = fraction * static_cast<double>(total);
  double taken = 0;
  size_t next = first;
  while (next + 1 < units.size()) {
    const auto size = static_cast<double>(units[next].members.size());
    const bool closer = std::abs(taken + size - wanted) <= std::abs(taken - wanted);
    if (next > first && !closer) break;
    for (const size_t i : units[next].members) splits[i] = split;
    taken += size;
    ++next;
  }
  return next;
}

bool holds(const std::vector<Split>& splits, Split split) {
  return std::find(splits.begin(), splits.end(), split) != splits.end();
}

std::vector<size_t> members_of(const std::vector<Split>& splits, Split split) {
  std::vector<size_t> members;
  for (size_t i = 0; i < splits.size(); ++i) {
    if (splits[i] == split) members.push_back(i);
  }
  return members;
}

}  // namespace

std::vector<Split> assign_splits(const std::vector<RecordingInfo>& recordings,
                                 const SplitRule& rule) {
  if (rule.val_fraction < 0 || rule.test_fraction < 0 ||
      !(rule.val_fraction + rule.test_fraction < 1)) {
    throw DataError(fmt::format("val {} and test {} must be 0 or more and leave some for training",
                                rule.val_fraction, rule.test_fraction));
  }
  std::vector<Split> splits;
  for (const RecordingInfo& info : recordings) {
    const bool keep = rule.keep_official || info.split == Split::excluded;
    splits.push_back(keep ? info.split : Split::unassigned);
  }
  const bool official_test = holds(splits, Split::test);
  const bool official_val = holds(splits, Split::val);
  const bool official_train = holds(splits, Split::train);
  if (!official_test && !official_val) {
    // "All of it is train" is what sets without a split of their own say.
    for (Split& split : splits) {
      if (split == Split::train) split = Split::unassigned;
    }
  }
  const std::vector<size_t> open = members_of(splits, Split::unassigned);
  const std::vector<Unit> units = ordered_units(recordings, open, rule);
  size_t next = 0;
  if (!official_test && !official_val) {
    next = take(units, next, rule.test_fraction, open.size(), Split::test, splits);
    next = take(units, next, rule.val_fraction, open.size(), Split::val, splits);
  } else if (!official_train) {
    next = take(units, next, official_val ? 0 : rule.val_fraction, open.size(), Split::val, splits);
  }
  for (; next < units.size(); ++next) {
    for (const size_t i : units[next].members) splits[i] = Split::train;
  }
  if (official_train && !official_val && official_test) {
    const std::vector<size_t> train = members_of(splits, Split::train);
    take(ordered_units(recordings, train, rule), 0, rule.val_fraction, train.size(), Split::val,
         splits);
  }
  return splits;
}

std::vector<Straddle> straddling_groups(const std::vector<RecordingInfo>& recordings,
                                        const std::vector<Split>& splits) {
  std::map<std::string, std::map<Split, size_t>> counts;
  for (size_t i = 0; i < recordings.size(); ++i) {
    const bool used = splits[i] != Split::excluded && splits[i] != Split::unassigned;
    if (used && !recordings[i].group.empty()) ++counts[recordings[i].group][splits[i]];
  }
  std::vector<Straddle> found;
  for (const auto& [group, by_split] : counts) {
    if (by_split.size() < 2) continue;
    std::vector<std::string> parts;
    for (const auto& [split, count] : by_split) {
      parts.push_back(fmt::format("{} ({} recordings)", name_of(split), count));
    }
    found.push_back({group, fmt::format("group '{}' is in {}", group, fmt::join(parts, " and "))});
  }
  return found;
}

}  // namespace mote::data
