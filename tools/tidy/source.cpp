#include "tools/tidy/source.hpp"

#include <regex>

namespace mote::tidy {
namespace {

std::vector<std::string> split_lines(std::string_view content) {
  std::vector<std::string> lines;
  std::string line;
  for (const char c : content) {
    if (c == '\n') {
      lines.push_back(line);
      line.clear();
    } else if (c != '\r') {
      line += c;
    }
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

// Blanks comments and literals, keeping every line's length, so that columns still agree.
class Blanker {
 public:
  std::string operator()(const std::string& line) {
    std::string out(line.size(), ' ');
    for (size_t i = 0; i < line.size();) i = step(line, i, out);
    if (state_ != State::block && state_ != State::raw) state_ = State::code;
    return out;
  }

 private:
  enum class State { code, block, raw };

  size_t step(const std::string& line, size_t i, std::string& out) {
    if (state_ == State::block) return leave_at(line, i, "*/");
    if (state_ == State::raw) return leave_at(line, i, raw_end_);
    const std::string_view rest = std::string_view(line).substr(i);
    if (rest.starts_with("//")) return line.size();
    if (rest.starts_with("/*")) {
      state_ = State::block;
      return i + 2;
    }
    if (rest.starts_with("R\"")) return enter_raw(line, i);
    const bool digit_separator = line[i] == '\'' && i > 0 && std::isxdigit(byte(line[i - 1]));
    if (line[i] == '"' || (line[i] == '\'' && !digit_separator)) return skip_literal(line, i);
    out[i] = line[i];
    return i + 1;
  }

  size_t leave_at(const std::string& line, size_t i, const std::string& end) {
    const size_t at = line.find(end, i);
    if (at == std::string::npos) return line.size();
    state_ = State::code;
    return at + end.size();
  }

  size_t enter_raw(const std::string& line, size_t i) {
    const size_t open = line.find('(', i);
    if (open == std::string::npos) return i + 2;
    raw_end_ = ")" + line.substr(i + 2, open - i - 2) + "\"";
    state_ = State::raw;
    return open + 1;
  }

  static size_t skip_literal(const std::string& line, size_t i) {
    for (size_t end = i + 1; end < line.size(); ++end) {
      if (line[end] == '\\') {
        ++end;
      } else if (line[end] == line[i]) {
        return end + 1;
      }
    }
    return line.size();
  }

  static int byte(char c) { return static_cast<unsigned char>(c); }

  State state_ = State::code;
  std::string raw_end_;
};

}  // namespace

bool is_cpp(std::string_view path) {
  for (const std::string_view end : {".cpp", ".hpp", ".h", ".c", ".inc"})
    if (path.ends_with(end)) return true;
  return false;
}

bool is_test(std::string_view path) {
  for (const std::string_view end : {"_test.cpp", "_nightly.cpp", "_trial.hpp", "_trial.inc"}) {
    if (path.ends_with(end)) return true;
  }
  return false;
}

Source parse_source(std::string path, std::string_view content) {
  Source source{std::move(path), split_lines(content), {}};
  if (!is_cpp(source.path)) {
    source.code = source.text;
    return source;
  }
  Blanker blank;
  for (const std::string& line : source.text) source.code.push_back(blank(line));
  return source;
}

std::vector<Include> includes_of(const Source& source) {
  static const std::regex pattern(R"re(^\s*#\s*include\s*(["<])([^">]+)[">])re");
  std::vector<Include> includes;
  if (!is_cpp(source.path)) return includes;
  for (size_t i = 0; i < source.text.size(); ++i) {
    // The name is a literal, blanked in the code; the directive itself must not be a comment.
    if (source.code[i].find('#') == std::string::npos) continue;
    std::smatch match;
    if (std::regex_search(source.text[i], match, pattern))
      includes.push_back({static_cast<int>(i) + 1, match[1] == "\"", match[2]});
  }
  return includes;
}

}  // namespace mote::tidy
