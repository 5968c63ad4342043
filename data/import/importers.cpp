#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "data/import/importer.hpp"

namespace mote::data {

std::vector<Recording> read_wav(std::string_view, Bytes, const ImportOptions&);
std::vector<Recording> read_csv(std::string_view, Bytes, const ImportOptions&);
std::vector<Recording> read_npz(std::string_view, Bytes, const ImportOptions&);
std::vector<Recording> read_npy(std::string_view, Bytes, const ImportOptions&);
std::vector<Recording> read_edge_impulse(std::string_view, Bytes, const ImportOptions&);
std::vector<Recording> read_wfdb(std::string_view, Bytes, const ImportOptions&);
std::vector<Recording> read_idx(std::string_view, Bytes, const ImportOptions&);

const std::vector<Importer>& importers() {
  static const std::vector<Importer> table = {
      {"wav", {".wav", ".flac", ".ogg", ".aiff"}, read_wav},
      {"csv", {".csv", ".tsv", ".txt"}, read_csv},
      {"npz", {".npz"}, read_npz},
      {"npy", {".npy"}, read_npy},
      {"edge-impulse", {".json"}, read_edge_impulse},
      {"wfdb", {".hea"}, read_wfdb},
      {"idx", {"images-idx3-ubyte", "images-idx3-ubyte.gz"}, read_idx},
  };
  return table;
}

namespace {

std::string lower_case(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

}  // namespace

std::string refusal_of(std::string_view name) {
  const std::string lower = lower_case(name);
  for (const std::string_view picture : {".png", ".bmp", ".jpg", ".jpeg", ".gif"}) {
    if (lower.ends_with(picture)) {
      return "is a picture; a recording is what a sensor delivers over time";
    }
  }
  return "";
}

std::string importer_list() {
  std::vector<std::string> formats;
  for (const Importer& importer : importers()) {
    formats.push_back(fmt::format("{} ({})", importer.format, fmt::join(importer.extensions, " ")));
  }
  return fmt::format("{}", fmt::join(formats, ", "));
}

std::optional<std::string> companion_of(const ImportOptions& options, const std::string& name) {
  return options.companion ? options.companion(name) : std::nullopt;
}

const Importer* importer_for(std::string_view name) {
  const std::string lower = lower_case(name);
  // Edge Impulse puts its own suffix behind a file's: "idle.json.65vvqk2v.ingestion-….json".
  for (const Importer& importer : importers()) {
    for (const std::string_view extension : importer.extensions) {
      if (lower.ends_with(extension)) return &importer;
    }
  }
  return nullptr;
}

const Importer& importer_named(std::string_view format) {
  std::vector<std::string_view> names;
  for (const Importer& importer : importers()) {
    if (importer.format == format) return importer;
    names.push_back(importer.format);
  }
  throw DataError(
      fmt::format("'{}' is not a format (allowed: {})", format, fmt::join(names, ", ")));
}

std::vector<Recording> read_recordings(const Importer& importer, std::string_view name, Bytes bytes,
                                       const ImportOptions& options) {
  std::vector<Recording> recordings = importer.read(name, bytes, options);
  size_t number = 0;
  for (Recording& recording : recordings) {
    RecordingInfo& info = recording.info;
    info.name = std::string(name) + (++number > 1 ? fmt::format("#{}", number) : "");
    if (options.rate_hz > 0 && !options.interpolate) info.rate_hz = options.rate_hz;
    if (options.scale > 0 && std::holds_alternative<std::vector<int16_t>>(recording.values)) {
      info.scale = options.scale;
    }
    if (!options.units.empty()) info.units = options.units;
    if (!options.axes.empty()) {
      if (options.axes.size() != info.axes.size()) {
        throw DataError(fmt::format("{}: {} axis names given, but it has {} axes ({})", name,
                                    options.axes.size(), info.axes.size(),
                                    fmt::join(info.axes, ", ")));
      }
      info.axes = options.axes;
    }
    check(recording);
    info.hash = content_hash(recording);
  }
  if (recordings.empty()) throw DataError(fmt::format("{}: holds no recording", name));
  return recordings;
}

}  // namespace mote::data
