// A named thing with parameters in the project file: a feature op, a model, a layer.
//
// The project file does not know which ops and layers exist; the rooms that do read an Entry with
// typed getters, which check type and range, and then call finish(), which refuses what nobody
// asked for. So every error names file and line, and a new op needs no change here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mote::project {

// "mote.toml:12: [train] 'epochs' is 0; allowed: 1..100000 ...".
class ProjectError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Value {
  std::variant<bool, int64_t, double, std::string, std::vector<double>, std::vector<std::string>>
      value;
  int32_t line = 0;
};

template <typename T>
struct Range {
  T low;
  T high;
};

class Entry {
 public:
  std::string name;   // "mfe", "ds_cnn", "dense"; what `op` or `type` says
  std::string where;  // "mote.toml:12: [features] op 'mfe'", for messages
  int32_t line = 0;
  std::map<std::string, Value> params;

  bool has(const std::string& key) const { return params.count(key) > 0; }

  // Each getter returns the parameter, or `fallback` when it is absent. Without a fallback the
  // parameter is required. They throw ProjectError for a wrong type or a value outside `range`.
  int64_t integer(const std::string& key, std::optional<int64_t> fallback,
                  Range<int64_t> range) const;
  double number(const std::string& key, std::optional<double> fallback, Range<double> range) const;
  bool flag(const std::string& key, std::optional<bool> fallback) const;
  std::string word(const std::string& key, std::optional<std::string> fallback,
                   const std::vector<std::string>& allowed) const;
  std::vector<double> numbers(const std::string& key, std::optional<std::vector<double>> fallback,
                              Range<double> range) const;

  // Throws ProjectError when there is a parameter that no getter asked for; suggests the nearest
  // of those asked for.
  void finish() const;

  // Throws ProjectError with `where` (or the parameter's line) in front.
  [[noreturn]] void fail(const std::string& what) const;
  [[noreturn]] void fail(const std::string& key, const std::string& what) const;

 private:
  const Value* find(const std::string& key, bool required) const;

  mutable std::set<std::string> asked_;
};

// The entry of `known` nearest to `word` by edit distance, empty when none is near enough.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

// ", did you mean 'epochs'? (allowed: batch, epochs, ...)" for messages about an unknown word.
std::string suggestion(std::string_view word, const std::vector<std::string>& known);

}  // namespace mote::project
