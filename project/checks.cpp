#include "project/checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "project/sections.hpp"

namespace mote::project {
namespace {

bool holds(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

void require(const Project& project, const std::string& key, bool there, const char* what) {
  if (!there) project.fail(key, fmt::format("is missing; {}", what));
}

void check_present(const Project& p) {
  require(p, "project.name", !p.project.name.empty(), "name the project");
  require(p, "data.datasets", !p.data.datasets.empty(),
          "name at least one dataset (`mote data list`)");
  require(p, "sensor.axes", !p.sensor.axes.empty(), "list the axes that the sensor delivers");
  require(p, "sensor.rate_hz", p.sensor.rate_hz > 0, "say how many samples per second");
  require(p, "window.length_ms", p.window.length > 0,
          "say how long a window is (length_ms, or length in samples)");
}

void check_data(const Project& p) {
  const DataSection& data = p.data;
  if (data.val_fraction + data.test_fraction > 0.95) {
    p.fail("data.test", fmt::format("val {} and test {} leave nothing to train on; together they"
                                    " may be 0.95",
                                    data.val_fraction, data.test_fraction));
  }
  if (data.labels.empty()) return;
  if (p.train.task == "classify" && data.labels.size() < 2) {
    p.fail("data.labels", "a classifier needs at least two labels");
  }
  for (const auto& [from, to] : data.relabel) {
    if (!holds(data.labels, to)) {
      p.fail("data.relabel." + from,
             fmt::format("'{}' is not in labels{}", to, suggestion(to, data.labels)));
    }
  }
  if (!data.other_label.empty() && !holds(data.labels, data.other_label)) {
    p.fail("data.other_label", fmt::format("'{}' is not in labels{}", data.other_label,
                                           suggestion(data.other_label, data.labels)));
  }
  for (const std::string& quiet : p.publish.quiet_labels) {
    if (!holds(data.labels, quiet)) {
      p.fail("publish.quiet_labels",
             fmt::format("'{}' is not in labels{}", quiet, suggestion(quiet, data.labels)));
    }
  }
}

// 0 stands for the upper end, half the rate.
void check_band(const Project& p, const std::string& prefix, double low_hz, double high_hz,
                const std::string& low_key, const std::string& high_key) {
  const double nyquist_hz = p.sensor.rate_hz / 2;
  if (high_hz > nyquist_hz) {
    p.fail(prefix + high_key,
           fmt::format("{} Hz is above half the sensor's rate ({} Hz)", high_hz, nyquist_hz));
  }
  const double end_hz = high_hz > 0 ? high_hz : nyquist_hz;
  if (low_hz >= end_hz) {
    p.fail(prefix + low_key,
           fmt::format("{} Hz is not below {} ({} Hz)", low_hz, high_key, end_hz));
  }
}

struct FeatureCheck {
  const Project& p;
  std::string prefix;  // "features.0."

  void operator()(const features::RawBlock&) const {}

  void operator()(const features::MelBlock& mel) const {
    const double window_ms = 1000.0 * static_cast<double>(p.window.length) / p.sensor.rate_hz;
    if (mel.frame_ms > window_ms) {
      p.fail(prefix + "frame_ms", fmt::format("a frame of {} ms does not fit the window of {} ms",
                                              mel.frame_ms, window_ms));
    }
    const double frame = mel.frame_ms * p.sensor.rate_hz / 1000;
    if (mel.fft_length > 0 && mel.fft_length < std::floor(frame)) {
      p.fail(prefix + "fft_length",
             fmt::format("{} is shorter than a frame of {:.0f} samples", mel.fft_length, frame));
    }
    if (mel.coefficients > mel.bands) {
      p.fail(prefix + "coefficients",
             fmt::format("{} coefficients can't come from {} bands", mel.coefficients, mel.bands));
    }
    check_band(p, prefix, mel.low_hz, mel.high_hz, "low_hz", "high_hz");
  }

  void operator()(const features::StatisticsBlock& block) const {
    static const std::vector<std::string> known = {
        "mean",     "standard_deviation", "rms",          "minimum",    "maximum", "skewness",
        "kurtosis", "zero_crossings",     "crest_factor", "mean_change"};
    for (const std::string& name : block.statistics) {
      if (!holds(known, name)) {
        p.fail(prefix + "statistics",
               fmt::format("'{}' is unknown{}", name, suggestion(name, known)));
      }
    }
  }

  void operator()(const features::SpectralBlock& block) const {
    if (block.fft_length > 2 * p.window.length) {
      p.fail(prefix + "fft_length", fmt::format("{} is more than the window of {} samples rounded"
                                                " up",
                                                block.fft_length, p.window.length));
    }
    if (block.bands == 0 && block.peaks == 0) {
      p.fail(prefix + "bands", "bands and peaks can't both be 0: nothing would come out");
    }
    check_band(p, prefix, block.low_hz, block.high_hz, "low_hz", "high_hz");
    if (block.envelope_low_hz == 0 && block.envelope_high_hz == 0) return;
    check_band(p, prefix, block.envelope_low_hz, block.envelope_high_hz, "envelope_low_hz",
               "envelope_high_hz");
    if (block.envelope_low_hz == 0 || block.envelope_high_hz == 0) {
      p.fail(prefix + "envelope_low_hz", "an envelope needs both ends of its band");
    }
  }
};

// Features over time, which convolutions and masks need.
bool has_image(const Project& p) {
  return p.features.empty() ||
         (p.features.size() == 1 && (std::holds_alternative<features::RawBlock>(p.features[0]) ||
                                     std::holds_alternative<features::MelBlock>(p.features[0])));
}

void check_model(const Project& p) {
  for (const auto& [path, line] : p.lines) {
    if (path.rfind("model.", 0) != 0) continue;
    const std::string key = path.substr(6);
    const std::vector<std::string> types = model_types_of(key);
    if (!types.empty() && !holds(types, p.model.type)) {
      p.fail(path, fmt::format("belongs to {}, not to a model of type '{}'",
                               fmt::join(types, " and "), p.model.type));
    }
  }
  const bool is_autoencoder = p.model.type == "autoencoder";
  if (is_autoencoder != (p.train.task == "anomaly")) {
    p.fail(is_autoencoder ? "model.type" : "train.task",
           "an autoencoder learns task \"anomaly\", the other types learn \"classify\"");
  }
  const bool is_image = p.model.type == "ds_cnn" || p.model.type == "conv1d";
  if (is_image && !has_image(p)) {
    p.fail("model.type",
           fmt::format("'{}' needs features over time: one block, raw or mel", p.model.type));
  }
}

void check_train(const Project& p) {
  const AugmentSection& augment = p.train.augment;
  const double window_ms = 1000.0 * static_cast<double>(p.window.length) / p.sensor.rate_hz;
  if (augment.shift_ms > window_ms) {
    p.fail("train.augment.shift_ms", "is longer than the window");
  }
  if ((augment.background > 0) != !augment.background_label.empty()) {
    p.fail("train.augment.background", "and background_label go together: how much, and of what");
  }
  if (!augment.background_label.empty() && !p.data.labels.empty() &&
      !holds(p.data.labels, augment.background_label)) {
    p.fail("train.augment.background_label",
           fmt::format("'{}' is not in labels{}", augment.background_label,
                       suggestion(augment.background_label, p.data.labels)));
  }
  for (const auto& [key, part] :
       {std::pair{"time_mask", augment.time_mask}, std::pair{"band_mask", augment.band_mask}}) {
    if (part > 0 && !has_image(p)) {
      p.fail(fmt::format("train.augment.{}", key),
             "masks an image: it needs features over time, one block, raw or mel");
    }
  }
  for (const auto& [key, value] :
       {std::pair{"label_smoothing", p.train.label_smoothing}, std::pair{"mixup", p.train.mixup}}) {
    if (value > 0 && p.train.task == "anomaly") {
      p.fail(fmt::format("train.{}", key), "is about classes; an anomaly model learns none");
    }
  }
}

void check_target(const Project& p) {
  const auto board = std::find_if(boards().begin(), boards().end(),
                                  [&](const Board& b) { return b.name == p.target.board; });
  if (p.target.ram_bytes > board->ram_bytes) {
    p.fail("target.ram", fmt::format("{} bytes, but {} has {}", p.target.ram_bytes, board->name,
                                     board->ram_bytes));
  }
  if (p.target.flash_bytes > board->flash_bytes) {
    p.fail("target.flash", fmt::format("{} bytes, but {} has {}", p.target.flash_bytes, board->name,
                                       board->flash_bytes));
  }
  const int64_t window_bytes =
      p.window.length * static_cast<int64_t>(p.sensor.axes.size() * sizeof(int16_t));
  if (window_bytes > p.target.ram_bytes) {
    p.fail("target.ram", fmt::format("one window alone takes {} bytes; shorten it or allow more RAM"
                                     " than {}",
                                     window_bytes, p.target.ram_bytes));
  }
}

}  // namespace

void check(const Project& project) {
  check_present(project);
  check_data(project);
  check_train(project);
  for (size_t i = 0; i < project.features.size(); ++i) {
    std::visit(FeatureCheck{project, fmt::format("features.{}.", i)}, project.features[i]);
  }
  check_model(project);
  check_target(project);
}

}  // namespace mote::project
