// Words that say nothing, words that belong to one machine, words that promise later work.
// A letter of each word stands in brackets, so that this file does not find itself.
#include <regex>
#include <string>

#include "tools/tidy/rules.hpp"

namespace mote::tidy {
namespace {

constexpr const char* vague = "uti[l]s?|comm[o]n|mis[c]|manag[e]rs?";
constexpr const char* vague_type = "\\w*(Manag[e]r|Uti[l]s?)";
constexpr const char* machine_folder = "wor[k]|roo[t]|hom[e]|tm[p]|far[m]";
constexpr const char* later = "TO[D]O|FIX[M]E|X[X]X|HA[C]K";
constexpr const char* unfinished = "stu[b](bed|s)?|placehold[e]rs?|dumm[y]|not implement[e]d";

std::regex whole_word(const char* words, std::regex::flag_type flags = std::regex::ECMAScript) {
  return std::regex(std::string("\\b(") + words + ")\\b", flags);
}

}  // namespace

void check_names(const Source& source, Findings& findings) {
  static const std::regex in_path(std::string("(^|[/_.-])(") + vague + ")([/_.-]|$)");
  static const std::regex in_type(std::string("\\b(class|struct|namespace|enum)\\s+(") +
                                  vague_type + "|" + vague + ")\\b");
  static const char* advice = "name it after what it does or holds";
  std::smatch match;
  if (std::regex_search(source.path, match, in_path))
    findings.push_back(
        {source.path, 1, "name", "'" + match[2].str() + "' says nothing about the file", advice});
  if (!is_cpp(source.path)) return;
  for (size_t i = 0; i < source.code.size(); ++i)
    if (std::regex_search(source.code[i], match, in_type))
      findings.push_back({source.path, static_cast<int>(i) + 1, "name",
                          "'" + match[2].str() + "' says nothing about the type", advice});
}

void check_words(const Source& source, Findings& findings) {
  static const std::regex machine_path(std::string("(^|[^\\w./:~$}-])/(") + machine_folder + ")/");
  static const std::regex later_word = whole_word(later);
  static const std::regex unfinished_word = whole_word(unfinished, std::regex::icase);
  if (source.path == "LICENSE") return;
  for (size_t i = 0; i < source.text.size(); ++i) {
    const int line = static_cast<int>(i) + 1;
    std::smatch match;
    if (std::regex_search(source.text[i], match, machine_path))
      findings.push_back({source.path, line, "machine-path",
                          "'" + match[0].str() + "' is a path of one machine",
                          "make it relative, or ask for a temporary folder"});
    if (std::regex_search(source.text[i], match, later_word) ||
        std::regex_search(source.text[i], match, unfinished_word))
      findings.push_back({source.path, line, "unfinished",
                          "'" + match[0].str() + "' announces work that is not done",
                          "do it, or file an issue and say here what is"});
  }
}

}  // namespace mote::tidy
