#include "features/append.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/signal/fft.hpp"
#include "core/signal/statistics.hpp"

namespace mote::features {

using ir::Attributes;
using ir::GraphError;
using ir::TensorId;

const std::vector<std::string>& statistic_names() {
#define MOTE_STATISTIC_NAME(name) #name,
  static const std::vector<std::string> names = {MOTE_STATISTIC_LIST(MOTE_STATISTIC_NAME)};
#undef MOTE_STATISTIC_NAME
  return names;
}

namespace {

// Appends the blocks of one recipe; the physical signal is made once, when a block needs it.
class Appender {
 public:
  Appender(ir::Graph& graph, TensorId input, const FeatureRecipe& recipe)
      : graph_(graph), input_(input), recipe_(recipe) {
    const ir::Tensor& x = graph.tensor(input);
    if (x.shape.size() != 2 || x.dtype != ir::DType::i16) {
      throw GraphError("features: the window '" + x.name + "' must be i16 [length, axes]");
    }
    length_ = x.shape[0];
    if (!(recipe.rate_hz > 0)) throw GraphError("features: rate_hz must be positive");
  }

  TensorId operator()(const RawBlock& block) {
    return one("scale_counts", {input_},
               {{"scale", recipe_.scale}, {"remove_mean", int64_t{block.remove_mean}}});
  }

  TensorId operator()(const MelBlock& block) {
    const int64_t frame_length = samples("frame_ms", block.frame_ms);
    int64_t fft_length = block.fft_length;
    if (fft_length == 0) fft_length = power_of_two_above(frame_length);
    return one("mel_features", {input_},
               {{"rate_hz", recipe_.rate_hz},
                {"frame_length", frame_length},
                {"hop", samples("hop_ms", block.hop_ms)},
                {"fft_length", fft_length},
                {"window", block.window},
                {"bands", int64_t{block.bands}},
                {"low_hz", block.low_hz},
                {"high_hz", block.high_hz > 0 ? block.high_hz : 0.5 * recipe_.rate_hz},
                {"coefficients", int64_t{block.coefficients}},
                {"pre_emphasis", block.pre_emphasis},
                {"floor_db", block.noise_floor_db}});
  }

  TensorId operator()(const StatisticsBlock& block) {
    std::string names;
    for (const std::string& name : block.statistics) names += (names.empty() ? "" : ",") + name;
    return one("statistics", {physical()}, {{"statistics", names}});
  }

  TensorId operator()(const SpectralBlock& block) {
    if (block.bands < 1 && block.peaks < 1) {
      throw GraphError("features: a spectral block needs bands, peaks or both");
    }
    const TensorId spectrum = spectrum_of(block);
    // A sine of a hundredth of a count: below what a sensor can resolve.
    const double floor = std::max(1e-36, 1e-4 * recipe_.scale * recipe_.scale);
    TensorId bands = ir::no_tensor, peaks = ir::no_tensor;
    if (block.bands > 0) {
      const TensorId powers =
          one("filterbank", {spectrum},
              {{"rate_hz", recipe_.rate_hz},
               {"bands", int64_t{block.bands}},
               {"spacing", std::string("linear")},
               {"low_hz", block.low_hz},
               {"high_hz", block.high_hz > 0 ? block.high_hz : 0.5 * recipe_.rate_hz}});
      bands = one("log", {powers}, {{"floor", floor}, {"flatten", int64_t{1}}});
    }
    if (block.peaks > 0) {
      const TensorId logs = one("log", {spectrum}, {{"floor", floor}});
      peaks = one("spectral_peaks", {logs},
                  {{"rate_hz", recipe_.rate_hz}, {"peaks", int64_t{block.peaks}}});
    }
    if (bands == ir::no_tensor) return peaks;
    return peaks == ir::no_tensor ? bands : join(bands, peaks);
  }

  TensorId join(TensorId first, TensorId second) {
    return one("concat_features", {first, second}, {});
  }

 private:
  TensorId one(const char* op, std::vector<TensorId> inputs, Attributes attributes) {
    return graph_.add_node(op, std::move(inputs), std::move(attributes)).front();
  }

  TensorId physical() {
    if (physical_ == ir::no_tensor) physical_ = (*this)(RawBlock{});
    return physical_;
  }

  TensorId spectrum_of(const SpectralBlock& block) {
    TensorId x = physical();
    if (block.envelope_high_hz > 0) {
      x = one("biquad_filter", {x},
              {{"rate_hz", recipe_.rate_hz},
               {"high_pass_hz", block.envelope_low_hz},
               {"low_pass_hz", block.envelope_high_hz},
               {"rectify", int64_t{1}}});
    }
    if (block.fft_length > power_of_two_above(length_)) {
      throw GraphError("features: fft_length " + std::to_string(block.fft_length) +
                       " is more than the window's " + std::to_string(length_) +
                       " samples rounded up");
    }
    const int64_t frame_length = std::min<int64_t>(length_, block.fft_length);
    return one("mean_spectrum", {x},
               {{"frame_length", frame_length},
                {"hop", std::max<int64_t>(1, frame_length / 2)},
                {"fft_length", int64_t{block.fft_length}},
                {"window", block.window},
                {"remove_mean", int64_t{block.remove_mean}}});
  }

  int64_t samples(const char* what, double milliseconds) const {
    const double count = std::round(milliseconds * 1e-3 * recipe_.rate_hz);
    if (!(count >= 1 && count <= length_)) {
      throw GraphError(std::string("features: ") + what + " of " + std::to_string(milliseconds) +
                       " is not between one sample and the window's " + std::to_string(length_));
    }
    return static_cast<int64_t>(count);
  }

  static int64_t power_of_two_above(int64_t length) {
    const auto power = std::bit_ceil(static_cast<uint64_t>(length));
    return std::max<int64_t>(signal::fft_length_min, static_cast<int64_t>(power));
  }

  ir::Graph& graph_;
  TensorId input_;
  const FeatureRecipe& recipe_;
  int32_t length_ = 0;
  TensorId physical_ = ir::no_tensor;
};

}  // namespace

TensorId append_features(ir::Graph& graph, TensorId input, const FeatureRecipe& recipe) {
  Appender append(graph, input, recipe);
  if (recipe.blocks.empty()) return append(RawBlock{});
  TensorId features = ir::no_tensor;
  for (const FeatureBlock& block : recipe.blocks) {
    const TensorId added = std::visit(append, block);
    features = features == ir::no_tensor ? added : append.join(features, added);
  }
  return features;
}

int32_t standardized_columns(const ir::Tensor& features) {
  if (features.shape.size() == 4) return features.shape[2] * features.shape[3];
  return static_cast<int32_t>(features.elements());
}

TensorId append_standardize(ir::Graph& graph, TensorId x, const std::vector<float>& mean,
                            const std::vector<float>& deviation) {
  const int32_t columns = standardized_columns(graph.tensor(x));
  if (mean.size() != static_cast<size_t>(columns) || deviation.size() != mean.size()) {
    throw GraphError("features: standardising " + std::to_string(columns) +
                     " columns needs as "
                     "many means and deviations, not " +
                     std::to_string(mean.size()) + " and " + std::to_string(deviation.size()));
  }
  std::vector<float> inverse;
  for (size_t c = 0; c < mean.size(); ++c) {
    const bool empty = !(deviation[c] > 1e-6f * std::fabs(mean[c])) || deviation[c] < 1e-18f;
    inverse.push_back(empty ? 1.0f : 1.0f / deviation[c]);
  }
  const TensorId means = graph.add_constant("feature_mean", ir::DType::f32, {columns}, mean);
  const TensorId scales =
      graph.add_constant("feature_inverse_deviation", ir::DType::f32, {columns}, inverse);
  return graph.add_node("standardize", {x, means, scales}, {}).front();
}

ir::Graph feature_graph(const FeatureRecipe& recipe, int32_t length, int32_t axes) {
  if (length < 1 || axes < 1) throw GraphError("features: an empty window has no features");
  ir::Graph graph;
  graph.name = "features";
  const TensorId window =
      graph.add_tensor({"window", ir::DType::i16, {length, axes}, {}, false, {}});
  graph.inputs = {window};
  graph.outputs = {append_features(graph, window, recipe)};
  return graph;
}

}  // namespace mote::features
