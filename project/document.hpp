// A TOML document as a plain tree with line numbers; the only file that sees toml++ is its .cpp.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mote::project {

struct Node {
  using List = std::vector<Node>;
  using Table = std::map<std::string, Node>;

  int32_t line = 0;
  // std::monostate: a date or time, which no key takes.
  std::variant<std::monostate, bool, int64_t, double, std::string, List, Table> value;

  template <typename T>
  const T* as() const {
    return std::get_if<T>(&value);
  }

  // "a number", "text", ... for messages.
  std::string_view kind() const;
};

// Throws ProjectError "<name>:<line>: ..." for text that is not TOML.
Node parse_document(std::string_view text, const std::string& name);

}  // namespace mote::project
