#include "compiler/quantize/precision.hpp"

namespace mote::quantize {
namespace {

constexpr PrecisionInfo infos[] = {
#define MOTE_PRECISION_INFO(name, activations, limit, text) {text, ir::DType::activations, limit},
    MOTE_PRECISION_LIST(MOTE_PRECISION_INFO)
#undef MOTE_PRECISION_INFO
};

}  // namespace

const PrecisionInfo& precision_info(Precision precision) {
  return infos[static_cast<size_t>(precision)];
}

Precision precision_from_name(std::string_view name) {
  std::string known;
  for (size_t i = 0; i < std::size(infos); ++i) {
    if (infos[i].name == name) return static_cast<Precision>(i);
    known += (known.empty() ? "" : ", ") + std::string(infos[i].name);
  }
  throw ir::GraphError("there is no precision '" + std::string(name) + "'; known: " + known);
}

}  // namespace mote::quantize
