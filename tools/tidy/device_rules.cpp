// What the device side does without. The device side is core, the op kernels and device/, and
// every file that those include, so a format's reader belongs to it and its writer does not.
#include <regex>
#include <unordered_map>
#include <unordered_set>

#include "tools/tidy/rules.hpp"

namespace mote::tidy {
namespace {

// The host halves of an op (*.op.cpp, *.layer.cpp, *_host.*) and tests stand beside device files.
bool is_device_root(const std::string& path) {
  static const std::regex rooms(R"((core|device|ops)/.*)");
  static const std::regex host_half(R"(.*(\.(op|layer)\.cpp|_host\.[ch]pp))");
  // The posix port is host code: it is what stands in for a board on a computer.
  if (path.starts_with("device/ports/posix/")) return false;
  return is_cpp(path) && !is_test(path) && std::regex_match(path, rooms) &&
         !std::regex_match(path, host_half);
}

// Headers of C and C++ that need neither heap nor operating system, and the compiler's own.
bool is_freestanding(const std::string& name) {
  static const std::unordered_set<std::string> names = {
      "algorithm",   "array",       "atomic",    "cassert",    "cfloat",      "climits",
      "cstddef",     "cstdint",     "cstring",   "functional", "iterator",    "limits",
      "new",         "tuple",       "utility",   "arm_acle.h", "type_traits", "initializer_list",
      "xmmintrin.h", "immintrin.h", "arm_mve.h", "arm_neon.h", "stdint.h",    "stddef.h",
      "string.h"};
  return names.contains(name);
}

struct Ban {
  std::regex pattern;
  const char* what;
  const char* advice;
};

const std::vector<Ban>& bans() {
  static const std::vector<Ban> table = {
      {std::regex(R"(\bnew\s+[A-Za-z_:]|\bdelete\b(?!\s*;)|\b(malloc|calloc|realloc|free)\s*\()"),
       "uses the heap", "let the caller own the memory (an arena or a member)"},
      {std::regex(R"(\b(throw|try|catch)\b)"), "uses exceptions", "return Status or Result<T>"},
      {std::regex(R"(\b(typeid|dynamic_cast)\b)"), "uses RTTI", "use a const struct of functions"},
      {std::regex(R"(\bvirtual\b)"), "uses a virtual function",
       "use a const struct of functions with a context"},
      {std::regex(R"(\bstd::(string|vector|map|set|list|deque|unordered_\w+|function|)"
                  R"(unique_ptr|shared_ptr|cout|cerr|ostream|istream)\b)"),
       "uses a part of the standard library that allocates", "use mote::Span or a fixed array"},
      // mote's own exp, log and sqrt have the plain names.
      {std::regex(
           R"((\bstd::|\b__builtin_)(sin|cos|tan|exp|exp2|log|log2|log10|pow|sqrt|tanh|)"
           R"(round|floor|ceil|fma|hypot|atan2?)f?\s*\(|)"
           R"(\b(sin|cos|tan|exp|exp2|log|log2|log10|pow|sqrt|tanh|round|floor|ceil|fma)f\s*\()"),
       "may call libm, which differs between machines", "use the functions of core"},
  };
  return table;
}

// All files on the device side, tests left out.
std::unordered_set<std::string> device_side(const std::vector<Source>& sources) {
  static const std::regex device_rooms(R"((core|device|ops|formats)/.*)");
  std::unordered_map<std::string, const Source*> by_path;
  std::vector<const Source*> reached;
  std::unordered_set<std::string> side;
  for (const Source& source : sources) {
    by_path[source.path] = &source;
    if (is_device_root(source.path) && side.insert(source.path).second) reached.push_back(&source);
  }
  while (!reached.empty()) {
    const Source* source = reached.back();
    reached.pop_back();
    for (const Include& include : includes_of(*source)) {
      // An include of a host room breaks the rule of rooms; following it would only repeat that.
      if (!std::regex_match(include.name, device_rooms)) continue;
      const auto found = by_path.find(include.name);
      if (found != by_path.end() && side.insert(include.name).second)
        reached.push_back(found->second);
    }
  }
  return side;
}

void check_headers(const Source& source, Findings& findings) {
  // A port speaks to its operating system; nothing else on the device side may.
  if (source.path.starts_with("device/ports/")) return;
  for (const Include& include : includes_of(source))
    if (!include.quoted && !is_freestanding(include.name))
      findings.push_back({source.path, include.line, "device",
                          "includes <" + include.name + ">, which a bare board does not have",
                          "see is_freestanding in tools/tidy/device_rules.cpp for what it has"});
}

}  // namespace

void check_device_side(const std::vector<Source>& sources, Findings& findings) {
  const std::unordered_set<std::string> side = device_side(sources);
  for (const Source& source : sources) {
    if (!side.contains(source.path)) continue;
    check_headers(source, findings);
    for (size_t i = 0; i < source.code.size(); ++i)
      for (const Ban& ban : bans())
        if (std::regex_search(source.code[i], ban.pattern))
          findings.push_back(
              {source.path, static_cast<int>(i) + 1, "device", ban.what, ban.advice});
  }
}

}  // namespace mote::tidy
