#include "compiler/calibrate.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "compiler/interpret.hpp"
#include "compiler/quantize/histogram.hpp"

namespace mote::quantize {
namespace {

using ir::Graph;
using ir::GraphError;
using ir::Tensor;
using ir::TensorId;

std::span<const float> floats(const Interpreter& interpreter, TensorId id) {
  const auto bytes = interpreter.bytes(id);
  return {reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float)};
}

class Calibrator {
 public:
  Calibrator(const Graph& graph, std::span<const Sample> samples, const CalibrationOptions& options)
      : graph_(graph), samples_(samples), options_(options), groups_(graph) {
    result_.peaks.resize(graph.tensors.size());
    result_.ranges.wide.resize(graph.tensors.size());
    for (size_t t = 0; t < graph.tensors.size(); ++t) {
      const Tensor& tensor = graph.tensors[t];
      const bool written = std::ranges::count(graph.inputs, static_cast<TensorId>(t)) > 0 ||
                           graph.producer(static_cast<TensorId>(t)) >= 0;
      if (tensor.dtype == ir::DType::f32 && !tensor.constant && written) {
        observed_.push_back(static_cast<TensorId>(t));
      }
    }
  }

  Calibration run() {
    if (samples_.empty()) {
      throw GraphError(graph_.name + ": there is no calibration data; give some typical inputs");
    }
    for_each_value([this](TensorId id, std::span<const float> values) { extend(id, values); });
    refuse_constants();
    result_.ranges.narrow = result_.ranges.wide;
    if (options_.method != Method::minmax) clip();
    return std::move(result_);
  }

 private:
  template <class Visit>
  void for_each_value(Visit&& visit) {
    Interpreter interpreter(graph_, host_target());
    for (const Sample& sample : samples_) {
      interpreter.run(sample);
      for (TensorId id : observed_) visit(id, floats(interpreter, id));
    }
  }

  void extend(TensorId id, std::span<const float> values) {
    const Tensor& tensor = graph_.tensor(id);
    ValueRange& range = result_.ranges.wide[static_cast<size_t>(id)];
    auto& peaks = result_.peaks[static_cast<size_t>(id)];
    const size_t channels = tensor.shape.empty() ? 1 : static_cast<size_t>(tensor.shape.back());
    peaks.resize(channels, 0.0f);
    for (size_t i = 0; i < values.size(); ++i) {
      const float value = values[i];
      if (!std::isfinite(value)) {
        throw GraphError("tensor '" + tensor.name + "' holds " + std::to_string(value) +
                         " for a calibration input; look for such values in the inputs");
      }
      peaks[i % channels] = std::max(peaks[i % channels], std::fabs(value));
      range.include({value, value, true});
    }
  }

  void refuse_constants() const {
    for (TensorId id : observed_) {
      const ValueRange& range = result_.ranges.wide[static_cast<size_t>(id)];
      if (range.min != range.max || graph_.tensor(id).variable || !groups_.needs_range(id))
        continue;
      throw GraphError("tensor '" + graph_.tensor(id).name + "' is " + std::to_string(range.min) +
                       " for all calibration inputs, which tells no range; give inputs that vary");
    }
  }

  void clip() {
    std::vector<std::optional<Histogram>> histograms(graph_.tensors.size());
    const auto& wide = result_.ranges.wide;
    for (TensorId id : observed_) {
      const ValueRange& range = wide[static_cast<size_t>(id)];
      if (groups_.needs_range(id) && range.min < range.max) {
        histograms[static_cast<size_t>(id)].emplace(range);
      }
    }
    for_each_value([&](TensorId id, std::span<const float> values) {
      if (auto& histogram = histograms[static_cast<size_t>(id)]) histogram->add(values);
    });
    for (size_t t = 0; t < histograms.size(); ++t) {
      if (!histograms[t]) continue;
      result_.ranges.narrow[t] = options_.method == Method::mse
                                     ? histograms[t]->least_squares()
                                     : histograms[t]->percentile(options_.percentile);
    }
  }

  const Graph& graph_;
  std::span<const Sample> samples_;
  const CalibrationOptions& options_;
  RangeGroups groups_;
  std::vector<TensorId> observed_;
  Calibration result_;
};

}  // namespace

Method method_from_name(std::string_view name) {
  if (name == "minmax") return Method::minmax;
  if (name == "percentile") return Method::percentile;
  if (name == "mse") return Method::mse;
  throw GraphError("there is no method '" + std::string(name) +
                   "'; known: minmax, percentile, mse");
}

Calibration calibrate(const Graph& graph, std::span<const Sample> samples,
                      const CalibrationOptions& options) {
  return Calibrator(graph, samples, options).run();
}

}  // namespace mote::quantize
