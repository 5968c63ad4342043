// What operators a file has, and which of them can be imported.
#include <algorithm>

#include "compiler/import/tflite.hpp"
#include "compiler/import/tflite_file.hpp"
#include "compiler/ir/op.hpp"

namespace mote::tflite {

std::vector<OperatorSummary> list_operators(std::span<const uint8_t> bytes, std::string_view name) {
  const File file(bytes, name);
  std::vector<OperatorSummary> list;
  for (const schema::Operator* source : *file.main().operators()) {
    OperatorSummary summary{file.operator_name(*source), {}, {}};
    for (int32_t index : ints(source->inputs())) {
      summary.inputs.push_back(index < 0 ? "" : file.tensor_name(file.tensor(index)));
    }
    for (int32_t index : ints(source->outputs())) {
      summary.outputs.push_back(file.tensor_name(file.tensor(index)));
    }
    list.push_back(std::move(summary));
  }
  return list;
}

std::vector<std::string> operators_of(const ir::OpDef& op) {
  std::vector<std::string> names;
  for (const ir::TfliteRule& rule : op.tflite) {
    names.push_back(rule.custom_name.empty() ? builtin_name(rule.builtin_code)
                                             : std::string(rule.custom_name));
  }
  return names;
}

std::vector<std::string> supported_operators() {
  std::vector<std::string> names;
  for (const ir::OpDef* op : ir::all_ops()) {
    const auto own = operators_of(*op);
    names.insert(names.end(), own.begin(), own.end());
  }
  for (int32_t code : {schema::BuiltinOperator_VAR_HANDLE, schema::BuiltinOperator_CALL_ONCE,
                       schema::BuiltinOperator_IF, schema::BuiltinOperator_WHILE}) {
    names.push_back(builtin_name(code));
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace mote::tflite
