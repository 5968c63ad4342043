#include "compiler/passes/stored_constant.hpp"

#include <algorithm>
#include <cmath>

namespace mote::passes {

using ir::DType;
using ir::Quantization;
using ir::Tensor;

Quantization shifted_to_int8(Quantization quantization) {
  for (int32_t& zero : quantization.zero_point) zero -= 128;
  return quantization;
}

Tensor stored_as(const Tensor& real, const Quantization& quantization) {
  Tensor made{real.name, DType::i8, real.shape, quantization, true, {}};
  for (const float value : real.values<float>()) {
    const double scaled =
        static_cast<double>(value) / static_cast<double>(quantization.scale.at(0));
    const double stored = std::isnan(scaled) ? 0 : std::nearbyint(std::clamp(scaled, -1e6, 1e6));
    made.data.push_back(static_cast<uint8_t>(static_cast<int8_t>(std::clamp<int64_t>(
        static_cast<int64_t>(stored) + quantization.zero_point.at(0), -128, 127))));
  }
  return made;
}

bool uniform(const Tensor& real) {
  const auto values = real.values<float>();
  return !values.empty() && std::isfinite(values[0]) &&
         std::ranges::all_of(values, [&](float value) { return value == values[0]; });
}

Tensor stored_uniform(const Tensor& real) {
  const float value = real.values<float>()[0];
  const float scale = std::abs(value) / 127;
  const bool tiny = !(scale > 1e-30f);
  Tensor made{real.name, DType::i8, real.shape, {{tiny ? 1.0f : scale}, {0}, -1}, true, {}};
  const int8_t stored = value > 0 ? 127 : -127;
  made.data.assign(static_cast<size_t>(real.elements()),
                   static_cast<uint8_t>(tiny ? int8_t{0} : stored));
  return made;
}

namespace {

// By element: the multiple of its scale that it is, cut to what matters.
std::vector<int32_t> multiples(const Tensor& real) {
  const Quantization& q = real.quantization;
  size_t inner = 1;  // elements between one channel and the next
  for (size_t k = static_cast<size_t>(q.axis) + 1; q.axis >= 0 && k < real.shape.size(); ++k) {
    inner *= static_cast<size_t>(real.shape[k]);
  }
  std::vector<int32_t> result;
  const auto values = real.values<float>();
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t channel = q.axis < 0 ? 0 : i / inner % q.scale.size();
    const double multiple =
        static_cast<double>(values[i]) / static_cast<double>(q.scale.at(channel));
    result.push_back(std::isnan(multiple)
                         ? INT32_MAX
                         : static_cast<int32_t>(std::nearbyint(std::clamp(multiple, -1e6, 1e6))));
  }
  return result;
}

std::optional<Tensor> stored_from(const Tensor& real, const std::vector<int32_t>& values,
                                  int32_t zero) {
  Tensor made{real.name, DType::i8, real.shape, real.quantization, true, {}};
  made.quantization.zero_point.assign(made.quantization.scale.size(), zero);
  for (const int32_t value : values) {
    if (value + zero < -128 || value + zero > 127) return std::nullopt;
    made.data.push_back(static_cast<uint8_t>(static_cast<int8_t>(value + zero)));
  }
  return made;
}

}  // namespace

std::optional<Tensor> stored_multiples(const Tensor& real) {
  if (real.quantization.scale.size() != 1) return std::nullopt;
  const std::vector<int32_t> values = multiples(real);
  const auto [low, high] = std::ranges::minmax(values);
  if (low >= -128 && high <= 127) return stored_from(real, values, 0);
  if (low < -255 || high > 255) return std::nullopt;
  return stored_from(real, values, -128 - std::min(low, 0));
}

std::optional<Tensor> symmetric_weights(const Tensor& real) {
  if (real.quantization.empty()) return std::nullopt;
  const std::vector<int32_t> values = multiples(real);
  if (std::ranges::find(values, INT32_MAX) != values.end()) return std::nullopt;
  return stored_from(real, values, 0);
}

Tensor stored_bias(const Tensor& real, float x_scale, const Quantization& weights) {
  const auto values = real.values<float>();
  Tensor made{real.name, DType::i32, {static_cast<int32_t>(values.size())}, {}, true, {}};
  made.data.resize(values.size() * sizeof(int32_t));
  for (size_t c = 0; c < values.size(); ++c) {
    const size_t channel = weights.scale.size() == 1 ? 0 : c;
    const double scale =
        static_cast<double>(x_scale) * static_cast<double>(weights.scale.at(channel));
    const double stored = std::nearbyint(static_cast<double>(values[c]) / scale);
    made.values<int32_t>()[c] =
        std::isnan(stored) ? 0
                           : static_cast<int32_t>(std::clamp<double>(stored, INT32_MIN, INT32_MAX));
  }
  return made;
}

}  // namespace mote::passes
