#include "compiler/import/tflite.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

#include "compiler/import/tflite_file.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "compiler/import/tflite_resources.hpp"
#include "compiler/import/tflite_types.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/ir/verify.hpp"

namespace mote::tflite {
namespace {

using ir::Graph;
using ir::GraphError;
using ir::Node;
using ir::TensorId;

struct Rule {
  const ir::OpDef* op = nullptr;
  const ir::TfliteRule* rule = nullptr;
};

Rule find_rule(int32_t builtin_code, const std::string& custom_name) {
  const bool custom = builtin_code == schema::BuiltinOperator_CUSTOM;
  for (const ir::OpDef* op : ir::all_ops()) {
    for (const ir::TfliteRule& rule : op->tflite) {
      if (rule.builtin_code != builtin_code) continue;
      if (!custom || rule.custom_name == custom_name) return {op, &rule};
    }
  }
  return {};
}

class Importer {
 public:
  Importer(const File& file, std::string_view name)
      : file_(file), subgraph_(file.main()), resources_(file), types_(file) {
    graph_.name = name;
  }

  Graph run() {
    for (int32_t index : ints(subgraph_.inputs())) add_input(index);
    const auto& operators = *subgraph_.operators();
    for (uint32_t i = 0; i < operators.size(); ++i) add_operator(static_cast<int32_t>(i));
    if (!problems_.empty()) throw_problems();
    for (int32_t index : ints(subgraph_.outputs())) graph_.outputs.push_back(output(index));
    ir::verify(graph_);
    return std::move(graph_);
  }

 private:
  // An operator that can't be imported is noted and left out, so that all of them are reported.
  void add_operator(int32_t index) {
    const schema::Operator& source = *subgraph_.operators()->Get(static_cast<uint32_t>(index));
    const int32_t code = file_.builtin_code(source);
    if (Resources::is_declaration(code)) return;
    const auto note = [&](const std::string& reason) {
      problems_.push_back(
          {index, file_.operator_name(source), file_.first_output_name(source), reason});
    };
    const Rule found = find_rule(code, file_.custom_name(source));
    if (found.op == nullptr) return note("not supported");
    try {
      add_node(found, source, index);
    } catch (const GraphError& error) {
      note(error.what());
    } catch (const std::out_of_range&) {  // an op asked for an input that is not there
      note("an input is missing");
    }
  }

  void add_node(const Rule& found, const schema::Operator& source, int32_t index) {
    Node node;
    node.op = found.op->name;
    node.source_index = index;
    const auto outputs = ints(source.outputs());
    node.outputs.assign(outputs.begin(), outputs.end());
    // A rule picks among the inputs by position; tensors that it drops are never read.
    const auto inputs = ints(source.inputs());
    node.inputs.assign(inputs.begin(), inputs.end());
    found.rule->import(file_.view(source), node);
    set_precision(source, outputs, node);
    for (TensorId& id : node.inputs) {
      if (id != ir::no_tensor) id = tensor(id);
    }
    ir::require(!node.outputs.empty(), node, "has no output");
    for (TensorId& id : node.outputs) id = tensor(id);
    add_hidden_state(node);
    found.op->infer(graph_, node);
    for (TensorId id : node.outputs) {
      const ir::Tensor& output = graph_.tensor(id);
      check_extents(output.shape, output.name, ir::dtype_bytes(output.dtype));
    }
    graph_.nodes.push_back(std::move(node));
  }

  // uint8: the node computes as TensorFlow Lite does in uint8, where that differs from int8.
  // weight_bits: its kernel reads packed weights.
  void set_precision(const schema::Operator& source, std::span<const int32_t> outputs,
                     Node& node) const {
    if (!outputs.empty() && types_.shifted(outputs[0])) node.attributes["uint8"] = int64_t{1};
    if (types_.packed_weights(source)) node.attributes["weight_bits"] = int64_t{4};
  }

  // A scalar is a tensor of one element.
  void add_input(int32_t index) {
    try {
      const TensorId id = tensor(index);
      if (graph_.tensor(id).shape.empty()) graph_.tensor(id).shape = {1};
      graph_.inputs.push_back(types_.shifted(index) ? uint8_port(id) : id);
      if (graph_.inputs.back() != id) convert(graph_.inputs.back(), id);
    } catch (const GraphError& error) {
      problems_.push_back({-1, "", file_.tensor_name(file_.tensor(index)), error.what()});
    }
  }

  TensorId output(int32_t index) {
    try {
      const TensorId id = tensor(index);
      if (!types_.shifted(index)) return id;
      const TensorId port = uint8_port(id);
      convert(id, port);
      return port;
    } catch (const GraphError& error) {
      throw GraphError(graph_.name + ": " + error.what());
    }
  }

  // A model that computes in uint8 still takes and gives it: a port for its int8 tensor `inner`.
  TensorId uint8_port(TensorId inner) {
    ir::Tensor port = graph_.tensor(inner);
    graph_.tensor(inner).name += " as int8";
    port.dtype = ir::DType::u8;
    for (int32_t& zero : port.quantization.zero_point) zero += uint8_shift;
    charge(2 * port.name.size());
    return graph_.add_tensor(std::move(port));
  }

  void convert(TensorId from, TensorId to) {
    graph_.nodes.push_back({"quantize", {from}, {to}, {}});
  }

  // The graph's tensor for a tensor of the file, made on first use.
  TensorId tensor(int32_t index) {
    const auto known = ids_.find(index);
    if (known != ids_.end()) return known->second;
    const schema::Tensor& source = file_.tensor(index);
    if (source.type() == schema::TensorType_RESOURCE) return variable(index);
    ir::Tensor made;
    made.name = file_.tensor_name(source);
    const auto fail = [&](const std::string& fact) {
      throw GraphError("tensor '" + made.name + "': " + fact);
    };
    const auto dtype = types_.of(index);
    if (!dtype) fail("type " + type_name(source.type()) + " is not supported");
    if (source.sparsity() != nullptr) fail("sparse tensors are not supported");
    made.dtype = *dtype;
    const auto shape = ints(source.shape());
    check_extents(shape, made.name, ir::dtype_bytes(*dtype));
    made.shape.assign(shape.begin(), shape.end());
    made.quantization = quantization_of(source, made.name);
    if (types_.shifted(index)) {
      for (int32_t& zero : made.quantization.zero_point) zero -= uint8_shift;
    }
    const auto data = file_.buffer(source, made.name);
    if (source.is_variable()) {
      set_initial(made, {});
    } else if (!data.empty()) {
      made.constant = true;
      charge(data.size());
      try {
        made.data = types_.converted(index, data, made.elements());
      } catch (const GraphError& error) {
        fail(error.what());
      }
    }
    charge(made.name.size());
    const TensorId id = graph_.add_tensor(std::move(made));
    ids_.emplace(index, id);
    return id;
  }

  // Makes a tensor state. initial: its first bytes; none: real zero, which is what tflite-micro
  // starts from (for other types than int8 the zero point doesn't count).
  void set_initial(ir::Tensor& made, std::span<const uint8_t> initial) {
    made.variable = true;
    if (made.shape.empty()) made.shape = {1};
    charge_state(made.byte_size());
    const bool shifted = made.dtype == ir::DType::i8 && made.quantization.zero_point.size() == 1;
    made.data.assign(static_cast<size_t>(made.byte_size()),
                     static_cast<uint8_t>(shifted ? made.quantization.zero_point[0] : 0));
    if (initial.empty()) return;
    if (initial.size() != made.data.size()) {
      throw GraphError("tensor '" + made.name + "': " + std::to_string(initial.size()) +
                       " initial bytes for " + std::to_string(made.data.size()));
    }
    made.data.assign(initial.begin(), initial.end());
  }

  // State that the file doesn't show becomes a variable, the node's last output. A negative count
  // of bytes: as many as the first input has.
  void add_hidden_state(Node& node) {
    int64_t bytes = node.integer("state_bytes", 0);
    if (bytes == 0) return;
    if (bytes < 0 && !node.inputs.empty() && node.inputs[0] != ir::no_tensor) {
      bytes = graph_.tensor(node.inputs[0]).byte_size();
    }
    ir::require(bytes > 0 && bytes <= tensor_bytes_max, node,
                "a state of " + std::to_string(bytes) + " bytes");
    ir::Tensor made;
    made.name = "state of operator " + std::to_string(node.source_index);
    made.dtype = ir::DType::i8;
    made.shape = {static_cast<int32_t>(bytes)};
    set_initial(made, {});
    node.outputs.push_back(graph_.add_tensor(std::move(made)));
  }

  // The tensor of a resource variable, by a handle of it.
  TensorId variable(int32_t handle) {
    const std::string& name = resources_.name(handle);
    const auto known = variables_.find(name);
    if (known != variables_.end()) return known->second;
    const Resource& resource = resources_.at(name);
    if (resource.like < 0) throw GraphError("variable '" + name + "' is never used");
    ir::Tensor made = graph_.tensor(tensor(resource.like));
    made.name = name;
    made.constant = false;
    made.data.clear();
    set_initial(made, resource.initial);
    const TensorId id = graph_.add_tensor(std::move(made));
    variables_.emplace(name, id);
    return id;
  }

  // State has no bytes in the file, so all of it together has a limit.
  void charge_state(int64_t bytes) {
    state_bytes_ += bytes;
    if (state_bytes_ > tensor_bytes_max) {
      throw GraphError("its state needs more than " + std::to_string(tensor_bytes_max) + " bytes");
    }
  }

  // Parts of a flatbuffer may be referred to many times, so a small file can stand for a huge one.
  void charge(size_t bytes) {
    copied_ += bytes;
    if (copied_ > 16 * file_.bytes().size()) {
      throw GraphError("tensors share buffers of the file too often");
    }
  }

  static void check_extents(std::span<const int32_t> shape, const std::string& name,
                            int64_t element_bytes) {
    const auto fail = [&](const std::string& fact) {
      throw GraphError("tensor '" + name + "': " + fact);
    };
    if (shape.size() > rank_max) {
      fail("rank " + std::to_string(shape.size()) + " is over " + std::to_string(rank_max));
    }
    int64_t bytes = element_bytes;
    for (int32_t extent : shape) {
      if (extent < 1) fail("extent " + std::to_string(extent) + " in its shape");
      bytes *= extent;
      if (bytes > tensor_bytes_max) {
        fail("its shape needs more than " + std::to_string(tensor_bytes_max) + " bytes");
      }
    }
  }

  static ir::Quantization quantization_of(const schema::Tensor& source, const std::string& name) {
    const auto* q = source.quantization();
    if (q == nullptr || q->scale() == nullptr || q->scale()->size() == 0) return {};
    const auto fail = [&](const std::string& fact) {
      throw GraphError("tensor '" + name + "': " + fact);
    };
    if (q->details_type() != 0) fail("custom quantisation is not supported");
    const auto count = static_cast<int64_t>(q->scale()->size());
    const int64_t zeros = q->zero_point() == nullptr ? 0 : q->zero_point()->size();
    if (zeros != 0 && zeros != count) {
      fail(std::to_string(zeros) + " zero points for " + std::to_string(count) + " scales");
    }
    ir::Quantization result;
    if (count > 1) {
      const auto dims = ints(source.shape());
      // Some converters give a bias the axis of its weights.
      result.axis = dims.size() == 1 ? 0 : q->quantized_dimension();
      const auto axis = static_cast<size_t>(result.axis);
      if (result.axis < 0 || axis >= dims.size() || dims[axis] != count) {
        fail(std::to_string(count) + " scales don't match axis " + std::to_string(result.axis));
      }
    }
    result.scale.assign(q->scale()->begin(), q->scale()->end());
    for (int64_t i = 0; i < count; ++i) {
      // A vector's length is aligned to 4 in a verified file, but not its 8-byte elements to 8.
      int64_t zero = 0;
      if (zeros != 0) std::memcpy(&zero, q->zero_point()->Data() + i * 8, sizeof zero);
      if (zero < INT32_MIN || zero > INT32_MAX) fail("zero point " + std::to_string(zero));
      result.zero_point.push_back(static_cast<int32_t>(zero));
    }
    return result;
  }

  // Converters join the names of all fused layers.
  static std::string shortened(const std::string& name) {
    constexpr size_t shown_max = 80;
    return name.size() <= shown_max ? name : name.substr(0, shown_max) + "...";
  }

  [[noreturn]] void throw_problems() const {
    constexpr size_t shown_max = 50;
    std::string message = graph_.name + ": " + std::to_string(problems_.size()) + " of " +
                          std::to_string(subgraph_.operators()->size()) +
                          " operators can't be imported:";
    for (size_t i = 0; i < std::min(problems_.size(), shown_max); ++i) {
      const Problem& p = problems_[i];
      message += p.operator_index < 0
                     ? "\n  graph input '" + shortened(p.tensor) + "': " + p.reason
                     : "\n  operator " + std::to_string(p.operator_index) + " " + p.operator_name +
                           " (output '" + shortened(p.tensor) + "'): " + p.reason;
    }
    if (problems_.size() > shown_max) message += "\n  ...";
    message += "\nsupported:";
    for (const std::string& name : supported_operators()) message += " " + name;
    throw UnsupportedError(message, problems_);
  }

  const File& file_;
  const schema::SubGraph& subgraph_;
  const Resources resources_;
  const TensorTypes types_;
  Graph graph_;
  std::map<int32_t, TensorId> ids_;
  std::map<std::string, TensorId> variables_;
  int64_t state_bytes_ = 0;
  std::vector<Problem> problems_;
  size_t copied_ = 0;
};

}  // namespace

Graph import_tflite(std::span<const uint8_t> bytes, std::string_view name) {
  const File file(bytes, name);
  return Importer(file, name).run();
}

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
  for (int32_t code : {schema::BuiltinOperator_VAR_HANDLE, schema::BuiltinOperator_CALL_ONCE}) {
    names.push_back(builtin_name(code));
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace mote::tflite
