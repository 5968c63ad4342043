// What is in a dataset, and what is wrong with it: the text of `mote data show`.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "data/dataset.hpp"
#include "data/split.hpp"

namespace mote::data {

struct LabelCount {
  int64_t recordings = 0;  // that hold the label somewhere
  double duration_s = 0;
  std::map<Split, double> duration_s_by_split;
};

struct Summary {
  int64_t recordings = 0;
  double duration_s = 0;
  std::map<std::string, LabelCount> labels;  // "" for what has no label
  std::map<Split, int64_t> splits;           // recordings
  std::map<std::string, int64_t> groups;     // recordings
  std::map<double, int64_t> rates_hz;        // rounded to 4 digits; recordings
  std::vector<std::string> axes;             // of the first recording
  std::string units;

  // Sentences about leaks and gaps: groups or contents in two splits, labels missing from a split,
  // recordings without label, axes that differ, no groups at all.
  std::vector<std::string> problems;
};

// `splits`: one per recording, from assign_splits().
Summary summarise(const std::vector<RecordingInfo>& recordings, const std::vector<Split>& splits);

}  // namespace mote::data
