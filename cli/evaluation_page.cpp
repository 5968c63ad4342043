#include "cli/evaluation_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "lab/report/report.hpp"
#include "lab/report/svg.hpp"

namespace mote::cli {
namespace {

using lab::report::grouped;
using lab::report::Section;

constexpr size_t wrong_windows_max = 8;

// The score that spoke for the decision.
float confidence(const Evaluation& e, size_t window) {
  const size_t outputs = e.scores.size() / e.guesses.size();
  if (e.run.pipeline.decision == plan::Decision::anomaly) return e.scores[window * outputs];
  return e.scores[window * outputs + static_cast<size_t>(e.guesses[window])];
}

const std::string& label_of(const Evaluation& e, int32_t label) {
  return e.run.pipeline.labels.at(static_cast<size_t>(label));
}

std::string percent(const learn::Proportion& p) {
  return p.trials == 0 ? "–" : fmt::format("{:.1f} %", 100 * p.value());
}

std::string interval(const learn::Proportion& p) {
  return p.trials == 0 ? "–" : fmt::format("{:.1f}–{:.1f}", 100 * p.low(), 100 * p.high());
}

std::vector<lab::report::Tile> tiles(const Evaluation& e) {
  const learn::Proportion accuracy = e.confusion.accuracy();
  std::vector<lab::report::Tile> tiles{
      {percent(accuracy), "of windows right",
       fmt::format("{} windows, 95 % interval {}", grouped(accuracy.trials), interval(accuracy))},
      {fmt::format("{:.1f} %", 100 * e.confusion.balanced_accuracy()), "balanced accuracy",
       "mean recall of the classes"}};
  if (e.report.contains("drop_points")) {
    tiles.push_back(
        {fmt::format("{:+.2f} points", -e.report["drop_points"].get<double>()),
         "int8 against float32",
         fmt::format("float32: {:.2f} %", 100 * e.report["float32_accuracy"].get<double>())});
  }
  if (e.report.contains("area_under_curve")) {
    tiles.push_back({fmt::format("{:.4f}", e.report["area_under_curve"].get<double>()),
                     "area under the ROC curve", "0.5 is guessing"});
  }
  if (e.report.contains("instructions_mean")) {
    tiles.push_back({grouped(e.report["instructions_mean"].get<int64_t>()), "instructions a window",
                     "features and network"});
  }
  tiles.push_back({grouped(e.report.at("package_bytes").get<int64_t>()) + " B", "package",
                   fmt::format("arena {} B", grouped(e.report.at("arena_bytes").get<int64_t>()))});
  return tiles;
}

Section decisions(const Evaluation& e) {
  lab::report::ConfusionMatrix matrix{e.run.pipeline.labels, {}};
  for (int64_t truth = 0; truth < e.confusion.classes(); ++truth) {
    for (int64_t guess = 0; guess < e.confusion.classes(); ++guess) {
      matrix.counts.push_back(e.confusion.at(truth, guess));
    }
  }
  return {"Decisions", "Every window of the split. Rows are the truth.",
          lab::report::confusion_matrix_svg(matrix)};
}

Section classes(const Evaluation& e) {
  std::vector<std::vector<std::string>> rows{
      {"class", "windows", "recall", "95 % interval", "precision", "95 % interval"}};
  for (int64_t label = 0; label < e.confusion.classes(); ++label) {
    const learn::Proportion recall = e.confusion.recall(label);
    const learn::Proportion precision = e.confusion.precision(label);
    rows.push_back({label_of(e, static_cast<int32_t>(label)), grouped(recall.trials),
                    percent(recall), interval(recall), percent(precision), interval(precision)});
  }
  return {"Classes",
          "Recall: how many of a class were found. Precision: how many decisions for it are right.",
          lab::report::table_html(rows)};
}

Section wrong_window(const Evaluation& e, size_t window) {
  const project::SensorSection& sensor = e.project.sensor;
  const size_t axes = sensor.axes.size();
  const auto length = static_cast<size_t>(e.run.pipeline.window_length);
  const int16_t* counts = e.set.counts.data() + window * length * axes;
  lab::report::Waveform waveform;
  waveform.rate_hz = sensor.rate_hz;
  waveform.units = sensor.units;
  waveform.axes = sensor.axes;
  waveform.samples.resize(axes);
  for (size_t i = 0; i < length * axes; ++i) {
    waveform.samples[i % axes].push_back(static_cast<float>(counts[i] * sensor.scale()));
  }
  const double end_s = static_cast<double>(length) / sensor.rate_hz;
  const std::string& truth = label_of(e, e.set.labels[window]);
  const std::string& guess = label_of(e, e.guesses[window]);
  waveform.truth = {{0, end_s, truth}};
  return {fmt::format("Wrong: {} taken for {}", truth, guess),
          fmt::format("A window of {}; the model's score for its decision is {:.2f}.",
                      e.set.recording[window], confidence(e, window)),
          lab::report::waveform_svg(waveform)};
}

}  // namespace

std::vector<size_t> wrong_windows(const Evaluation& e, size_t count_max) {
  std::map<std::pair<int32_t, int32_t>, std::vector<size_t>> of_pair;
  for (size_t i = 0; i < e.guesses.size(); ++i) {
    if (e.guesses[i] != e.set.labels[i]) of_pair[{e.set.labels[i], e.guesses[i]}].push_back(i);
  }
  std::vector<std::vector<size_t>> pairs;
  for (auto& [pair, windows] : of_pair) {
    std::stable_sort(windows.begin(), windows.end(),
                     [&](size_t a, size_t b) { return confidence(e, a) > confidence(e, b); });
    pairs.push_back(std::move(windows));
  }
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  std::vector<size_t> chosen;
  for (size_t rank = 0; chosen.size() < count_max; ++rank) {
    const size_t before = chosen.size();
    for (const auto& windows : pairs) {
      if (rank < windows.size() && chosen.size() < count_max) chosen.push_back(windows[rank]);
    }
    if (chosen.size() == before) break;
  }
  return chosen;
}

std::string evaluation_page(const Evaluation& e) {
  lab::report::Page page;
  page.title = e.project.project.name;
  page.subtitle =
      fmt::format("{}. Evaluated on {}, split {}.", e.project.project.description,
                  e.report.at("board").get<std::string>(), e.report.at("split").get<std::string>());
  page.tiles = tiles(e);
  page.sections = {decisions(e), classes(e)};
  for (const size_t window : wrong_windows(e, wrong_windows_max)) {
    page.sections.push_back(wrong_window(e, window));
  }
  page.footer = fmt::format(
      "Dataset {}. Intervals are Wilson's at 95 %; windows of one recording depend on each other, "
      "so the true uncertainty is larger.",
      e.run.report.value("dataset_hash", std::string()).substr(0, 16));
  return lab::report::page_html(page);
}

}  // namespace mote::cli
