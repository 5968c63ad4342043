#include "lab/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "lab/board.hpp"
#include "lab/process.hpp"

namespace mote::lab {
namespace {

template <class T>
void append_values(const ir::Tensor& tensor, const std::vector<uint8_t>& bytes,
                   std::vector<double>& to) {
  const ir::Quantization& q = tensor.quantization;
  const bool scaled = !std::is_floating_point_v<T> && q.scale.size() == 1;
  const double scale = scaled ? static_cast<double>(q.scale[0]) : 1;
  const double zero = scaled ? q.zero_point[0] : 0;
  const auto* values = reinterpret_cast<const T*>(bytes.data());
  for (size_t i = 0; i < bytes.size() / sizeof(T); ++i) {
    to.push_back(scale * (static_cast<double>(values[i]) - zero));
  }
}

// What stored bits stand for the real value.
template <class T>
void append_stored(const ir::Tensor& tensor, double real, std::vector<uint8_t>& to) {
  T stored;
  if constexpr (std::is_floating_point_v<T>) {
    stored = static_cast<T>(real);
  } else {
    const ir::Quantization& q = tensor.quantization;
    const bool scaled = q.scale.size() == 1;
    const double value =
        scaled ? std::round(real / static_cast<double>(q.scale[0])) + q.zero_point[0] : real;
    stored = static_cast<T>(std::clamp(value, static_cast<double>(std::numeric_limits<T>::min()),
                                       static_cast<double>(std::numeric_limits<T>::max())));
  }
  const auto* raw = reinterpret_cast<const uint8_t*>(&stored);
  to.insert(to.end(), raw, raw + sizeof stored);
}

void append_stored(const ir::Tensor& tensor, double real, std::vector<uint8_t>& to) {
  switch (tensor.dtype) {
#define MOTE_APPEND_STORED(name, type) \
  case ir::DType::name:                \
    return append_stored<type>(tensor, real, to);
    MOTE_DTYPE_LIST(MOTE_APPEND_STORED)
#undef MOTE_APPEND_STORED
  }
  throw LabError("a tensor has an unknown type");
}

// Distance of two values; what isn't a number is far from everything but its like.
double distance(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) {
    return std::isnan(a) && std::isnan(b) ? 0 : std::numeric_limits<double>::infinity();
  }
  return a == b ? 0 : std::fabs(a - b);
}

Difference difference_of(const TracedTensor& a, const TracedTensor& b) {
  Difference d{a.name, a.op == b.op ? a.op : a.op + " / " + b.op, -1, false, 0, 0, 0, 0, ""};
  if (a.tensor.elements() != b.tensor.elements()) {
    d.incomparable = fmt::format("{} values against {}", a.tensor.elements(), b.tensor.elements());
    return d;
  }
  double error = 0, noise = 0, signal = 0;
  size_t count = 0;
  for (size_t i = 0; i < a.values.size(); ++i) {
    const auto one = real_values(a.tensor, a.values[i]), other = real_values(b.tensor, b.values[i]);
    for (size_t k = 0; k < one.size(); ++k) {
      const double off = distance(one[k], other[k]);
      d.max_abs = std::max(d.max_abs, off);
      d.largest = std::max(d.largest, std::fabs(one[k]));
      error += off;
      noise += off * off;
      signal += one[k] * one[k];
    }
    count += one.size();
  }
  d.same_bits = a.tensor.dtype == b.tensor.dtype &&
                a.tensor.quantization == b.tensor.quantization && a.values == b.values;
  d.mean_abs = count == 0 ? 0 : error / static_cast<double>(count);
  d.sqnr_db =
      noise == 0 ? std::numeric_limits<double>::infinity() : 10 * std::log10(signal / noise);
  return d;
}

// The layer of `all` that stands for `layer`; -1: none.
class Matcher {
 public:
  explicit Matcher(const std::vector<TracedTensor>& all) : all_(all) {
    for (const TracedTensor& layer : all) ++names_[layer.name];
  }
  int32_t find(const TracedTensor& layer) const {
    const auto known = names_.find(layer.name);
    const bool by_name = !layer.name.empty() && known != names_.end() && known->second == 1;
    const auto found = std::ranges::find_if(all_, [&](const TracedTensor& other) {
      return by_name ? other.name == layer.name
                     : layer.source_index >= 0 && other.source_index == layer.source_index &&
                           other.op == layer.op && other.name == layer.name;
    });
    return found == all_.end() ? -1 : static_cast<int32_t>(found - all_.begin());
  }

 private:
  const std::vector<TracedTensor>& all_;
  std::map<std::string, int> names_;
};

}  // namespace

std::vector<double> real_values(const ir::Tensor& tensor, const std::vector<uint8_t>& bytes) {
  std::vector<double> values;
  switch (tensor.dtype) {
#define MOTE_REAL_VALUES(name, type)            \
  case ir::DType::name:                         \
    append_values<type>(tensor, bytes, values); \
    break;
    MOTE_DTYPE_LIST(MOTE_REAL_VALUES)
#undef MOTE_REAL_VALUES
  }
  return values;
}

Comparison compare(const Trace& a, const Trace& b) {
  Comparison comparison;
  const Matcher matcher(b.layers);
  int32_t matched = 0;
  for (size_t i = 0; i < a.layers.size(); ++i) {
    const int32_t other = matcher.find(a.layers[i]);
    if (other < 0) continue;
    ++matched;
    Difference d = difference_of(a.layers[i], b.layers[static_cast<size_t>(other)]);
    d.layer = static_cast<int32_t>(i);
    comparison.layers.push_back(std::move(d));
  }
  if (!a.layers.empty() && !b.layers.empty()) {
    comparison.unmatched = static_cast<int32_t>(a.layers.size() + b.layers.size()) - 2 * matched;
  }
  if (a.outputs.size() != b.outputs.size()) {
    throw LabError(fmt::format("one model has {} outputs, the other {}: they can't be compared",
                               a.outputs.size(), b.outputs.size()));
  }
  for (size_t i = 0; i < a.outputs.size(); ++i) {
    comparison.outputs.push_back(difference_of(a.outputs[i], b.outputs[i]));
  }
  return comparison;
}

Inputs translated(const Inputs& inputs, const ir::Graph& a, const ir::Graph& b) {
  if (a.inputs.size() != b.inputs.size()) {
    throw LabError(fmt::format("one model has {} inputs, the other {}: they can't be compared",
                               a.inputs.size(), b.inputs.size()));
  }
  Inputs result = inputs;
  for (size_t i = 0; i < a.inputs.size(); ++i) {
    const ir::Tensor &from = a.tensor(a.inputs[i]), &to = b.tensor(b.inputs[i]);
    if (from.elements() != to.elements()) {
      throw LabError(
          fmt::format("input {} has {} values in one model, {} in the other: they can't "
                      "be compared",
                      i, from.elements(), to.elements()));
    }
    if (from.dtype == to.dtype && from.quantization == to.quantization) continue;
    for (auto& inference : result) {
      std::vector<uint8_t> bytes;
      for (double real : real_values(from, inference[i])) append_stored(to, real, bytes);
      inference[i] = std::move(bytes);
    }
  }
  return result;
}

}  // namespace mote::lab
