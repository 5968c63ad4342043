// The HTML page of `mote evaluate --html`.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "learn/metrics.hpp"
#include "learn/prepare.hpp"
#include "learn/run.hpp"
#include "project/project.hpp"

namespace mote::cli {

// One evaluation; everything is the caller's.
struct Evaluation {
  const project::Project& project;
  const learn::TrainedRun& run;
  const learn::WindowSet& set;
  const learn::Confusion& confusion;
  std::span<const float> scores;     // [windows, outputs]
  std::span<const int32_t> guesses;  // [windows]
  const nlohmann::json& report;      // what --json prints
};

// Windows that were decided wrongly, at most `count_max`: the surest of each pair of truth and
// decision first, the most frequent pairs before the others. Indices into the set.
std::vector<size_t> wrong_windows(const Evaluation& evaluation, size_t count_max);

std::string evaluation_page(const Evaluation& evaluation);

}  // namespace mote::cli
