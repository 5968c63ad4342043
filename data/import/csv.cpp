// Tables of samples: a row per frame, a column per axis, perhaps a time and a label per row.
#include "data/csv.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "data/import/importer.hpp"
#include "data/resample.hpp"

namespace mote::data {
namespace {

constexpr size_t axes_max = 4096;
constexpr int64_t column_absent = -1;

struct Table {
  std::string_view name;
  std::vector<std::string> header;
  std::vector<CsvRow> rows;  // without the heading
};

struct Layout {
  std::vector<size_t> values;
  int64_t time = column_absent;
  int64_t label = column_absent;
};

Table read_table(std::string_view name, Bytes bytes, char delimiter) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  Table table{name, {}, parse_csv(name, text, delimiter)};
  if (table.rows.empty()) throw DataError(fmt::format("{}: is empty", name));
  double number = 0;
  const std::vector<std::string>& first = table.rows.front().cells;
  const bool has_header = std::none_of(first.begin(), first.end(), [&](const std::string& cell) {
    return parse_number(cell, number);
  });
  if (has_header) {
    table.header = first;
    table.rows.erase(table.rows.begin());
  } else {
    for (size_t i = 0; i < first.size(); ++i) {
      table.header.push_back(fmt::format("column{}", i + 1));
    }
  }
  if (table.rows.empty()) throw DataError(fmt::format("{}: has a heading but no rows", name));
  for (const CsvRow& row : table.rows) {
    if (row.cells.size() != table.header.size()) {
      throw DataError(fmt::format("{}:{}: has {} columns, not {}; is it truncated?", name, row.line,
                                  row.cells.size(), table.header.size()));
    }
  }
  return table;
}

int64_t find_column(const Table& table, const std::string& column) {
  const auto found = std::find(table.header.begin(), table.header.end(), column);
  return found == table.header.end() ? column_absent : found - table.header.begin();
}

size_t require_column(const Table& table, const std::string& column) {
  const int64_t found = find_column(table, column);
  if (found == column_absent) {
    throw DataError(fmt::format("{}: has no column '{}' (it has: {})", table.name, column,
                                fmt::join(table.header, ", ")));
  }
  return static_cast<size_t>(found);
}

Layout layout_of(const Table& table, const ImportOptions& options) {
  Layout layout;
  if (!options.time_column.empty()) {
    layout.time = static_cast<int64_t>(require_column(table, options.time_column));
  }
  // A set may hold files without the column of labels: all of such a file has one label.
  if (!options.label_column.empty()) layout.label = find_column(table, options.label_column);
  if (!options.columns.empty()) {
    for (const std::string& column : options.columns) {
      layout.values.push_back(require_column(table, column));
    }
    return layout;
  }
  for (size_t i = 0; i < table.header.size(); ++i) {
    const auto column = static_cast<int64_t>(i);
    if (column != layout.time && column != layout.label) layout.values.push_back(i);
  }
  if (layout.values.empty() || layout.values.size() > axes_max) {
    throw DataError(fmt::format("{}: has {} columns of values", table.name, layout.values.size()));
  }
  return layout;
}

// "2020-02-08 13:30:47" or with T and fractions: seconds since 1970, civil calendar.
bool parse_date_time(std::string_view text, double& seconds) {
  constexpr std::string_view shape = "dddd-dd-dd dd:dd:dd";
  if (text.size() < shape.size()) return false;
  std::array<int64_t, 6> part{};
  size_t field = 0;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 'd') {
      if (text[i] < '0' || text[i] > '9') return false;
      part[field] = part[field] * 10 + (text[i] - '0');
    } else {
      if (text[i] != shape[i] && !(shape[i] == ' ' && text[i] == 'T')) return false;
      ++field;
    }
  }
  double fraction = 0;
  if (text.size() > shape.size() &&
      (text[shape.size()] != '.' || !parse_number(text.substr(shape.size()), fraction))) {
    return false;
  }
  // Days from the civil date (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
  const int64_t year = part[0] - (part[1] <= 2 ? 1 : 0);
  const int64_t era = year / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (part[1] + (part[1] > 2 ? -3 : 9)) + 2) / 5 + part[2] - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  const int64_t days = era * 146097 + day_of_era - 719468;
  seconds = static_cast<double>(((days * 24 + part[3]) * 60 + part[4]) * 60 + part[5]) + fraction;
  return true;
}

std::vector<double> times_of(const Table& table, const Layout& layout, double unit_s) {
  std::vector<double> times;
  if (layout.time == column_absent) return times;
  for (const CsvRow& row : table.rows) {
    const std::string& cell = row.cells[static_cast<size_t>(layout.time)];
    double time = 0;
    if (parse_number(cell, time)) {
      time *= unit_s;
    } else if (!parse_date_time(cell, time)) {
      throw DataError(fmt::format("{}:{}: '{}' is neither a number nor a date and time", table.name,
                                  row.line, cell));
    }
    if (!times.empty() && time < times.back()) {
      throw DataError(fmt::format("{}:{}: time goes backwards", table.name, row.line));
    }
    times.push_back(time);
  }
  return times;
}

// Rows [begin, end) between two pauses.
std::vector<std::pair<size_t, size_t>> runs_between_gaps(const std::vector<double>& times,
                                                         size_t rows, double gap_s_max) {
  std::vector<std::pair<size_t, size_t>> runs;
  size_t begin = 0;
  for (size_t i = 1; i < times.size() && gap_s_max > 0; ++i) {
    if (times[i] - times[i - 1] <= gap_s_max) continue;
    runs.emplace_back(begin, i);
    begin = i;
  }
  runs.emplace_back(begin, rows);
  return runs;
}

std::vector<Segment> segments_of(const Table& table, const Layout& layout, size_t begin, size_t end,
                                 const std::map<std::string, std::string>& names) {
  std::vector<Segment> segments;
  if (layout.label == column_absent) return segments;
  for (size_t i = begin; i < end; ++i) {
    std::string label = table.rows[i].cells[static_cast<size_t>(layout.label)];
    if (const auto named = names.find(label); named != names.end()) label = named->second;
    const auto frame = static_cast<int64_t>(i - begin);
    if (!segments.empty() && segments.back().label == label) {
      segments.back().end = frame + 1;
    } else {
      segments.push_back({frame, frame + 1, label});
    }
  }
  // Rows without a label belong to no segment.
  std::erase_if(segments, [](const Segment& segment) { return segment.label.empty(); });
  return segments;
}

Recording read_run(const Table& table, const Layout& layout, size_t begin, size_t end,
                   const ImportOptions& options) {
  Recording recording;
  recording.info.name = table.name;
  recording.info.frames = static_cast<int64_t>(end - begin);
  for (const size_t column : layout.values) recording.info.axes.push_back(table.header[column]);
  std::vector<float> values;
  values.reserve((end - begin) * layout.values.size());
  for (size_t i = begin; i < end; ++i) {
    for (const size_t column : layout.values) {
      double number = 0;
      if (!parse_number(table.rows[i].cells[column], number)) {
        throw DataError(fmt::format("{}:{}: '{}' in column '{}' is not a number", table.name,
                                    table.rows[i].line, table.rows[i].cells[column],
                                    table.header[column]));
      }
      values.push_back(static_cast<float>(number));
    }
  }
  recording.values = std::move(values);
  recording.info.segments = segments_of(table, layout, begin, end, options.label_names);
  return recording;
}

}  // namespace

std::vector<Recording> read_csv(std::string_view name, Bytes bytes, const ImportOptions& options) {
  const Table table = read_table(name, bytes, options.delimiter);
  const Layout layout = layout_of(table, options);
  const std::vector<double> times = times_of(table, layout, options.time_unit_s);
  std::vector<Recording> recordings;
  for (const auto& [begin, end] : runs_between_gaps(times, table.rows.size(), options.gap_s_max)) {
    if (end - begin < 2) continue;
    Recording recording = read_run(table, layout, begin, end, options);
    RecordingInfo& info = recording.info;
    info.rate_hz = options.rate_hz;
    if (!times.empty()) {
      const double span_s = times[end - 1] - times[begin];
      if (!(span_s > 0) && options.rate_hz <= 0) {
        throw DataError(fmt::format("{}: all rows have the same time; give a rate", name));
      }
      if (options.rate_hz <= 0) info.rate_hz = static_cast<double>(end - begin - 1) / span_s;
      if (options.interpolate) {
        const std::vector<double> run(times.begin() + static_cast<int64_t>(begin),
                                      times.begin() + static_cast<int64_t>(end));
        recording = interpolate_evenly(recording, run, info.rate_hz);
      }
    }
    recordings.push_back(std::move(recording));
  }
  return recordings;
}

}  // namespace mote::data
