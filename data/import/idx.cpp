// MNIST's idx files (Y. LeCun, C. Cortes, "The MNIST database of handwritten digits"), perhaps
// gzipped: a picture is a recording whose frames are its rows, read from the top, so that what
// learns from sensors over time can learn from it. Labels come from the labels file beside it.
#include <fmt/format.h>

#include "data/archive.hpp"
#include "data/import/importer.hpp"

namespace mote::data {
namespace {

constexpr int64_t unpacked_bytes_max = int64_t{1} << 31;
constexpr uint8_t type_u8 = 0x08;
constexpr uint64_t side_max = 4096;

struct Idx {
  std::vector<uint64_t> shape;
  std::string bytes;  // of the whole file
  size_t data_at = 0;
};

Idx parse_idx(std::string_view name, std::string bytes, size_t dimensions) {
  Idx idx{{}, std::move(bytes), 4 + 4 * dimensions};
  const auto at = [&](size_t i) { return static_cast<uint8_t>(idx.bytes[i]); };
  if (idx.bytes.size() < 4) throw DataError(fmt::format("{}: is truncated", name));
  if (at(0) != 0 || at(1) != 0 || at(2) != type_u8 || at(3) != dimensions) {
    throw DataError(
        fmt::format("{}: is not an idx file of bytes with {} dimensions", name, dimensions));
  }
  if (idx.bytes.size() < idx.data_at) throw DataError(fmt::format("{}: is truncated", name));
  uint64_t count = 1;
  for (size_t d = 0; d < dimensions; ++d) {
    uint64_t extent = 0;
    for (size_t i = 0; i < 4; ++i) extent = extent << 8 | at(4 + 4 * d + i);
    idx.shape.push_back(extent);
    if (d > 0 && (extent == 0 || extent > side_max)) {
      throw DataError(fmt::format("{}: pictures of {} rows or columns", name, extent));
    }
    count *= extent;
  }
  if (idx.bytes.size() - idx.data_at != count) {
    throw DataError(fmt::format("{}: holds {} values, but its heading says {}; is it truncated?",
                                name, idx.bytes.size() - idx.data_at, count));
  }
  return idx;
}

std::string unpacked(const std::string& name, std::string bytes) {
  if (!name.ends_with(".gz")) return bytes;
  const Bytes view(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  return decompress(name, view, unpacked_bytes_max);
}

// The labels, one byte each; empty when there is no labels file.
std::string labels_of(std::string_view name, uint64_t count, const ImportOptions& options) {
  constexpr std::string_view images = "images-idx3", labels = "labels-idx1";
  std::string beside(name);
  const size_t at = beside.rfind(images);
  if (at == std::string::npos) return "";
  beside.replace(at, images.size(), labels);
  std::optional<std::string> bytes = companion_of(options, beside);
  if (!bytes) return "";
  const Idx idx = parse_idx(beside, unpacked(beside, std::move(*bytes)), 1);
  if (idx.shape[0] != count) {
    throw DataError(fmt::format("{}: has {} pictures, but {} has {} labels", name, count, beside,
                                idx.shape[0]));
  }
  return idx.bytes.substr(idx.data_at);
}

}  // namespace

std::vector<Recording> read_idx(std::string_view name, Bytes bytes, const ImportOptions& options) {
  const std::string file(name);
  const Idx idx = parse_idx(
      name, unpacked(file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}), 3);
  const uint64_t rows = idx.shape[1], columns = idx.shape[2];
  const std::string labels = labels_of(name, idx.shape[0], options);
  Recording one;
  one.info.units = "counts";
  one.info.rate_hz = static_cast<double>(rows);  // a picture lasts a second
  one.info.frames = static_cast<int64_t>(rows);
  for (uint64_t i = 0; i < columns; ++i) one.info.axes.push_back(fmt::format("column{}", i + 1));
  std::vector<Recording> recordings;
  for (uint64_t picture = 0; picture < idx.shape[0]; ++picture) {
    std::vector<int16_t> counts;
    const size_t begin = idx.data_at + picture * rows * columns;
    for (size_t i = 0; i < rows * columns; ++i) {
      counts.push_back(static_cast<uint8_t>(idx.bytes[begin + i]));
    }
    one.values = std::move(counts);
    if (!labels.empty()) one.info.label = fmt::format("{}", static_cast<uint8_t>(labels[picture]));
    recordings.push_back(one);
  }
  return recordings;
}

}  // namespace mote::data
