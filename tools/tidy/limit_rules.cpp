// The style limits of CONTRIBUTING.md: columns, lines of a file, lines of a function.
#include <string>

#include "tools/tidy/rules.hpp"
#include "tools/tidy/scopes.hpp"

namespace mote::tidy {
namespace {

constexpr int columns_max = 100;
constexpr int file_lines_max = 500;
constexpr int function_lines_max = 70;
constexpr int table_statements_max = 3;

// Code points, not bytes: the bytes that continue a UTF-8 sequence do not count.
int columns_of(const std::string& line) {
  int columns = 0;
  for (const char c : line) columns += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return columns;
}

// Prose and data wrap as they like; in kernels.inc a line is a kernel.
bool has_limits(const std::string& path) {
  for (const char* end :
       {".md", ".json", ".svg", ".txt", ".toml", ".csv", ".html", ".inc", "LICENSE"})
    if (path.ends_with(end)) return false;
  return true;
}

// A function that is little more than one `return {...};` holds data, which has no steps to split.
bool is_table(const Source& source, const Scope& function) {
  int statements = 0;
  for (int line = function.first_line; line <= function.last_line; ++line)
    for (const char c : source.code[static_cast<size_t>(line) - 1]) statements += c == ';';
  return statements <= table_statements_max;
}

}  // namespace

void check_limits(const Source& source, Findings& findings) {
  if (!has_limits(source.path)) return;
  for (size_t i = 0; i < source.text.size(); ++i) {
    const int columns = columns_of(source.text[i]);
    if (columns > columns_max)
      findings.push_back({source.path, static_cast<int>(i) + 1, "columns",
                          std::to_string(columns) + " columns",
                          "break it at " + std::to_string(columns_max)});
  }
  const int lines = static_cast<int>(source.text.size());
  if (lines > file_lines_max)
    findings.push_back({source.path, file_lines_max + 1, "lines", std::to_string(lines) + " lines",
                        "split it by topic: at most " + std::to_string(file_lines_max)});
  for (const Scope& function : functions_of(source)) {
    const int length = function.last_line - function.first_line + 1;
    if (length > function_lines_max && !is_table(source, function))
      findings.push_back({source.path, function.first_line, "function",
                          std::to_string(length) + " lines in one function",
                          "split it by step: at most " + std::to_string(function_lines_max)});
  }
}

void check_switches(const Source& source, Findings& findings) {
  for (const Scope& scope : switches_of(source)) {
    bool over_enum = false;
    int default_line = 0;
    for (int line = scope.first_line; line <= scope.last_line; ++line) {
      const std::string& code = source.code[static_cast<size_t>(line) - 1];
      const size_t at = code.find("case ");
      over_enum |= at != std::string::npos && code.find("::", at) != std::string::npos;
      if (code.find("default:") != std::string::npos) default_line = line;
    }
    if (over_enum && default_line != 0)
      findings.push_back({source.path, default_line, "switch",
                          "default: in a switch over an enum hides a value that was forgotten",
                          "name every value and return after the switch"});
  }
}

}  // namespace mote::tidy
