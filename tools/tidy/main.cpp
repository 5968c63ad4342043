// tidy [FOLDER]: reads a repository and prints what breaks its rules, one finding a line.
// Exit code 0 when there is nothing to mend, 1 when there is, 2 when the folder can't be read.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "tools/tidy/rules.hpp"

namespace {

namespace fs = std::filesystem;

bool is_left_out(const fs::path& folder) {
  const std::string name = folder.filename().string();
  // corpus: the inputs that a fuzzer keeps are bytes, not text.
  return name == "build" || name == "corpus" || name == "node_modules" || name == ".git" ||
         name == ".cache";
}

bool is_text(const std::string& path) {
  for (const char* end : {".cpp", ".hpp", ".h", ".c", ".inc", ".cmake", ".txt", ".md", ".json",
                          ".toml", ".ld", ".s", ".S", ".sh", ".py", ".fbs", "/run", "LICENSE"})
    if (path.ends_with(end)) return true;
  return path.find('.') == std::string::npos;
}

std::vector<mote::tidy::Source> read_repository(const fs::path& root) {
  std::vector<mote::tidy::Source> sources;
  fs::recursive_directory_iterator entry(root), end;
  for (; entry != end; ++entry) {
    if (entry->is_directory()) {
      if (is_left_out(entry->path())) entry.disable_recursion_pending();
      continue;
    }
    const std::string path = fs::relative(entry->path(), root).generic_string();
    if (!entry->is_regular_file() || !is_text(path)) continue;
    std::ostringstream content;
    content << std::ifstream(entry->path(), std::ios::binary).rdbuf();
    if (content.str().find('\0') != std::string::npos) continue;
    sources.push_back(mote::tidy::parse_source(path, content.str()));
  }
  std::sort(sources.begin(), sources.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return sources;
}

}  // namespace

int main(int argc, char** argv) {
  const fs::path root = argc > 1 ? argv[1] : ".";
  if (!fs::exists(root / "CMakeLists.txt")) {
    std::cerr << "tidy: " << root.string() << " is not the root of the repository\n";
    return 2;
  }
  const auto sources = read_repository(root);
  const auto findings = mote::tidy::check_all(sources);
  for (const auto& finding : findings)
    std::cout << finding.path << ':' << finding.line << ": [" << finding.rule << "] "
              << finding.what << "; " << finding.advice << '\n';
  std::cout << "tidy: " << sources.size() << " files, " << findings.size() << " findings\n";
  return findings.empty() ? 0 : 1;
}
