#include <charconv>
#include <cstring>

#include "compiler/ir/text.hpp"

namespace mote::ir {
namespace {

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_number_char(char c) {
  return is_name_char(c) || c == '-' || c == '+' || c == '.';
}

// One line, read from left to right.
class Line {
 public:
  Line(std::string_view text, size_t number) : text_(text), number_(number) { skip_blanks(); }

  [[noreturn]] void expected(const std::string& what) const {
    throw GraphError("line " + std::to_string(number_) + ", column " + std::to_string(at_ + 1) +
                     ": expected " + what);
  }
  bool at_end() const { return at_ == text_.size() || text_[at_] == '#'; }
  void finish() const {
    if (!at_end()) expected("the end of the line");
  }
  bool sees(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool accept(char c) {
    if (!sees(c)) return false;
    ++at_;
    skip_blanks();
    return true;
  }
  void expect(char c) {
    if (!accept(c)) expected(std::string("'") + c + "'");
  }
  bool accept_word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    const size_t end = at_ + word.size();
    if (end < text_.size() && is_name_char(text_[end])) return false;
    at_ = end;
    skip_blanks();
    return true;
  }
  std::string name(const std::string& what) {
    const std::string_view token = take(is_name_char);
    if (token.empty()) expected(what);
    skip_blanks();
    return std::string(token);
  }
  std::string quoted() {
    if (!sees('"')) expected("a quoted text");
    ++at_;
    std::string result;
    while (at_ < text_.size() && text_[at_] != '"') {
      char c = text_[at_++];
      if (c == '\\' && at_ < text_.size()) {
        c = text_[at_++];
        if (c == 'n') c = '\n';
      }
      result += c;
    }
    expect('"');
    return result;
  }
  template <class Integer>
  Integer integer(const std::string& what) {
    return number<Integer>(take(is_number_char), what);
  }
  template <class Real>
  Real real(const std::string& what) {
    return number<Real>(take(is_number_char), what);
  }
  TensorId id() {
    if (accept_word("_")) return no_tensor;
    if (!accept('%')) expected("a tensor such as %0");
    return integer<TensorId>("a tensor number");
  }
  // An integer or a real; reals are recognised by a point, an exponent or a letter.
  Attribute number_attribute() {
    const size_t begin = at_;
    const std::string_view token = take(is_number_char);
    const bool whole = token.find_first_not_of("-0123456789") == std::string_view::npos;
    at_ = begin;
    if (whole) return integer<int64_t>("a value");
    return real<double>("a value");
  }
  template <class Item>
  void list(Item&& item) {
    expect('[');
    if (accept(']')) return;
    do {
      item();
    } while (accept(','));
    expect(']');
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\r' || text_[at_] == '\t')) {
      ++at_;
    }
  }
  std::string_view take(bool (*belongs)(char)) {
    const size_t begin = at_;
    while (at_ < text_.size() && belongs(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  template <class Number>
  Number number(std::string_view token, const std::string& what) {
    Number value{};
    const auto result = std::from_chars(token.data(), token.data() + token.size(), value);
    if (token.empty() || result.ec != std::errc{} || result.ptr != token.data() + token.size()) {
      at_ -= token.size();
      expected(what);
    }
    skip_blanks();
    return value;
  }

  std::string_view text_;
  size_t number_;
  size_t at_ = 0;
};

template <class Element>
std::vector<uint8_t> parse_data(Line& line) {
  std::vector<uint8_t> data;
  line.list([&] {
    Element value{};
    if constexpr (std::is_floating_point_v<Element>) {
      value = line.real<Element>("a number");
    } else {
      value = line.integer<Element>("an integer in the type's range");
    }
    const size_t at = data.size();
    data.resize(at + sizeof value);
    std::memcpy(data.data() + at, &value, sizeof value);
  });
  return data;
}

std::vector<uint8_t> parse_data(Line& line, DType dtype) {
  if (!line.sees('[')) line.expected("a list of values (summarised constants can't be read)");
  switch (dtype) {
#define MOTE_PARSE_DATA(name, type) \
  case DType::name:                 \
    return parse_data<type>(line);
    MOTE_DTYPE_LIST(MOTE_PARSE_DATA)
#undef MOTE_PARSE_DATA
  }
  throw GraphError("unknown dtype");
}

DType parse_dtype(Line& line) {
  try {
    return dtype_from_name(line.name("a type"));
  } catch (const GraphError& error) {
    line.expected(std::string("a type before this; ") + error.what());
  }
}

void parse_tensor(Line& line, Graph& graph) {
  const TensorId id = line.id();
  if (id != static_cast<TensorId>(graph.tensors.size())) {
    line.expected("tensor %" + std::to_string(graph.tensors.size()) + " to come next");
  }
  Tensor tensor;
  tensor.name = line.quoted();
  tensor.dtype = parse_dtype(line);
  line.list([&] { tensor.shape.push_back(line.integer<int32_t>("an extent")); });
  tensor.variable = line.accept_word("variable");
  if (line.accept_word("quant")) {
    if (line.accept_word("axis")) tensor.quantization.axis = line.integer<int32_t>("an axis");
    do {
      tensor.quantization.scale.push_back(line.real<float>("a scale"));
      line.expect(':');
      tensor.quantization.zero_point.push_back(line.integer<int32_t>("a zero point"));
    } while (!line.at_end() && !line.sees('='));
  }
  if (line.accept('=')) {
    tensor.constant = !tensor.variable;
    tensor.data = parse_data(line, tensor.dtype);
  }
  graph.add_tensor(std::move(tensor));
}

Attribute parse_attribute(Line& line) {
  if (line.sees('"')) return line.quoted();
  if (line.accept_word("r")) {
    std::vector<double> values;
    line.list([&] { values.push_back(line.real<double>("a real")); });
    return values;
  }
  if (line.sees('[')) {
    std::vector<int64_t> values;
    line.list([&] { values.push_back(line.integer<int64_t>("an integer")); });
    return values;
  }
  return line.number_attribute();
}

void parse_node(Line& line, Graph& graph) {
  Node node;
  do {
    node.outputs.push_back(line.id());
  } while (line.accept(','));
  line.expect('=');
  node.op = line.name("an op's name");
  line.expect('(');
  if (!line.accept(')')) {
    do {
      node.inputs.push_back(line.id());
    } while (line.accept(','));
    line.expect(')');
  }
  while (!line.at_end() && !line.sees('@')) {
    const std::string name = line.name("an attribute's name");
    line.expect('=');
    node.attributes[name] = parse_attribute(line);
  }
  if (line.accept('@')) node.source_index = line.integer<int32_t>("an operator index");
  graph.nodes.push_back(std::move(node));
}

void parse_line(Line& line, Graph& graph) {
  if (line.accept_word("graph")) {
    graph.name = line.quoted();
  } else if (line.accept_word("tensor")) {
    parse_tensor(line, graph);
  } else if (line.accept_word("input")) {
    graph.inputs.push_back(line.id());
  } else if (line.accept_word("node")) {
    parse_node(line, graph);
  } else if (line.accept_word("output")) {
    graph.outputs.push_back(line.id());
  } else if (!line.at_end()) {
    line.expected("graph, tensor, input, node or output");
  }
  line.finish();
}

}  // namespace

Graph parse_text(std::string_view text) {
  Graph graph;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    Line line(text.substr(0, end), number);
    parse_line(line, graph);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return graph;
}

}  // namespace mote::ir
