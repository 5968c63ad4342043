// One NumPy array: [frames] or [frames, axes].
#include "data/npy.hpp"

#include <fmt/format.h>

#include "data/import/importer.hpp"

namespace mote::data {
namespace {

constexpr int64_t axes_max = 4096;

}  // namespace

std::vector<Recording> read_npy(std::string_view name, Bytes bytes, const ImportOptions& options) {
  NpyArray array = read_npy_array(name, bytes);
  if (array.columns > axes_max) {
    throw DataError(
        fmt::format("{}: {} axes; more than {} are not recordings of a sensor (is it"
                    " transposed?)",
                    name, array.columns, axes_max));
  }
  Recording recording;
  recording.info.rate_hz = options.rate_hz;
  recording.info.units = "counts";
  recording.info.frames = array.rows;
  for (int64_t i = 0; i < array.columns; ++i) {
    recording.info.axes.push_back(fmt::format("axis{}", i + 1));
  }
  recording.values = std::move(array.values);
  return {std::move(recording)};
}

}  // namespace mote::data
