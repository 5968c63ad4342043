// What commands print: reports on stdout, everything else on stderr.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace mote::cli {

// Prints `document` to stdout, indented by two spaces, with a newline at the end. Strings that are
// not UTF-8 (file names may be anything) are printed with U+FFFD in place of the wrong bytes.
void print_json(const nlohmann::json& document);

// `mote: warning: <text>` on stderr.
void print_warning(const std::string& text);

// A table with columns as wide as their widest cell. The first row is the heading; columns whose
// cells all look like numbers are aligned right. UTF-8 is counted by code points.
class Table {
 public:
  explicit Table(std::vector<std::string> heading) : rows_{std::move(heading)} {}

  // A row may be shorter than the heading; missing cells are empty.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  // Each line indented by two spaces, no trailing spaces.
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace mote::cli
