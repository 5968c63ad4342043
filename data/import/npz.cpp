// A ZIP of NumPy arrays: each chosen array of shape [frames] or [frames, 1] becomes one axis.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "data/archive.hpp"
#include "data/import/importer.hpp"
#include "data/npy.hpp"

namespace mote::data {
namespace {

constexpr int64_t unpacked_bytes_max = int64_t{1} << 32;

std::vector<std::string> chosen_arrays(std::string_view name, const ImportOptions& options,
                                       const std::map<std::string, NpyArray>& arrays,
                                       const std::vector<std::string>& order) {
  if (options.columns.empty()) {
    std::vector<std::string> same;
    const int64_t frames = arrays.at(order.front()).rows;
    std::copy_if(order.begin(), order.end(), std::back_inserter(same),
                 [&](const std::string& key) { return arrays.at(key).rows == frames; });
    return same;
  }
  for (const std::string& column : options.columns) {
    if (arrays.count(column) == 0) {
      throw DataError(
          fmt::format("{}: has no array '{}' (it has: {})", name, column, fmt::join(order, ", ")));
    }
  }
  return options.columns;
}

}  // namespace

std::vector<Recording> read_npz(std::string_view name, Bytes bytes, const ImportOptions& options) {
  std::map<std::string, NpyArray> arrays;
  std::vector<std::string> order;
  for (const ArchiveEntry& entry : read_archive(name, bytes, unpacked_bytes_max)) {
    if (!entry.path.ends_with(".npy")) continue;
    const std::string key = entry.path.substr(0, entry.path.size() - 4);
    const std::string where = fmt::format("{}[{}]", name, key);
    const std::span<const uint8_t> data(reinterpret_cast<const uint8_t*>(entry.bytes.data()),
                                        entry.bytes.size());
    arrays[key] = read_npy_array(where, data);
    order.push_back(key);
  }
  if (order.empty()) throw DataError(fmt::format("{}: holds no arrays", name));
  const std::vector<std::string> chosen = chosen_arrays(name, options, arrays, order);
  const int64_t frames = arrays.at(chosen.front()).rows;
  std::vector<float> values(static_cast<size_t>(frames) * chosen.size());
  for (size_t axis = 0; axis < chosen.size(); ++axis) {
    const NpyArray& array = arrays.at(chosen[axis]);
    if (array.rows != frames || array.columns != 1) {
      throw DataError(fmt::format("{}[{}]: has shape ({}, {}), not ({}, 1)", name, chosen[axis],
                                  array.rows, array.columns, frames));
    }
    for (size_t i = 0; i < static_cast<size_t>(frames); ++i) {
      values[i * chosen.size() + axis] =
          std::visit([&](const auto& v) { return static_cast<float>(v[i]); }, array.values);
    }
  }
  Recording recording;
  recording.info.rate_hz = options.rate_hz;
  recording.info.units = "counts";
  recording.info.frames = frames;
  recording.info.axes = chosen;
  recording.values = std::move(values);
  return {std::move(recording)};
}

}  // namespace mote::data
