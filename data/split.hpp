// Which recording is trained on, which is looked at while training, which is kept for the end.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/recording.hpp"

namespace mote::data {

struct SplitRule {
  // The parts of the data that val and test get where nobody said so; of the number of
  // recordings, in [0, 1); val + test < 1.
  double val_fraction = 0.15;
  double test_fraction = 0.15;
  uint64_t seed = 1;

  // true: splits that came with the data stay. An official set that has a test but no val gets its
  // val from train; one that has val but no test keeps val and gets no test.
  bool keep_official = true;

  // What is moved as a whole. `recording` ignores groups: fine for a smoke test, a leak for claims.
  enum class Unit : uint8_t { group, recording };
  Unit unit = Unit::group;
};

// One split per recording, in the order given; never `unassigned`.
//
// Units are ordered by SHA-256(seed, unit); the first ones become test, then val, until the
// fraction of recordings is reached, rounding to the nearest whole unit but at least one where
// the fraction is above 0 and there are enough units. The order of `recordings` has no influence,
// and adding recordings moves only units at the borders. A recording without a group is a unit of
// its own.
std::vector<Split> assign_splits(const std::vector<RecordingInfo>& recordings,
                                 const SplitRule& rule);

// Groups that lie in more than one of train, val and test, each with a sentence about it.
struct Straddle {
  std::string group;
  std::string text;  // "group 'george' is in train (450 recordings) and test (50)"
};
std::vector<Straddle> straddling_groups(const std::vector<RecordingInfo>& recordings,
                                        const std::vector<Split>& splits);

}  // namespace mote::data
