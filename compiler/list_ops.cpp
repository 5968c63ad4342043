#include "compiler/list_ops.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "compiler/import/tflite.hpp"
#include "compiler/ir/op.hpp"

namespace mote {
namespace {

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

// Kernels are named FUNCTION_TYPE_VARIANT; one without a type takes every type.
std::string types_of(const ir::OpDef& op) {
  if (op.traits.alias) return "any";
  if (op.kernels.empty()) return "float, before passes";
  constexpr std::pair<std::string_view, std::string_view> known[] = {
      {"_s8", "int8"}, {"_s16", "int16"}, {"_s32", "int32"}, {"_f32", "float"}};
  std::vector<std::string> types;
  for (const auto& [mark, name] : known) {
    const auto has = [mark = mark](const ir::KernelInfo& kernel) {
      return kernel.symbol.find(mark) != std::string_view::npos;
    };
    if (std::ranges::any_of(op.kernels, has)) types.emplace_back(name);
  }
  const auto untyped = [&](const ir::KernelInfo& kernel) {
    return std::ranges::none_of(known, [&](const auto& type) {
      return kernel.symbol.find(type.first) != std::string_view::npos;
    });
  };
  const auto copies = [](const ir::KernelInfo& kernel) {
    return kernel.symbol == "copy_reference";
  };
  if (std::ranges::any_of(op.kernels, copies)) return "any";
  if (std::ranges::any_of(op.kernels, untyped)) {
    types.emplace_back(types.empty() ? "see its folder" : "others");
  }
  return joined(types);
}

std::string kernels_of(const ir::OpDef& op) {
  if (op.traits.alias) return "none: the output is the input's memory";
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const ir::KernelInfo& kernel : op.kernels) {
    const std::string name = "`" + std::string(kernel.symbol) + "`";
    if (seen.insert(name).second) names.push_back(name);
  }
  return joined(names);
}

}  // namespace

std::string list_ops() {
  std::string text =
      "# Operators\n\n"
      "Made from the op table by `mote ops --markdown`; a test holds the two together. An op's\n"
      "folder, `ops/nn/NAME` or `ops/dsp/NAME`, has its formula, operands and ranges; kernels "
      "that\n"
      "several ops share stand in `ops/shared`. How to add one: [add-an-op.md](add-an-op.md).\n\n"
      "| op | types | TensorFlow Lite | kernels |\n|---|---|---|---|\n";
  for (const ir::OpDef* op : ir::all_ops()) {
    text += "| " + std::string(op->name) + " | " + types_of(*op) + " | " +
            joined(tflite::operators_of(*op)) + " | " + kernels_of(*op) + " |\n";
  }
  return text + R"(
`VAR_HANDLE` and `CALL_ONCE` name and initialise variables; they become no op. `IF` computes both
branches, which may keep no state, and selects; of a constant condition it is only the branch that
this takes. `WHILE` is its rounds one after another: their number must not depend on the inputs.

Models that compute in uint8 are read as int8, with values and zero points 128 lower; their inputs
and outputs stay uint8. Convolutions, fully connected layers, pooling and what only moves or
compares values give uint8's own bits; other ops compute as TensorFlow Lite's int8 operator does.

Weights of 4 bits stay packed in flash and give the bits of the same weights in int8: `conv_palette`
kernels decode them some channels at a time, `conv_mixed` kernels for every product. Those of
depthwise layers are few, and unpacked for the kernels of 8 bits unless flash is short. Float layers
with weights of 8 or 4 bits (hybrid models) keep them so: each sum of float values and stored
weights is scaled once. TensorFlow Lite quantises such a layer's input anew at every call instead,
and tflite-micro refuses it.

int8 weights of at most 128 values in a layer can be stored as indices of 1 to 7 bits too:
`--optimize flash` chooses `conv_palette` kernels for them. Results stay the same.
)";
}

}  // namespace mote
