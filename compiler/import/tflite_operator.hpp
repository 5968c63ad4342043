// One operator of a .tflite file, as an op folder's TfliteRule sees it.
//
// Each op reads its own options, by union member and field number of TensorFlow Lite's
// tensorflow/lite/schema/schema.fbs; for example Conv2DOptions is member 1 of BuiltinOptions, and
// its field 2 is stride_h. Reads are bounds-checked: a hostile file can give any value but can't
// make a read leave the file.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace mote::tflite {

// The fields of one options table. An absent table, and a field that the table doesn't have, read
// as the fallback. All reads throw ir::GraphError when the field lies outside the file.
class Options {
 public:
  Options() = default;
  // `table`: position of the table in `file`. Throws ir::GraphError when there can't be one.
  Options(std::span<const uint8_t> file, size_t table);

  int32_t byte(int field, int32_t fallback = 0) const;  // an enum or a bool
  int32_t integer(int field, int32_t fallback = 0) const;
  float real(int field, float fallback = 0) const;
  std::string text(int field) const;  // "" when absent

  // ActivationFunctionType: "none", "relu", "relu_n1_to_1" or "relu6"; throws ir::GraphError for
  // the others.
  std::string activation(int field) const;
  // Padding: "same" or "valid"; throws ir::GraphError for anything else.
  std::string padding(int field) const;

 private:
  // Offset of the field in the file, or 0 when the table doesn't have it.
  size_t locate(int field, size_t bytes) const;

  std::span<const uint8_t> file_;
  size_t table_ = 0;  // 0: no table
  size_t vtable_ = 0;
  size_t vtable_bytes_ = 0;
};

class Operator {
 public:
  // file, options_table: where the options are said to be (0: nowhere); checked when asked for.
  // custom: the options of a custom operator, a flexbuffer; checked when asked for.
  Operator(std::span<const uint8_t> file, int32_t options_member, size_t options_table,
           std::span<const uint8_t> custom, std::span<const int32_t> output_shape)
      : file_(file),
        options_member_(options_member),
        options_table_(options_table),
        custom_(custom),
        output_shape_(output_shape) {}

  // The options, if the file carries the given member of the union BuiltinOptions; anything else
  // counts as absent, as it does in TensorFlow Lite.
  Options options(int32_t member) const;

  // One entry of a custom operator's options. Throws ir::GraphError when it is missing or not an
  // integer that fits.
  int32_t custom_integer(const char* key) const;
  int32_t custom_integer(const char* key, int32_t fallback) const;  // when it is missing
  double custom_real(const char* key) const;                        // an integer's value too

  // Declared shape of the first output; empty when it has no outputs.
  std::span<const int32_t> output_shape() const { return output_shape_; }

 private:
  std::span<const uint8_t> file_;
  int32_t options_member_;
  size_t options_table_;
  std::span<const uint8_t> custom_;
  std::span<const int32_t> output_shape_;
};

}  // namespace mote::tflite
