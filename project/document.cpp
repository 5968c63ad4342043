#include "project/document.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <array>

#include "project/error.hpp"

namespace mote::project {
namespace {

constexpr size_t text_bytes_max = 1 << 20;

Node convert(const toml::node& from) {
  Node to;
  to.line = static_cast<int32_t>(from.source().begin.line);
  if (const auto* table = from.as_table()) {
    Node::Table members;
    for (const auto& [key, member] : *table) {
      Node node = convert(member);
      // A table's own position is its heading; a value is looked for at its key.
      if (!member.is_table()) node.line = static_cast<int32_t>(key.source().begin.line);
      members.emplace(std::string(key.str()), std::move(node));
    }
    to.value = std::move(members);
  } else if (const auto* array = from.as_array()) {
    Node::List items;
    for (const auto& item : *array) items.push_back(convert(item));
    to.value = std::move(items);
  } else if (const auto* text = from.as_string()) {
    to.value = text->get();
  } else if (const auto* integer = from.as_integer()) {
    to.value = integer->get();
  } else if (const auto* number = from.as_floating_point()) {
    to.value = number->get();
  } else if (const auto* flag = from.as_boolean()) {
    to.value = flag->get();
  }
  return to;
}

}  // namespace

std::string_view Node::kind() const {
  static constexpr std::array<std::string_view, 7> names = {
      "a date or time", "true or false", "a whole number", "a number", "text", "a list", "a table"};
  return names[value.index()];
}

Node parse_document(std::string_view text, const std::string& name) {
  if (text.size() > text_bytes_max) {
    throw ProjectError(
        fmt::format("{}: is larger than {} bytes; that is no project file", name, text_bytes_max));
  }
  try {
    return convert(toml::parse(text, name));
  } catch (const toml::parse_error& error) {
    throw ProjectError(fmt::format("{}:{}: is not TOML: {}", name, error.source().begin.line,
                                   error.description()));
  }
}

}  // namespace mote::project
