#include "tools/tidy/scopes.hpp"

#include <regex>
#include <string>

namespace mote::tidy {
namespace {

enum class Kind {
  transparent,  // namespace, class, struct, union, extern "C": functions stand inside
  function,
  select,  // a switch
  other,   // a block, an initialiser, an enum
};

struct Open {
  Kind kind;
  int first_line;
};

bool has_word(const std::string& text, const char* word) {
  return std::regex_search(text, std::regex(std::string("\\b") + word + "\\b"));
}

// `= {` and `return {` start values; `operator=` does not.
bool is_value(const std::string& head) {
  const size_t last = head.find_last_not_of(" \t");
  return last != std::string::npos && (head[last] == '=' || head[last] == ',');
}

// A member's initialiser in braces, `: a_{1}, b_{2} {`: the brace directly follows a name that
// follows the colon or a comma of a constructor's initialiser list.
bool is_member_initialiser(const std::string& head) {
  static const std::regex pattern(R"(\)\s*(noexcept\s*)?:(?!:).*[:,]?\s*[A-Za-z_]\w*(<[^()]*>)?$)");
  static const std::regex only(R"(\)\s*(noexcept\s*)?:(?!:)\s*[A-Za-z_]\w*(<[^()]*>)?$)");
  if (std::regex_search(head, only)) return true;
  static const std::regex after_comma(R"(,\s*[A-Za-z_]\w*(<[^()]*>)?$)");
  return std::regex_search(head, pattern) && std::regex_search(head, after_comma);
}

// head: the text since the last `;`, `{` or `}`; kind: what it stands in.
Kind kind_of(const std::string& head, Kind inside) {
  if (inside != Kind::transparent)
    return std::regex_search(head, std::regex(R"(\bswitch\s*\()")) ? Kind::select : Kind::other;
  if (has_word(head, "enum") || is_value(head)) return Kind::other;
  const bool parenthesis = head.find('(') != std::string::npos;
  if (has_word(head, "namespace") || (has_word(head, "extern") && !parenthesis))
    return Kind::transparent;
  // A template's `class` stands before the parenthesis of a function's parameters as well.
  const bool type = has_word(head, "class") || has_word(head, "struct") || has_word(head, "union");
  if (type && !std::regex_search(head, std::regex(R"(\w\s*\()"))) return Kind::transparent;
  return parenthesis ? Kind::function : (type ? Kind::transparent : Kind::other);
}

class Scanner {
 public:
  explicit Scanner(const Source& source) {
    bool continued = false;
    for (size_t i = 0; i < source.code.size(); ++i) {
      line_ = static_cast<int>(i) + 1;
      const std::string& code = source.code[i];
      const size_t first = code.find_first_not_of(" \t");
      const bool directive = continued || (first != std::string::npos && code[first] == '#');
      continued = directive && !code.empty() && code.back() == '\\';
      if (directive) continue;
      for (const char c : code) step(c);
      head_ += ' ';
    }
  }

  std::vector<Scope> functions;
  std::vector<Scope> switches;

 private:
  void step(char c) {
    if (c == '{') {
      enter();
    } else if (c == '}') {
      leave();
    } else if (c == ';' && parentheses_ == 0) {
      forget_head();
    } else {
      parentheses_ += c == '(' ? 1 : (c == ')' ? -1 : 0);
      if (head_.find_first_not_of(' ') == std::string::npos) head_line_ = line_;
      head_ += c;
    }
  }

  void enter() {
    const Kind inside = open_.empty() ? Kind::transparent : open_.back().kind;
    while (!head_.empty() && head_.back() == ' ') head_.pop_back();
    if (inside == Kind::transparent && is_member_initialiser(head_)) {
      // The head goes on behind the initialiser's closing brace.
      kept_heads_.push_back({head_, head_line_});
      open_.push_back({Kind::other, 0});
    } else {
      open_.push_back({kind_of(head_, inside), head_line_});
    }
    forget_head();
  }

  void leave() {
    forget_head();
    if (open_.empty()) return;
    const Open closed = open_.back();
    open_.pop_back();
    if (closed.kind == Kind::function) functions.push_back({closed.first_line, line_});
    if (closed.kind == Kind::select) switches.push_back({closed.first_line, line_});
    if (closed.first_line == 0 && !kept_heads_.empty()) {
      head_ = kept_heads_.back().first + "()";
      head_line_ = kept_heads_.back().second;
      kept_heads_.pop_back();
    }
  }

  void forget_head() {
    head_.clear();
    head_line_ = line_;
    parentheses_ = 0;
  }

  std::vector<Open> open_;
  std::vector<std::pair<std::string, int>> kept_heads_;
  std::string head_;
  int head_line_ = 1;
  int line_ = 0;
  int parentheses_ = 0;
};

}  // namespace

std::vector<Scope> functions_of(const Source& source) {
  return is_cpp(source.path) ? Scanner(source).functions : std::vector<Scope>{};
}

std::vector<Scope> switches_of(const Source& source) {
  return is_cpp(source.path) ? Scanner(source).switches : std::vector<Scope>{};
}

}  // namespace mote::tidy
