#include "compiler/quantize/noise.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace mote::quantize {
namespace {

constexpr double decibels_max = 200;

template <class T>
std::vector<float> scaled(std::span<const uint8_t> bytes, float scale, int32_t zero) {
  std::vector<float> values(bytes.size() / sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    T stored;
    std::memcpy(&stored, bytes.data() + i * sizeof(T), sizeof(T));
    values[i] = scale * (static_cast<float>(stored) - static_cast<float>(zero));
  }
  return values;
}

template <class T>
std::vector<uint8_t> stored(const ir::Tensor& tensor, std::span<const float> values, int32_t low,
                            int32_t high) {
  std::vector<uint8_t> bytes(values.size() * sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    const float steps =
        std::round(values[i] / tensor.scale()) + static_cast<float>(tensor.zero_point());
    const auto value =
        static_cast<T>(std::clamp(steps, static_cast<float>(low), static_cast<float>(high)));
    std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
  }
  return bytes;
}

}  // namespace

void Noise::add(std::span<const float> real, std::span<const float> other) {
  for (size_t i = 0; i < real.size(); ++i) {
    const double r = static_cast<double>(real[i]), d = static_cast<double>(other[i]) - r;
    signal += r * r;
    noise += d * d;
  }
}

double Noise::decibels() const {
  if (noise == 0) return decibels_max;
  if (signal == 0) return -decibels_max;
  return std::clamp(10 * std::log10(signal / noise), -decibels_max, decibels_max);
}

double Noise::relative() const {
  return noise == 0 ? 0 : noise / std::max(signal, 1e-30);
}

std::vector<float> real_values(const ir::Tensor& tensor, std::span<const uint8_t> bytes) {
  const bool quantised = !tensor.quantization.empty();
  const float scale = quantised ? tensor.scale() : 1.0f;
  const int32_t zero = quantised ? tensor.zero_point() : 0;
  switch (tensor.dtype) {
#define MOTE_REAL_VALUES(name, type) \
  case ir::DType::name:              \
    return scaled<type>(bytes, scale, zero);
    MOTE_DTYPE_LIST(MOTE_REAL_VALUES)
#undef MOTE_REAL_VALUES
  }
  throw ir::GraphError("unknown dtype");
}

std::vector<uint8_t> input_bytes(const ir::Tensor& tensor, std::span<const float> values) {
  if (static_cast<int64_t>(values.size()) != tensor.elements()) {
    throw ir::GraphError("input '" + tensor.name + "' has " + std::to_string(tensor.elements()) +
                         " elements, not " + std::to_string(values.size()));
  }
  if (tensor.dtype == ir::DType::i8) return stored<int8_t>(tensor, values, -128, 127);
  if (tensor.dtype == ir::DType::i16) return stored<int16_t>(tensor, values, -32768, 32767);
  if (tensor.dtype != ir::DType::f32) {
    throw ir::GraphError("input '" + tensor.name + "' is " +
                         std::string(ir::dtype_name(tensor.dtype)) + ", not float32 or quantised");
  }
  const auto* bytes = reinterpret_cast<const uint8_t*>(values.data());
  return {bytes, bytes + values.size_bytes()};
}

}  // namespace mote::quantize
