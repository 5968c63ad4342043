#include "lab/carried_headers.hpp"

#include <sstream>
#include <vector>

#include "lab/source_tree.hpp"

namespace mote::lab {
namespace {

// What stands between the quotes of each `#include "..."`.
std::vector<std::string> quoted_includes(std::string_view text) {
  static constexpr std::string_view directive = "#include \"";
  std::vector<std::string> paths;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(directive, 0) != 0) continue;
    const size_t end = line.find('"', directive.size());
    if (end != std::string::npos) {
      paths.push_back(line.substr(directive.size(), end - directive.size()));
    }
  }
  return paths;
}

}  // namespace

std::map<std::string, std::string> carried_headers(std::string_view source) {
  std::map<std::string, std::string> found;
  std::vector<std::string> waiting = quoted_includes(source);
  while (!waiting.empty()) {
    const std::string path = std::move(waiting.back());
    waiting.pop_back();
    if (found.count(path) != 0 || !std::filesystem::exists(source_tree() / path)) continue;
    const std::string& text = found[path] = read_file(source_tree() / path);
    for (std::string& more : quoted_includes(text)) waiting.push_back(std::move(more));
  }
  return found;
}

}  // namespace mote::lab
