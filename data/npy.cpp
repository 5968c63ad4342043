#include "data/npy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace mote::data {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr size_t header_bytes_max = 1 << 16;
constexpr int64_t elements_max = int64_t{1} << 34;

struct Header {
  char byte_order = '<';
  char kind = 'f';
  int64_t item_bytes = 4;
  bool fortran_order = false;
  std::vector<int64_t> shape;
};

// Reads the header's dictionary, a Python literal with exactly three keys.
class HeaderParser {
 public:
  HeaderParser(std::string_view name, std::string_view text) : name_(name), rest_(text) {}

  Header parse() {
    Header header;
    int32_t keys = 0;
    expect('{');
    while (!take('}')) {
      const std::string key = quoted();
      expect(':');
      if (key == "descr") {
        parse_descr(quoted(), header);
      } else if (key == "fortran_order") {
        header.fortran_order = boolean();
      } else if (key == "shape") {
        header.shape = tuple();
      } else {
        fail("unknown key '" + key + "'");
      }
      if (++keys > 3) fail("more than three keys");
      if (!take(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    if (keys != 3 || !rest_.empty()) fail("not the three keys descr, fortran_order, shape");
    return header;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw DataError(fmt::format("{}: NPY header: {}", name_, what));
  }

  void skip_space() {
    const size_t n = rest_.find_first_not_of(" \n\t");
    rest_.remove_prefix(n == std::string_view::npos ? rest_.size() : n);
  }

  bool take(char c) {
    skip_space();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char c) {
    if (!take(c)) fail(fmt::format("'{}' expected", c));
  }

  std::string quoted() {
    expect('\'');
    const size_t end = rest_.find('\'');
    if (end == std::string_view::npos) fail("a quote is not closed");
    std::string text(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return text;
  }

  bool boolean() {
    skip_space();
    for (const std::string_view word : {"True", "False"}) {
      if (rest_.substr(0, word.size()) == word) {
        rest_.remove_prefix(word.size());
        return word == "True";
      }
    }
    fail("True or False expected");
  }

  std::vector<int64_t> tuple() {
    std::vector<int64_t> numbers;
    expect('(');
    while (!take(')')) {
      int64_t number = 0;
      size_t digits = 0;
      while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9') {
        number = number * 10 + (rest_[digits++] - '0');
        if (number > elements_max) fail("the shape is too large");
      }
      if (digits == 0) fail("a number expected in the shape");
      rest_.remove_prefix(digits);
      numbers.push_back(number);
      if (numbers.size() > 8) fail("more than 8 dimensions");
      if (!take(',')) {
        expect(')');
        break;
      }
    }
    return numbers;
  }

  void parse_descr(const std::string& descr, Header& header) const {
    static constexpr std::array<std::string_view, 12> known = {"b1", "i1", "u1", "i2", "u2", "i4",
                                                               "u4", "i8", "u8", "f2", "f4", "f8"};
    const bool ordered = descr.size() == 3 && std::strchr("<>|=", descr[0]) != nullptr;
    for (const std::string_view type : known) {
      if (ordered && descr.substr(1) == type) {
        header = {descr[0], type[0], type[1] - '0', header.fortran_order, header.shape};
        return;
      }
    }
    throw DataError(
        fmt::format("{}: numbers of type '{}' are not supported (b, i, u, f of 1 to 8"
                    " bytes are)",
                    name_, descr));
  }

  std::string_view name_;
  std::string_view rest_;
};

double half_to_double(uint16_t half) {
  const int32_t exponent = (half >> 10) & 31;
  const double mantissa = half & 1023;
  const double sign = (half & 0x8000) != 0 ? -1 : 1;
  if (exponent == 31) return mantissa == 0 ? sign * HUGE_VAL : std::nan("");
  if (exponent == 0) return sign * std::ldexp(mantissa, -24);
  return sign * std::ldexp(mantissa + 1024, exponent - 25);
}

// The number at `item`, whose bytes are little-endian in `bits`.
double to_double(const Header& header, uint64_t bits) {
  const auto shift = static_cast<uint32_t>(64 - 8 * header.item_bytes);
  switch (header.kind) {
    case 'b':
      return bits != 0 ? 1 : 0;
    case 'i':
      return static_cast<double>(static_cast<int64_t>(bits << shift) >> shift);
    case 'u':
      return static_cast<double>(bits);
    default:
      if (header.item_bytes == 2) return half_to_double(static_cast<uint16_t>(bits));
      if (header.item_bytes == 4) return std::bit_cast<float>(static_cast<uint32_t>(bits));
      return std::bit_cast<double>(bits);
  }
}

uint64_t load(const uint8_t* item, int64_t size, bool big_endian) {
  uint64_t bits = 0;
  for (int64_t i = 0; i < size; ++i) {
    const int64_t place = big_endian ? size - 1 - i : i;
    bits |= static_cast<uint64_t>(item[i]) << (8 * place);
  }
  return bits;
}

template <typename T>
std::vector<T> convert(const Header& header, const uint8_t* data, int64_t rows, int64_t columns) {
  std::vector<T> values(static_cast<size_t>(rows * columns));
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t column = 0; column < columns; ++column) {
      const int64_t item = header.fortran_order ? column * rows + row : row * columns + column;
      const uint64_t bits =
          load(data + item * header.item_bytes, header.item_bytes, header.byte_order == '>');
      values[static_cast<size_t>(row * columns + column)] = static_cast<T>(to_double(header, bits));
    }
  }
  return values;
}

// A file's header and the bytes of its numbers, which are as many as the shape says.
struct Parts {
  Header header;
  std::span<const uint8_t> data;
  int64_t elements = 1;
};

Parts split_npy(std::string_view name, std::span<const uint8_t> bytes) {
  const auto fail = [&](const std::string& what) -> DataError {
    return DataError(fmt::format("{}: {}", name, what));
  };
  if (bytes.size() < 10 || std::memcmp(bytes.data(), magic.data(), magic.size()) != 0) {
    throw fail("is not an NPY array (its first bytes are not \\x93NUMPY)");
  }
  const uint8_t version = bytes[6];
  if (version < 1 || version > 3) throw fail(fmt::format("NPY version {} is unknown", version));
  const size_t length_bytes = version == 1 ? 2 : 4;
  const size_t header_at = 8 + length_bytes;
  if (bytes.size() < header_at) throw fail("is truncated inside the NPY header");
  const uint64_t header_size = load(bytes.data() + 8, static_cast<int64_t>(length_bytes), false);
  if (header_size > header_bytes_max || header_size > bytes.size() - header_at) {
    throw fail("is truncated inside the NPY header");
  }
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + header_at,
                              static_cast<size_t>(header_size));
  Parts parts{HeaderParser(name, text).parse(), bytes.subspan(header_at + header_size)};
  bool too_large = false;
  for (int64_t extent : parts.header.shape) {
    too_large = too_large || (extent > 0 && parts.elements > elements_max / extent);
    if (!too_large) parts.elements *= extent;
  }
  if (too_large ||
      static_cast<int64_t>(parts.data.size()) != parts.elements * parts.header.item_bytes) {
    throw fail(fmt::format(
        "shape ({}) of {}-byte numbers does not fit {} bytes of data; is it"
        " truncated?",
        fmt::join(parts.header.shape, ", "), parts.header.item_bytes, parts.data.size()));
  }
  return parts;
}

}  // namespace

NpyArray read_npy_array(std::string_view name, std::span<const uint8_t> bytes) {
  const Parts parts = split_npy(name, bytes);
  const Header& header = parts.header;
  NpyArray array;
  if (header.shape.empty() || header.shape.size() > 2) {
    throw DataError(fmt::format("{}: has {} dimensions; [frames] or [frames, axes] is needed", name,
                                header.shape.size()));
  }
  array.rows = header.shape[0];
  array.columns = header.shape.size() == 2 ? header.shape[1] : 1;
  const uint8_t* data = parts.data.data();
  if (header.kind == 'i' && header.item_bytes == 2) {
    array.values = convert<int16_t>(header, data, array.rows, array.columns);
  } else {
    array.values = convert<float>(header, data, array.rows, array.columns);
  }
  return array;
}

NpyTensor read_npy_tensor(std::string_view name, std::span<const uint8_t> bytes) {
  const Parts parts = split_npy(name, bytes);
  const Header& header = parts.header;
  if (header.fortran_order && header.shape.size() > 2) {
    throw DataError(
        fmt::format("{}: is in Fortran order; save it with numpy.ascontiguousarray", name));
  }
  const bool flat = header.shape.size() != 2;
  const int64_t rows = flat ? parts.elements : header.shape[0];
  const int64_t columns = flat ? 1 : header.shape[1];
  return {header.shape, convert<float>(header, parts.data.data(), rows, columns)};
}

std::string write_npy_array(const Values& values, int64_t rows, int64_t columns) {
  const bool is_counts = std::holds_alternative<std::vector<int16_t>>(values);
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}, {}), }}",
                                   is_counts ? "<i2" : "<f4", rows, columns);
  const size_t before = magic.size() + 4;
  header.append((64 - (before + header.size() + 1) % 64) % 64, ' ');
  header += '\n';
  std::string out(magic);
  out += {'\x01', '\x00', static_cast<char>(header.size() & 0xFFU),
          static_cast<char>(header.size() >> 8)};
  out += header;
  std::visit(
      [&](const auto& v) {
        out.append(reinterpret_cast<const char*>(v.data()), v.size() * sizeof(v[0]));
      },
      values);
  return out;
}

}  // namespace mote::data
