#include "compiler/import/tflite_resources.hpp"

#include "compiler/ir/graph.hpp"

namespace mote::tflite {
namespace {

using schema::BuiltinOperator_ASSIGN_VARIABLE;
using schema::BuiltinOperator_CALL_ONCE;
using schema::BuiltinOperator_READ_VARIABLE;
using schema::BuiltinOperator_VAR_HANDLE;

constexpr int32_t call_once_options = 103;
constexpr int32_t var_handle_options = 111;

// Container and name, which together tell a variable.
std::string handle_name(const File& file, const schema::Operator& source) {
  const Options options = file.view(source).options(var_handle_options);
  const std::string container = options.text(0);
  return (container.empty() ? "" : container + "/") + options.text(1);
}

int32_t operand(const flatbuffers::Vector<int32_t>* list, size_t index) {
  const auto values = ints(list);
  if (index >= values.size() || values[index] < 0) {
    throw ir::GraphError("an operator on a resource variable lacks an operand");
  }
  return values[index];
}

}  // namespace

bool Resources::is_declaration(int32_t builtin_code) {
  return builtin_code == BuiltinOperator_VAR_HANDLE || builtin_code == BuiltinOperator_CALL_ONCE;
}

Resources::Resources(const File& file) {
  read_main(file);
  for (const schema::Operator* source : *file.main().operators()) {
    if (file.builtin_code(*source) != BuiltinOperator_CALL_ONCE) continue;
    initialise(file, file.view(*source).options(call_once_options).integer(0));
  }
}

void Resources::read_main(const File& file) {
  for (const schema::Operator* source : *file.main().operators()) {
    const int32_t code = file.builtin_code(*source);
    if (code == BuiltinOperator_VAR_HANDLE) {
      const std::string name = handle_name(file, *source);
      names_[operand(source->outputs(), 0)] = name;
      all_.try_emplace(name);
    } else if (code == BuiltinOperator_READ_VARIABLE) {
      all_[name(operand(source->inputs(), 0))].like = operand(source->outputs(), 0);
    } else if (code == BuiltinOperator_ASSIGN_VARIABLE) {
      Resource& resource = all_[name(operand(source->inputs(), 0))];
      if (resource.like < 0) resource.like = operand(source->inputs(), 1);
    }
  }
}

void Resources::initialise(const File& file, int32_t graph) {
  const schema::SubGraph& initialiser = file.graph(graph);
  std::map<int32_t, std::string> names;
  for (const schema::Operator* source : *initialiser.operators()) {
    const int32_t code = file.builtin_code(*source);
    if (code == BuiltinOperator_VAR_HANDLE) {
      names[operand(source->outputs(), 0)] = handle_name(file, *source);
      continue;
    }
    const auto handle = code == BuiltinOperator_ASSIGN_VARIABLE
                            ? names.find(operand(source->inputs(), 0))
                            : names.end();
    const auto found = handle == names.end() ? all_.end() : all_.find(handle->second);
    const std::string where = "graph " + std::to_string(graph) + ", called once: ";
    if (handle == names.end()) {
      throw ir::GraphError(where + "only assignments to variables are supported, it has " +
                           file.operator_name(*source));
    }
    if (found == all_.end()) continue;  // a variable that the main graph doesn't use
    const schema::Tensor& value = file.tensor(operand(source->inputs(), 1), initialiser);
    found->second.initial = file.buffer(value, handle->second);
    if (found->second.initial.empty()) {
      throw ir::GraphError(where + "variable '" + handle->second + "' isn't set to a constant");
    }
  }
}

const std::string& Resources::name(int32_t handle) const {
  const auto found = names_.find(handle);
  if (found == names_.end()) {
    throw ir::GraphError("tensor " + std::to_string(handle) +
                         " isn't a resource variable's handle");
  }
  return found->second;
}

}  // namespace mote::tflite
