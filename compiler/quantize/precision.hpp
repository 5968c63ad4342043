// What numbers a layer computes with.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "compiler/ir/graph.hpp"

namespace mote::quantize {

// name, activations, largest stored weight (0: float weights), name on the command line
#define MOTE_PRECISION_LIST(X)    \
  X(int8, i8, 127, "int8")        \
  X(int16x8, i16, 127, "int16x8") \
  X(int4, i8, 7, "int4")          \
  X(float32, f32, 0, "float32")

enum class Precision : uint8_t {
#define MOTE_PRECISION_ENUM(name, activations, limit, text) name,
  MOTE_PRECISION_LIST(MOTE_PRECISION_ENUM)
#undef MOTE_PRECISION_ENUM
};

struct PrecisionInfo {
  std::string_view name;
  ir::DType activations;
  int32_t weight_limit;
};

const PrecisionInfo& precision_info(Precision precision);
inline std::string precision_name(Precision precision) {
  return std::string(precision_info(precision).name);
}
// Throws ir::GraphError naming those that exist.
Precision precision_from_name(std::string_view name);

}  // namespace mote::quantize
