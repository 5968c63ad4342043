// Reading a table of the project file by a table of fields: one line per key.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "project/document.hpp"
#include "project/error.hpp"

namespace mote::project {

// A table in the file and how messages call it: "mote.toml", "[train]".
struct Place {
  std::string file;
  std::string section;

  [[noreturn]] void fail(int32_t line, const std::string& what) const {
    throw ProjectError(fmt::format("{}:{}: {} {}", file, line, section, what));
  }

  [[noreturn]] void fail_kind(const std::string& key, const Node& node,
                              const std::string& wanted) const {
    fail(node.line, fmt::format("'{}' is {}; it takes {}", key, node.kind(), wanted));
  }
};

// What reads one key's value into a section. Throws through `place`.
template <typename Section>
struct Field {
  std::string key;
  std::function<void(const Place& place, const Node& node, Section& section)> read;
};

// Makers of fields. Ranges include both ends.

template <typename Section, typename Integer>
Field<Section> integer(const std::string& key, Integer Section::*member, int64_t low,
                       int64_t high) {
  return {key, [=](const Place& place, const Node& node, Section& section) {
            const std::string wanted = fmt::format("a whole number, {}..{}", low, high);
            const auto* value = node.as<int64_t>();
            if (value == nullptr) place.fail_kind(key, node, wanted);
            if (*value < low || *value > high) {
              place.fail(node.line, fmt::format("'{}' is {}; allowed: {}", key, *value, wanted));
            }
            section.*member = static_cast<Integer>(*value);
          }};
}

template <typename Section>
Field<Section> number(const std::string& key, double Section::*member, double low, double high) {
  return {key, [=](const Place& place, const Node& node, Section& section) {
            const std::string wanted = fmt::format("a number, {}..{}", low, high);
            double value = 0;
            if (const auto* whole = node.as<int64_t>()) {
              value = static_cast<double>(*whole);
            } else if (const auto* real = node.as<double>()) {
              value = *real;
            } else {
              place.fail_kind(key, node, wanted);
            }
            if (!(value >= low && value <= high)) {
              place.fail(node.line, fmt::format("'{}' is {}; allowed: {}", key, value, wanted));
            }
            section.*member = value;
          }};
}

template <typename Section>
Field<Section> flag(const std::string& key, bool Section::*member) {
  return {key, [=](const Place& place, const Node& node, Section& section) {
            const auto* value = node.as<bool>();
            if (value == nullptr) place.fail_kind(key, node, "true or false");
            section.*member = *value;
          }};
}

// `check` returns what is wrong with a text, or nothing.
template <typename Section>
Field<Section> text(const std::string& key, std::string Section::*member,
                    const std::function<std::string(const std::string&)>& check = {}) {
  return {key, [=](const Place& place, const Node& node, Section& section) {
            const auto* value = node.as<std::string>();
            if (value == nullptr) place.fail_kind(key, node, "text");
            const std::string wrong = check ? check(*value) : "";
            if (!wrong.empty()) {
              place.fail(node.line, fmt::format("'{}' is '{}'; {}", key, *value, wrong));
            }
            section.*member = *value;
          }};
}

template <typename Section>
Field<Section> choice(const std::string& key, std::string Section::*member,
                      const std::vector<std::string>& allowed) {
  return {key, [=](const Place& place, const Node& node, Section& section) {
            const auto* value = node.as<std::string>();
            if (value == nullptr) {
              place.fail_kind(key, node, fmt::format("one of: {}", fmt::join(allowed, ", ")));
            }
            if (std::find(allowed.begin(), allowed.end(), *value) == allowed.end()) {
              place.fail(node.line,
                         fmt::format("'{}' is '{}'{}", key, *value, suggestion(*value, allowed)));
            }
            section.*member = *value;
          }};
}

template <typename Section>
Field<Section> texts(const std::string& key, std::vector<std::string> Section::*member,
                     size_t count_max) {
  return {key, [=](const Place& place, const Node& node, Section& section) {
            const std::string wanted = fmt::format("a list of up to {} texts", count_max);
            const auto* items = node.as<Node::List>();
            if (items == nullptr) place.fail_kind(key, node, wanted);
            std::vector<std::string> values;
            for (const Node& item : *items) {
              const auto* value = item.as<std::string>();
              if (value == nullptr || values.size() == count_max) {
                place.fail(item.line, fmt::format("'{}' takes {}", key, wanted));
              }
              if (std::find(values.begin(), values.end(), *value) != values.end()) {
                place.fail(item.line, fmt::format("'{}' names '{}' twice", key, *value));
              }
              values.push_back(*value);
            }
            section.*member = values;
          }};
}

template <typename Section>
Field<Section> integers(const std::string& key, std::vector<int64_t> Section::*member,
                        size_t count_min, size_t count_max, int64_t low, int64_t high) {
  return {key, [=](const Place& place, const Node& node, Section& section) {
            const std::string wanted = fmt::format("a list of {}..{} whole numbers, {}..{} each",
                                                   count_min, count_max, low, high);
            const auto* items = node.as<Node::List>();
            if (items == nullptr) place.fail_kind(key, node, wanted);
            std::vector<int64_t> values;
            for (const Node& item : *items) {
              const auto* value = item.as<int64_t>();
              if (value == nullptr || *value < low || *value > high) {
                place.fail(item.line, fmt::format("'{}' takes {}", key, wanted));
              }
              values.push_back(*value);
            }
            if (values.size() < count_min || values.size() > count_max) {
              place.fail(node.line, fmt::format("'{}' takes {}", key, wanted));
            }
            section.*member = values;
          }};
}

// A table of text to text.
template <typename Section>
Field<Section> text_map(const std::string& key,
                        std::map<std::string, std::string> Section::*member) {
  return {key, [=](const Place& place, const Node& node, Section& section) {
            const auto* table = node.as<Node::Table>();
            if (table == nullptr) place.fail_kind(key, node, "a table of texts");
            for (const Node::Table::value_type& entry : *table) {
              const auto* value = entry.second.as<std::string>();
              if (value == nullptr) place.fail_kind(key + "." + entry.first, entry.second, "text");
              (section.*member)[entry.first] = *value;
            }
          }};
}

// "64 KiB", "1 MiB", "512 B", "64 KB" (1000 each) as bytes; -1 when it is none.
int64_t parse_bytes(const std::string& text);

// Bytes: a whole number, or text such as "64 KiB".
template <typename Section>
Field<Section> bytes(const std::string& key, int64_t Section::*member, int64_t low, int64_t high) {
  return {key, [=](const Place& place, const Node& node, Section& section) {
            const std::string wanted =
                fmt::format("bytes, {}..{}, or text such as \"64 KiB\" or \"1 MiB\"", low, high);
            int64_t value = 0;
            if (const auto* whole = node.as<int64_t>()) {
              value = *whole;
            } else if (const auto* words = node.as<std::string>()) {
              value = parse_bytes(*words);
            } else {
              place.fail_kind(key, node, wanted);
            }
            if (value < low || value > high) {
              place.fail(node.line, fmt::format("'{}' takes {}", key, wanted));
            }
            section.*member = value;
          }};
}

// A key that is read elsewhere, such as a table inside a table.
template <typename Section>
Field<Section> elsewhere(const std::string& key) {
  return {key, [](const Place&, const Node&, Section&) {}};
}

// Reads all keys of a table. Unknown ones are refused with the nearest known one.
template <typename Section>
void read_table(const Place& place, const Node& node, const std::vector<Field<Section>>& fields,
                Section& section) {
  const auto* table = node.as<Node::Table>();
  if (table == nullptr) place.fail(node.line, fmt::format("is {}, not a table", node.kind()));
  std::vector<std::string> known;
  for (const Field<Section>& field : fields) known.push_back(field.key);
  for (const auto& [key, value] : *table) {
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&, k = key](const auto& f) { return f.key == k; });
    if (field == fields.end()) {
      place.fail(value.line, fmt::format("'{}' is unknown{}", key, suggestion(key, known)));
    }
    field->read(place, value, section);
  }
}

}  // namespace mote::project
