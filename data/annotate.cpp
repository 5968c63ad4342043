#include "data/annotate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>

#include "data/csv.hpp"

namespace mote::data {
namespace {

constexpr double train_part = 0.6;
constexpr double val_part = 0.8;  // end of val
constexpr size_t path_bytes_max = 4096;

std::string* field_of(Annotation& annotation, std::string_view field) {
  if (field == "label") return &annotation.label;
  if (field == "group") return &annotation.group;
  if (field == "split") return &annotation.split;
  return nullptr;
}

}  // namespace

Annotations parse_index(std::string_view name, std::string_view text) {
  const std::vector<CsvRow> rows = parse_csv(name, text, ',');
  if (rows.empty()) throw DataError(fmt::format("{}: is empty", name));
  const std::vector<std::string>& heading = rows.front().cells;
  const auto path_column = std::find(heading.begin(), heading.end(), "path") - heading.begin();
  if (path_column == static_cast<int64_t>(heading.size())) {
    throw DataError(fmt::format("{}:1: the heading has no 'path'", name));
  }
  Annotations annotations;
  for (size_t r = 1; r < rows.size(); ++r) {
    if (rows[r].cells.size() != heading.size()) {
      throw DataError(fmt::format("{}:{}: has {} columns, not {}", name, rows[r].line,
                                  rows[r].cells.size(), heading.size()));
    }
    Annotation annotation;
    for (size_t c = 0; c < heading.size(); ++c) {
      if (std::string* field = field_of(annotation, heading[c])) *field = rows[r].cells[c];
    }
    annotations[rows[r].cells[static_cast<size_t>(path_column)]] = annotation;
  }
  return annotations;
}

Annotations parse_info_labels(std::string_view name, std::string_view text) {
  try {
    const auto json = nlohmann::json::parse(text);
    Annotations annotations;
    for (const auto& file : json.at("files")) {
      const auto& label = file.at("label");
      annotations[file.at("path").get<std::string>()] = {label.value("label", ""), "",
                                                         file.value("category", "")};
    }
    return annotations;
  } catch (const nlohmann::json::exception& error) {
    throw DataError(fmt::format("{}: is not an info.labels file: {}", name, error.what()));
  }
}

PathPattern::PathPattern(const std::string& pattern) {
  regex_ = "(?:.*/)?";
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '*') {
      regex_ += "[^/]*";
    } else if (c == '{') {
      const size_t end = pattern.find('}', i);
      const std::string field = pattern.substr(i + 1, end == std::string::npos ? 0 : end - i - 1);
      Annotation probe;
      if (field_of(probe, field) == nullptr) {
        throw DataError(
            fmt::format("pattern '{}': {{{}}} is unknown (allowed: {{label}}, {{group}},"
                        " {{split}}, *)",
                        pattern, field));
      }
      fields_.push_back(field);
      regex_ += "([^/]+?)";
      i = end;
    } else {
      if (std::string_view("\\^$.|?+()[]}").find(c) != std::string_view::npos) regex_ += '\\';
      regex_ += c;
    }
  }
}

std::optional<Annotation> PathPattern::match(const std::string& path) const {
  std::smatch found;
  if (path.size() > path_bytes_max || !std::regex_match(path, found, std::regex(regex_))) {
    return std::nullopt;
  }
  Annotation annotation;
  for (size_t i = 0; i < fields_.size(); ++i) {
    *field_of(annotation, fields_[i]) = found[i + 1].str();
  }
  return annotation;
}

void apply(const std::vector<Rewrite>& rules, const std::string& name, Annotation& annotation) {
  for (const Rewrite& rule : rules) {
    const std::string* field = field_of(annotation, rule.source);
    const std::string source = field != nullptr ? *field : name;
    std::smatch found;
    if (!std::regex_match(source, found, std::regex(rule.regex))) continue;
    if (std::string* target = field_of(annotation, rule.target)) *target = found.format(rule.value);
  }
}

std::vector<Recording> annotated(const Recording& recording, const Annotation& annotation) {
  Recording whole = recording;
  // Labels per row say more than one for all.
  if (whole.info.segments.empty()) {
    if (!annotation.label.empty()) whole.info.label = annotation.label;
  } else {
    whole.info.label.clear();
  }
  if (!annotation.group.empty()) whole.info.group = annotation.group;
  if (annotation.split != split_by_time) {
    whole.info.split = split_from(annotation.split.empty() ? "unassigned" : annotation.split);
    return {std::move(whole)};
  }
  const int64_t frames = whole.info.frames;
  const auto train_end = static_cast<int64_t>(train_part * static_cast<double>(frames));
  const auto val_end = static_cast<int64_t>(val_part * static_cast<double>(frames));
  std::vector<Recording> parts;
  const auto take = [&](int64_t begin, int64_t end, Split split) {
    if (begin >= end) return;
    Recording part = cut(whole, begin, end);
    part.info.name += fmt::format("#{}", name_of(split));
    part.info.split = split;
    part.info.hash = content_hash(part);
    parts.push_back(std::move(part));
  };
  take(0, train_end, Split::train);
  take(train_end, val_end, Split::val);
  take(val_end, frames, Split::test);
  return parts;
}

}  // namespace mote::data
