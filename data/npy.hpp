// NumPy's .npy array format, versions 1.0 to 3.0
// (numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/recording.hpp"

namespace mote::data {

// An array of one or two dimensions, as [rows, columns] in row-major order.
struct NpyArray {
  int64_t rows = 0;
  int64_t columns = 1;
  Values values;  // int16 stays; every other number type becomes float
};

// Reads little- and big-endian bool, int8..int64, uint8..uint64, float16/32/64, C and Fortran
// order. Strict: the header must be exactly NumPy's dictionary, and the data exactly as long as
// the shape says. Throws DataError with `name` in front.
NpyArray read_npy_array(std::string_view name, std::span<const uint8_t> bytes);

// An array of up to eight dimensions, row-major, every number type as float.
struct NpyTensor {
  std::vector<int64_t> shape;
  std::vector<float> values;

  int64_t elements() const { return static_cast<int64_t>(values.size()); }
};

// Reads what read_npy_array does, of any shape; Fortran order of up to two dimensions only. Throws
// DataError with `name` in front.
NpyTensor read_npy_tensor(std::string_view name, std::span<const uint8_t> bytes);

// Version 1.0, C order, '<i2' or '<f4'.
std::string write_npy_array(const Values& values, int64_t rows, int64_t columns);

}  // namespace mote::data
