// Labels, groups and splits from where people keep them: the file's path, an index.csv, Edge
// Impulse's info.labels, or the command line.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/recording.hpp"

namespace mote::data {

struct Annotation {
  std::string label;
  std::string group;
  std::string split;  // a word for split_from(), or a set's own that a Rewrite turns into one

  bool operator==(const Annotation&) const = default;
};

// Keys are paths as they stand in the file, relative to its folder.
using Annotations = std::map<std::string, Annotation>;

// index.csv: a heading with `path` and any of `label`, `group`, `split`.
Annotations parse_index(std::string_view name, std::string_view text);

// Edge Impulse's info.labels: {"files": [{"path", "category", "label": {"label"}}]}.
Annotations parse_info_labels(std::string_view name, std::string_view text);

// Where in a path label and group stand: "{label}/{group}_*.wav". `{label}`, `{group}`, `{split}`
// and `*` match any characters but '/'; the pattern is matched against the end of the path, from
// the start of a folder or file name.
class PathPattern {
 public:
  // Throws DataError for an unknown or unclosed {field}.
  explicit PathPattern(const std::string& pattern);

  // What stands in the places; nothing when the path has another shape.
  std::optional<Annotation> match(const std::string& path) const;

 private:
  std::string regex_;
  std::vector<std::string> fields_;
};

// A rule for a known set: when `regex` (ECMAScript) matches all of `source`, `target` becomes
// `value`, in which $1 stands for the first group. Source and target are "name" (source only),
// "label", "group", "split". Rules are applied in order.
struct Rewrite {
  std::string source;
  std::string regex;
  std::string target;
  std::string value;
};

void apply(const std::vector<Rewrite>& rules, const std::string& name, Annotation& annotation);

// The word in a split column for "cut this recording": its first 60 % are trained on, the next
// 20 % are val, the rest is test. For sets with a single recording of a class.
inline constexpr std::string_view split_by_time = "split by time";

// One recording with its annotation, or three when it is split by time.
std::vector<Recording> annotated(const Recording& recording, const Annotation& annotation);

}  // namespace mote::data
