#include "compiler/import/tflite_operator.hpp"

#include <flatbuffers/flexbuffers.h>

#include <array>
#include <cmath>
#include <cstring>
#include <string_view>

#include "compiler/ir/graph.hpp"

namespace mote::tflite {
namespace {

template <class T>
T load(std::span<const uint8_t> file, size_t at) {
  T value;
  std::memcpy(&value, file.data() + at, sizeof value);
  return value;
}

template <size_t n>
std::string enum_name(const std::array<std::string_view, n>& names, int32_t value,
                      std::string_view what) {
  if (value < 0 || static_cast<size_t>(value) >= n) {
    throw ir::GraphError(std::string(what) + " " + std::to_string(value) + " is not supported");
  }
  return std::string(names[static_cast<size_t>(value)]);
}

// The entry of a custom operator's options, null when it is missing.
flexbuffers::Reference custom_entry(std::span<const uint8_t> custom, const char* key) {
  const bool good = custom.size() >= 3 && flexbuffers::VerifyBuffer(custom.data(), custom.size());
  if (!good) return {};
  const auto root = flexbuffers::GetRoot(custom.data(), custom.size());
  return root.IsMap() ? root.AsMap()[key] : flexbuffers::Reference();
}

}  // namespace

// A table starts with the signed distance back to its vtable; the vtable holds its own size in
// bytes, the table's size, and one 16-bit offset from the table's start per field (0: absent).
Options::Options(std::span<const uint8_t> file, size_t table) : file_(file), table_(table) {
  const auto check = [](bool inside) {
    if (!inside) throw ir::GraphError("its options lie outside the file");
  };
  check(table <= file.size() && file.size() - table >= 4);
  const int64_t vtable = static_cast<int64_t>(table) - load<int32_t>(file, table);
  check(vtable >= 0 && vtable <= static_cast<int64_t>(file.size()) - 4);
  vtable_ = static_cast<size_t>(vtable);
  vtable_bytes_ = load<uint16_t>(file, vtable_);
  check(vtable_bytes_ <= file.size() - vtable_);
}

size_t Options::locate(int field, size_t bytes) const {
  if (table_ == 0) return 0;
  const size_t entry = 4 + 2 * static_cast<size_t>(field);
  if (entry + 2 > vtable_bytes_) return 0;
  const size_t offset = load<uint16_t>(file_, vtable_ + entry);
  if (offset == 0) return 0;
  if (offset + bytes > file_.size() - table_) {
    throw ir::GraphError("field " + std::to_string(field) +
                         " of its options lies outside the file");
  }
  return table_ + offset;
}

int32_t Options::byte(int field, int32_t fallback) const {
  const size_t at = locate(field, 1);
  return at == 0 ? fallback : load<int8_t>(file_, at);
}

int32_t Options::integer(int field, int32_t fallback) const {
  const size_t at = locate(field, 4);
  return at == 0 ? fallback : load<int32_t>(file_, at);
}

float Options::real(int field, float fallback) const {
  const size_t at = locate(field, 4);
  return at == 0 ? fallback : load<float>(file_, at);
}

std::string Options::text(int field) const {
  const size_t at = locate(field, 4);
  if (at == 0) return "";
  const size_t start = at + load<uint32_t>(file_, at);
  const auto check = [](bool inside) {
    if (!inside) throw ir::GraphError("a text of its options lies outside the file");
  };
  check(start <= file_.size() && file_.size() - start >= 4);
  const uint32_t length = load<uint32_t>(file_, start);
  check(length <= file_.size() - start - 4);
  return {reinterpret_cast<const char*>(file_.data()) + start + 4, length};
}

std::string Options::activation(int field) const {
  static constexpr std::array<std::string_view, 4> names{"none", "relu", "relu_n1_to_1", "relu6"};
  return enum_name(names, byte(field), "fused activation function");
}

std::string Options::padding(int field) const {
  static constexpr std::array<std::string_view, 2> names{"same", "valid"};
  return enum_name(names, byte(field), "padding");
}

Options Operator::options(int32_t member) const {
  if (options_table_ == 0 || options_member_ != member) return {};
  return {file_, options_table_};
}

int32_t Operator::custom_integer(const char* key) const {
  const auto value = custom_entry(custom_, key);
  const int64_t number = value.AsInt64();
  if ((!value.IsIntOrUint() && !value.IsBool()) || number < INT32_MIN || number > INT32_MAX) {
    throw ir::GraphError("its options have no integer '" + std::string(key) + "'");
  }
  return static_cast<int32_t>(number);
}

int32_t Operator::custom_integer(const char* key, int32_t fallback) const {
  return custom_entry(custom_, key).IsNull() ? fallback : custom_integer(key);
}

double Operator::custom_real(const char* key) const {
  const auto value = custom_entry(custom_, key);
  if (!value.IsNumeric() || !std::isfinite(value.AsDouble())) {
    throw ir::GraphError("its options have no number '" + std::string(key) + "'");
  }
  return value.AsDouble();
}

}  // namespace mote::tflite
