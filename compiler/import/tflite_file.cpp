#include "compiler/import/tflite_file.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "compiler/import/tflite.hpp"
#include "compiler/ir/graph.hpp"

namespace mote::tflite {

static_assert(std::endian::native == std::endian::little,
              "constants are taken from the file as they are, little endian");

namespace {

constexpr uint32_t schema_version = 3;
constexpr uint32_t graphs_max = 1024;
constexpr size_t file_bytes_min = 16;
constexpr size_t file_bytes_max = size_t{1} << 30;

template <class T>
uint32_t count(const T* vector) {
  return vector == nullptr ? 0 : vector->size();
}

}  // namespace

std::span<const int32_t> ints(const flatbuffers::Vector<int32_t>* vector) {
  if (vector == nullptr) return {};
  return {vector->data(), vector->size()};
}

std::string builtin_name(int32_t code) {
  const char* name = schema::EnumNameBuiltinOperator(static_cast<schema::BuiltinOperator>(code));
  return name[0] == '\0' ? "operator code " + std::to_string(code) : name;
}

std::string type_name(schema::TensorType type) {
  const char* name = schema::EnumNameTensorType(type);
  return name[0] == '\0' ? std::to_string(static_cast<int>(type)) : name;
}

File::File(std::span<const uint8_t> bytes, std::string_view name) : name_(name), bytes_(bytes) {
  if (bytes.size() < file_bytes_min) fail("too short for a .tflite model");
  if (bytes.size() > file_bytes_max) fail("larger than 1 GiB");
  if (reinterpret_cast<uintptr_t>(bytes.data()) % 16 != 0) {
    aligned_.assign(bytes.begin(), bytes.end());
    bytes_ = aligned_;
  }
  // Some writers leave the identifier out, so it only helps to say what is wrong.
  flatbuffers::Verifier verifier(bytes_.data(), bytes_.size(), /*max_depth=*/16,
                                 /*max_tables=*/1 << 18);
  if (!verifier.VerifyBuffer<schema::Model>(nullptr)) {
    if (!schema::ModelBufferHasIdentifier(bytes_.data())) {
      fail("not a .tflite model (bytes 4 to 7 aren't TFL3)");
    }
    fail("damaged or truncated: its tables point outside the file");
  }
  model_ = schema::GetModel(bytes_.data());
  if (model_->version() != schema_version) {
    fail("schema version " + std::to_string(model_->version()) + " is not supported (only 3)");
  }
  check_counts();
  for (const schema::SubGraph* graph : *model_->subgraphs()) check_operators(*graph);
}

void File::check_counts() {
  const uint32_t graphs = count(model_->subgraphs());
  if (graphs == 0) fail("has no graph");
  main_ = model_->subgraphs()->Get(0);
  if (graphs > graphs_max) fail("has more than 1024 graphs");
  if (count(main_->tensors()) > tensors_max) fail("has more than 65536 tensors");
  if (count(main_->operators()) > operators_max) fail("has more than 65536 operators");
  if (count(main_->operators()) == 0) fail("has no operators");
  if (count(main_->inputs()) == 0) fail("has no inputs");
  if (count(main_->outputs()) == 0) fail("has no outputs");
}

void File::check_operators(const schema::SubGraph& graph) const {
  if (count(graph.operators()) > operators_max) fail("has more than 65536 operators");
  if (count(graph.operators()) == 0) return;
  for (const schema::Operator* source : *graph.operators()) {
    if (source->opcode_index() >= count(model_->operator_codes())) {
      fail("an operator has code index " + std::to_string(source->opcode_index()) + " of " +
           std::to_string(count(model_->operator_codes())));
    }
    for (int32_t index : ints(source->inputs())) {
      if (index != -1) tensor(index, graph);
    }
    for (int32_t index : ints(source->outputs())) tensor(index, graph);
  }
}

void File::fail(const std::string& fact) const {
  throw ir::GraphError(name_ + ": " + fact);
}

const schema::SubGraph& File::graph(int32_t index) const {
  const uint32_t graphs = count(model_->subgraphs());
  if (index < 0 || static_cast<uint32_t>(index) >= graphs) {
    fail("graph index " + std::to_string(index) + " of " + std::to_string(graphs));
  }
  const auto* graph = model_->subgraphs()->Get(static_cast<uint32_t>(index));
  if (count(graph->operators()) == 0) fail("graph " + std::to_string(index) + " has no operators");
  return *graph;
}

const schema::Tensor& File::tensor(int32_t index, const schema::SubGraph& graph) const {
  if (index < 0 || static_cast<uint32_t>(index) >= count(graph.tensors())) {
    fail("tensor index " + std::to_string(index) + " of " + std::to_string(count(graph.tensors())));
  }
  return *graph.tensors()->Get(static_cast<uint32_t>(index));
}

std::string File::tensor_name(const schema::Tensor& tensor) const {
  return tensor.name() == nullptr ? "" : tensor.name()->str();
}

std::span<const uint8_t> File::buffer(const schema::Tensor& tensor, const std::string& name) const {
  if (tensor.buffer() == 0) return {};
  if (tensor.buffer() >= count(model_->buffers())) {
    throw ir::GraphError("tensor '" + name + "': buffer index " + std::to_string(tensor.buffer()) +
                         " of " + std::to_string(count(model_->buffers())));
  }
  const auto* data = model_->buffers()->Get(tensor.buffer())->data();
  if (data == nullptr) return {};
  return {data->data(), data->size()};
}

const schema::OperatorCode& File::code(const schema::Operator& source) const {
  return *model_->operator_codes()->Get(source.opcode_index());
}

int32_t File::builtin_code(const schema::Operator& source) const {
  const schema::OperatorCode& c = code(source);
  return std::max<int32_t>(c.builtin_code(), c.deprecated_builtin_code());
}

std::string File::custom_name(const schema::Operator& source) const {
  const auto* custom = code(source).custom_code();
  return custom == nullptr ? "" : custom->str();
}

std::string File::operator_name(const schema::Operator& source) const {
  const std::string name = builtin_name(builtin_code(source)), custom = custom_name(source);
  return custom.empty() ? name : name + " '" + custom + "'";
}

std::string File::first_output_name(const schema::Operator& source) const {
  const auto outputs = ints(source.outputs());
  return outputs.empty() ? "" : tensor_name(tensor(outputs[0]));
}

Operator File::view(const schema::Operator& source) const {
  constexpr flatbuffers::voffset_t builtin_options = 4 + 2 * 4;  // field 4
  const auto* table = reinterpret_cast<const flatbuffers::Table*>(&source);
  const uint8_t* field = table->GetAddressOf(builtin_options);
  size_t options_table = 0;
  if (field != nullptr) {
    const auto at = static_cast<size_t>(field - bytes_.data());
    uint32_t distance = UINT32_MAX;
    if (at <= bytes_.size() - sizeof distance) {
      std::memcpy(&distance, field, sizeof distance);
    }
    options_table = at + distance;
  }
  const auto outputs = ints(source.outputs());
  // Declared shapes are asked for in the main graph only.
  const bool known =
      !outputs.empty() && static_cast<uint32_t>(outputs[0]) < count(main_->tensors());
  const auto shape = known ? ints(tensor(outputs[0]).shape()) : std::span<const int32_t>{};
  const auto* custom = source.custom_options();
  const auto custom_bytes =
      custom == nullptr ? std::span<const uint8_t>{} : std::span(custom->data(), custom->size());
  return {bytes_, source.builtin_options_type(), options_table, custom_bytes, shape};
}

}  // namespace mote::tflite
