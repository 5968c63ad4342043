// How a file becomes recordings. A format is one file in this folder and one line in
// importers.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/recording.hpp"

namespace mote::data {

using Bytes = std::span<const uint8_t>;

// A file beside the one that is read, by its name; nothing when there is none.
using Companion = std::function<std::optional<std::string>(const std::string& name)>;

// What a format's reader has to be told, because files often do not say it. Empty or 0: as the
// file says, or the format's default.
struct ImportOptions {
  double rate_hz = 0;  // wins over the file's
  double scale = 0;    // units per count, for integer samples; default 1
  std::string units;
  std::vector<std::string> axes;  // new names of the axes, in order

  // Columns of a CSV, or arrays of an NPZ, to take as axes, in order. Empty: every column that is
  // not the time or the label; every array that has as many frames as the first.
  std::vector<std::string> columns;

  // CSV, WFDB: text of a label in the file -> label.
  std::map<std::string, std::string> label_names;

  Companion companion;  // for formats of several files; empty: there are no others

  // CSV only.
  char delimiter = 0;        // 0: the one of , ; tab that the first line holds most of
  std::string label_column;  // a label per row: runs of equal labels become segments
  std::string time_column;   // gives the rate when rate_hz is 0, and the gaps
  double time_unit_s = 1;    // seconds per unit of the time column; date-times need none
  bool interpolate = false;  // true: times are exact, samples move to an even grid; false:
                             // times only jitter (sent in bundles), the mean rate is taken
  double gap_s_max = 0;      // a longer pause starts a new recording; 0: never
};

// Reads one file. Recordings have name (the file's, plus "#2" and so on for further ones), axes,
// units, rate, scale, values, and whatever labels the format carries. Throws DataError naming the
// file and the place for anything that is not as it should be; never reads outside `bytes`.
using ReadRecordings = std::vector<Recording> (*)(std::string_view name, Bytes bytes,
                                                  const ImportOptions& options);

struct Importer {
  std::string_view format;                   // "wav"
  std::vector<std::string_view> extensions;  // ".wav", lower case
  ReadRecordings read;
};

const std::vector<Importer>& importers();

// The importer for a file name, nullptr when its extension is unknown.
const Importer* importer_for(std::string_view name);

// By format name. Throws DataError listing the formats there are.
const Importer& importer_named(std::string_view format);

// Why a file with this name is never imported ("is a picture ..."), or "".
std::string refusal_of(std::string_view name);

// "wav (.wav .flac), csv (.csv)": every format with its extensions, for people.
std::string importer_list();

// `options.companion` of a name, or nothing.
std::optional<std::string> companion_of(const ImportOptions& options, const std::string& name);

// importers.cpp's own checks after reading: names, rate, scale, finite values (check()).
std::vector<Recording> read_recordings(const Importer& importer, std::string_view name, Bytes bytes,
                                       const ImportOptions& options);

}  // namespace mote::data
