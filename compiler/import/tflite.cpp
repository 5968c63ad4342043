#include "compiler/import/tflite.hpp"

#include <algorithm>
#include <bit>
#include <map>
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
  Importer(const File& file, std::string_view name, const ir::Evaluate& evaluate)
      : file_(file),
        evaluate_(evaluate),
        resources_(file),
        main_{file.main(), TensorTypes(file, file.main()), {}, -1, 0},
        scope_(&main_) {
    graph_.name = name;
  }

  Graph run() {
    for (int32_t index : ints(main_.graph.inputs())) add_input(index);
    const auto& operators = *main_.graph.operators();
    for (uint32_t i = 0; i < operators.size(); ++i) add_operator(static_cast<int32_t>(i));
    if (!problems_.empty()) throw_problems();
    for (int32_t index : ints(main_.graph.outputs())) graph_.outputs.push_back(output(index));
    ir::verify(graph_);
    return std::move(graph_);
  }

 private:
  // A graph of the file whose operators are being imported: the main one, or a branch of it, which
  // is what a condition takes or one round of a loop.
  struct Scope {
    const schema::SubGraph& graph;
    TensorTypes types;
    std::map<int32_t, TensorId> ids;  // by the file's tensor
    int32_t owner;                    // the main graph's operator that has the branch; -1: main
    int depth;
  };
  bool in_branch() const { return scope_->owner >= 0; }

  // An operator that can't be imported is noted and left out, so that all of them are reported.
  void add_operator(int32_t index) {
    const schema::Operator& source = *scope_->graph.operators()->Get(static_cast<uint32_t>(index));
    const int32_t code = file_.builtin_code(source);
    if (Resources::is_declaration(code) && !in_branch()) return;
    const auto note = [&](const std::string& reason) {
      if (in_branch()) {  // the operator that has the branch is noted
        throw GraphError("operator " + std::to_string(index) + " " + file_.operator_name(source) +
                         " of its branch: " + reason);
      }
      problems_.push_back(
          {index, file_.operator_name(source), file_.first_output_name(source), reason});
    };
    const Rule found = find_rule(code, file_.custom_name(source));
    const bool branches = code == schema::BuiltinOperator_IF;
    const bool loops = code == schema::BuiltinOperator_WHILE;
    if (found.op == nullptr && !branches && !loops) return note("not supported");
    try {
      if (branches) {
        add_branches(source, index);
      } else if (loops) {
        add_loop(source, index);
      } else {
        add_node(found, source, index);
      }
    } catch (const GraphError& error) {
      note(error.what());
    } catch (const std::out_of_range&) {  // an op asked for an input that is not there
      note("an input is missing");
    }
  }

  void add_node(const Rule& found, const schema::Operator& source, int32_t index) {
    Node node;
    node.op = found.op->name;
    node.source_index = in_branch() ? scope_->owner : index;
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
    if (!in_branch() || !compute_now(node)) graph_.nodes.push_back(std::move(node));
  }

  // A node of a branch that counts rounds or compares their number: its outputs become constants.
  bool compute_now(const Node& node) {
    constexpr int64_t bytes_max = 64;
    int64_t bytes = 0;
    for (const TensorId id : node.inputs) {
      if (id == ir::no_tensor) continue;
      if (!graph_.tensor(id).constant) return false;
      bytes += graph_.tensor(id).byte_size();
    }
    for (const TensorId id : node.outputs) {
      if (graph_.tensor(id).variable || graph_.tensor(id).constant) return false;
      bytes += graph_.tensor(id).byte_size();
    }
    if (!evaluate_ || node.inputs.empty() || bytes > bytes_max) return false;
    auto values = evaluate_(graph_, node);
    if (!values) return false;
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      graph_.tensor(node.outputs[i]).constant = true;
      graph_.tensor(node.outputs[i]).data = std::move((*values)[i]);
    }
    return true;
  }

  // WHILE. A device runs no loops over operators: its rounds follow each other, for which their
  // number must be known here.
  void add_loop(const schema::Operator& source, int32_t index) {
    constexpr int32_t while_options = 93;
    const Options options = file_.view(source).options(while_options);
    const auto inputs = ints(source.inputs()), outputs = ints(source.outputs());
    Node node;
    node.op = "while";
    node.source_index = in_branch() ? scope_->owner : index;
    ir::require(inputs.size() == outputs.size(), node, "its outputs are not as many as its inputs");
    std::vector<TensorId> values;
    for (const int32_t input : inputs) values.push_back(tensor(input));
    while (goes_on(options.integer(0), values, node)) {
      values = branch_results(options.integer(1), values, node);
      ir::require(values.size() == inputs.size(), node, "its body has other outputs");
    }
    for (size_t i = 0; i < outputs.size(); ++i) scope_->ids[outputs[i]] = values[i];
  }

  // What a loop's condition says of these values.
  bool goes_on(int32_t condition, const std::vector<TensorId>& values, const Node& node) {
    const auto results = branch_results(condition, values, node);
    ir::require(results.size() == 1, node, "its condition must have one output");
    const ir::Tensor& result = graph_.tensor(results[0]);
    ir::require(result.dtype == ir::DType::boolean && result.elements() == 1, node,
                "its condition must be one truth value");
    ir::require(result.constant, node,
                "how often it runs depends on the model's inputs; a loop must have a fixed count");
    return result.data.at(0) != 0;
  }

  // IF. Branches without state change nothing but their results, so both are computed and each
  // result is selected; of a condition that is known only its branch is.
  void add_branches(const schema::Operator& source, int32_t index) {
    constexpr int32_t if_options = 92;
    const Options options = file_.view(source).options(if_options);
    const auto inputs = ints(source.inputs()), outputs = ints(source.outputs());
    Node node;
    node.op = "select";
    node.source_index = in_branch() ? scope_->owner : index;
    ir::require(!inputs.empty(), node, "has no condition");
    std::vector<TensorId> from;
    for (const int32_t input : inputs) from.push_back(tensor(input));
    const ir::Tensor condition = graph_.tensor(from[0]);
    ir::require(condition.dtype == ir::DType::boolean && condition.elements() == 1, node,
                "its condition must be one truth value");
    from.erase(from.begin());
    const auto branch = [&](bool holds) {
      auto results = branch_results(options.integer(holds ? 0 : 1), from, node);
      ir::require(results.size() == outputs.size(), node, "its branch has other outputs");
      return results;
    };
    if (condition.constant) {
      const auto results = branch(condition.data.at(0) != 0);
      for (size_t i = 0; i < results.size(); ++i) scope_->ids[outputs[i]] = results[i];
      return;
    }
    const auto then = branch(true), otherwise = branch(false);
    for (size_t i = 0; i < outputs.size(); ++i) {
      node.inputs = {tensor(inputs[0]), then[i], otherwise[i]};
      node.outputs = {tensor(outputs[i])};
      ir::find_op(node.op).infer(graph_, node);
      graph_.nodes.push_back(node);
    }
  }

  // Imports a branch, from whose inputs on it is as if its operators were the main graph's.
  std::vector<TensorId> branch_results(int32_t graph, const std::vector<TensorId>& from,
                                       const Node& node) {
    constexpr int depth_max = 8;
    constexpr size_t operators_max = 16384;  // of all branches and rounds together
    const schema::SubGraph& own = file_.graph(graph);
    Scope inner{own, TensorTypes(file_, own), {}, node.source_index, scope_->depth + 1};
    ir::require(inner.depth <= depth_max, node, "branches in branches are nested too deeply");
    branch_operators_ += own.operators()->size() + 1;
    ir::require(branch_operators_ <= operators_max, node,
                "its branches or rounds have over " + std::to_string(operators_max) + " operators");
    const auto inputs = ints(own.inputs());
    ir::require(inputs.size() == from.size(), node, "its branch has other inputs");
    Scope* const outer = std::exchange(scope_, &inner);
    try {
      for (size_t i = 0; i < from.size(); ++i) bind_input(inputs[i], from[i], node);
      for (uint32_t i = 0; i < own.operators()->size(); ++i) add_operator(static_cast<int32_t>(i));
      std::vector<TensorId> results;
      for (const int32_t output : ints(own.outputs())) results.push_back(tensor(output));
      scope_ = outer;
      return results;
    } catch (...) {
      scope_ = outer;
      throw;
    }
  }

  // Makes a branch's input the tensor that it gets.
  void bind_input(int32_t index, TensorId given, const Node& node) {
    const schema::Tensor& declared = file_.tensor(index, scope_->graph);
    const ir::Tensor& own = graph_.tensor(given);
    const bool same = std::ranges::equal(ints(declared.shape()), own.shape) ||
                      (own.elements() == 1 && ints(declared.shape()).empty());
    ir::require(scope_->types.of(index) == own.dtype && same, node,
                "input '" + own.name + "' is not what its branch takes");
    scope_->ids[index] = given;
  }

  // uint8: the node computes as TensorFlow Lite does in uint8, where that differs from int8.
  // weight_bits: its kernel reads packed weights.
  void set_precision(const schema::Operator& source, std::span<const int32_t> outputs,
                     Node& node) const {
    if (!outputs.empty() && scope_->types.shifted(outputs[0]))
      node.attributes["uint8"] = int64_t{1};
    if (scope_->types.packed_weights(source)) node.attributes["weight_bits"] = int64_t{4};
  }

  // A scalar is a tensor of one element.
  void add_input(int32_t index) {
    try {
      const TensorId id = tensor(index);
      if (graph_.tensor(id).shape.empty()) graph_.tensor(id).shape = {1};
      graph_.inputs.push_back(scope_->types.shifted(index) ? uint8_port(id) : id);
      if (graph_.inputs.back() != id) convert(graph_.inputs.back(), id);
    } catch (const GraphError& error) {
      problems_.push_back(
          {-1, "", file_.tensor_name(file_.tensor(index, scope_->graph)), error.what()});
    }
  }

  TensorId output(int32_t index) {
    try {
      const TensorId id = tensor(index);
      if (!scope_->types.shifted(index)) return id;
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
    const auto known = scope_->ids.find(index);
    if (known != scope_->ids.end()) return known->second;
    const schema::Tensor& source = file_.tensor(index, scope_->graph);
    const auto shared = constants_.find({&scope_->graph, index});
    if (shared != constants_.end()) return shared->second;
    if (in_branch() && (source.type() == schema::TensorType_RESOURCE || source.is_variable())) {
      throw GraphError("state in a branch is not supported");
    }
    if (source.type() == schema::TensorType_RESOURCE) return variable(index);
    ir::Tensor made;
    made.name = file_.tensor_name(source);
    const auto fail = [&](const std::string& fact) {
      throw GraphError("tensor '" + made.name + "': " + fact);
    };
    const auto dtype = scope_->types.of(index);
    if (!dtype) fail("type " + type_name(source.type()) + " is not supported");
    if (source.sparsity() != nullptr) fail("sparse tensors are not supported");
    made.dtype = *dtype;
    const auto shape = ints(source.shape());
    check_extents(shape, made.name, ir::dtype_bytes(*dtype));
    made.shape.assign(shape.begin(), shape.end());
    made.quantization = quantization_of(source, made.name);
    if (scope_->types.shifted(index)) {
      for (int32_t& zero : made.quantization.zero_point) zero -= uint8_shift;
    }
    const auto data = file_.buffer(source, made.name);
    if (source.is_variable()) {
      set_initial(made, {});
    } else if (!data.empty()) {
      made.constant = true;
      charge(data.size());
      try {
        made.data = scope_->types.converted(index, data, made.elements());
      } catch (const GraphError& error) {
        fail(error.what());
      }
    }
    charge(made.name.size());
    const bool constant = made.constant;
    const TensorId id = graph_.add_tensor(std::move(made));
    scope_->ids.emplace(index, id);
    if (constant) constants_.emplace(std::pair(&scope_->graph, index), id);
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
    ir::require(!in_branch(), node, "state in a branch is not supported");
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
    constexpr size_t names_of_rounds_max = 1 << 20;
    copied_ += bytes;
    if (copied_ > 16 * file_.bytes().size() + names_of_rounds_max) {
      throw GraphError("tensors share buffers of the file too often");
    }
  }

  // Converters join the names of all fused layers.
  static std::string shortened(const std::string& name) {
    constexpr size_t shown_max = 80;
    return name.size() <= shown_max ? name : name.substr(0, shown_max) + "...";
  }

  [[noreturn]] void throw_problems() const {
    constexpr size_t shown_max = 50;
    std::string message = graph_.name + ": " + std::to_string(problems_.size()) + " of " +
                          std::to_string(main_.graph.operators()->size()) +
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
  const ir::Evaluate& evaluate_;
  const Resources resources_;
  Scope main_;
  Scope* scope_;
  Graph graph_;
  size_t branch_operators_ = 0;
  // The constants of all graphs, by the file's tensor: all rounds of a loop share them.
  std::map<std::pair<const schema::SubGraph*, int32_t>, TensorId> constants_;
  std::map<std::string, TensorId> variables_;
  int64_t state_bytes_ = 0;
  std::vector<Problem> problems_;
  size_t copied_ = 0;
};

}  // namespace

Graph import_tflite(std::span<const uint8_t> bytes, std::string_view name,
                    const ir::Evaluate& evaluate) {
  const File file(bytes, name);
  return Importer(file, name, evaluate).run();
}

}  // namespace mote::tflite
