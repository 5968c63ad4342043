#include "compiler/import/onnx.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

#include "compiler/import/onnx_file.hpp"
#include "compiler/import/onnx_operator.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/ir/verify.hpp"

namespace mote::onnx {
namespace {

using ir::GraphError;

// By ONNX name of the operator.
const std::map<std::string_view, void (*)(Operator&)>& all_rules() {
  static const auto all = [] {
    std::map<std::string_view, void (*)(Operator&)> rules;
    for (const auto& table :
         {elementwise_rules(), linear_rules(), normalize_rules(), pool_rules(), quantize_rules(),
          recurrent_rules(), reduce_rules(), resize_rules(), shape_rules(), window_rules()}) {
      for (const Rule& rule : table) rules.emplace(rule.op_type, rule.import);
    }
    return rules;
  }();
  return all;
}

}  // namespace

void Operator::import_as(std::string_view type) {
  all_rules().at(type)(*this);
}

namespace {

class Importer {
 public:
  Importer(const ::onnx::ModelProto& model, std::string_view name, const ir::Evaluate& evaluate,
           const Limits& limits)
      : source_(model.graph()), context_{graph_, opset_of(model, name), evaluate, limits} {
    graph_.name = name;
  }

  ir::Graph run() {
    for (const auto& initializer : source_.initializer()) {
      note(-1, initializer.name(), "", [&] { add_initializer(initializer); });
    }
    for (const auto& input : source_.input()) {
      if (ids_.contains(input.name())) continue;  // an initializer that has a default
      note(-1, input.name(), "", [&] { add_input(input); });
    }
    for (int i = 0; i < source_.node_size(); ++i) {
      const ::onnx::NodeProto& node = source_.node(i);
      note(i, node.name(), node.op_type(), [&] { add_node(node, i); });
    }
    if (!problems_.empty()) throw_problems();
    for (const auto& output : source_.output()) add_output(output.name());
    ir::remove_dead(graph_);  // constants that only rules read
    ir::verify(graph_);
    return std::move(graph_);
  }

 private:
  // What can't be imported is noted and left out, so that all of it is reported.
  template <class Add>
  void note(int32_t index, const std::string& name, const std::string& type, Add&& add) {
    try {
      add();
    } catch (const GraphError& error) {
      problems_.push_back({index, name, type, error.what()});
    } catch (const std::out_of_range&) {  // an op asked for an input or axis that is not there
      problems_.push_back({index, name, type, "an input is missing"});
    }
  }

  void define(const std::string& name, TensorId id) {
    if (!ids_.emplace(name, id).second) {
      throw GraphError("the name '" + name + "' is given to two tensors");
    }
  }

  void add_initializer(const ::onnx::TensorProto& source) {
    ir::Tensor made = read_tensor(source);
    context_.spend(made.byte_size());
    define(source.name(), graph_.add_tensor(std::move(made)));
  }

  void add_input(const ::onnx::ValueInfoProto& source) {
    unknown_.insert(source.name());
    if (!source.type().has_tensor_type() || !source.type().tensor_type().has_shape()) {
      throw GraphError("a graph input must be a tensor with a shape");
    }
    const auto& type = source.type().tensor_type();
    ir::Tensor made;
    made.name = source.name();
    made.dtype = dtype_of(type.elem_type());
    for (const auto& dim : type.shape().dim()) {
      // Without a fixed number, the first axis is the batch, and a device sees one at a time.
      const bool fixed = dim.has_dim_value() && dim.dim_value() > 0;
      if (!fixed && (!made.shape.empty() || dim.dim_value() < 0)) {
        throw GraphError("axis " + std::to_string(made.shape.size()) +
                         " has no fixed extent; export the model with fixed shapes");
      }
      if (dim.dim_value() > INT32_MAX) throw GraphError("its shape is too large");
      made.shape.push_back(fixed ? static_cast<int32_t>(dim.dim_value()) : 1);
    }
    if (made.shape.empty()) made.shape = {1};  // a scalar
    check_extents(made.shape, made.dtype, made.name);
    context_.spend(made.byte_size());
    const TensorId id = graph_.add_tensor(std::move(made));
    define(source.name(), id);
    graph_.inputs.push_back(id);
    unknown_.erase(source.name());
  }

  void add_node(const ::onnx::NodeProto& source, int32_t index) {
    for (const std::string& name : source.output()) unknown_.insert(name);
    const bool own = source.domain().empty() || source.domain() == "ai.onnx";
    const std::string type = own ? source.op_type() : source.domain() + "." + source.op_type();
    const auto rule = all_rules().find(type);
    if (rule == all_rules().end())
      throw GraphError(own ? "not supported" : type + " is not supported");
    Operator op(context_, source, index);
    for (const std::string& name : source.input()) {
      op.inputs.push_back(name.empty() ? ir::no_tensor : find(name));
      if (name.empty() || op.inputs.back() != ir::no_tensor) continue;
      for (const std::string& output : source.output()) unknown_.insert(output);
      return;  // what makes the input has been noted
    }
    op.require(!op.has("broadcast"),
               "broadcasting as before operator set 7 is not supported; export for a later one");
    rule->second(op);
    for (size_t i = 0; i < op.output_count(); ++i) {
      if (!op.wants(i)) continue;
      op.require(i < op.results.size(), "output " + std::to_string(i) + " is not supported");
      define(source.output(static_cast<int>(i)), op.results[i]);
      unknown_.erase(source.output(static_cast<int>(i)));
    }
  }

  // no_tensor when a node that isn't supported makes it.
  TensorId find(const std::string& name) const {
    const auto known = ids_.find(name);
    if (known != ids_.end()) return known->second;
    if (unknown_.contains(name)) return ir::no_tensor;
    throw GraphError("reads '" + name + "', which nothing before it makes");
  }

  // A result that is a constant, an input, or another output too gets its own tensor.
  void add_output(const std::string& name) {
    const auto known = ids_.find(name);
    if (known == ids_.end()) {
      throw GraphError(graph_.name + ": nothing makes the output '" + name + "'");
    }
    TensorId id = known->second;
    const ir::Tensor& tensor = graph_.tensor(id);
    if (tensor.elements() < 1) {
      throw GraphError(graph_.name + ": output '" + name + "' is empty");
    }
    const bool own = graph_.producer(id) >= 0 && !graph_.is_output(id);
    if (!own) {
      ir::Shape shape = tensor.shape.empty() ? ir::Shape{1} : tensor.shape;
      const std::vector<int64_t> extents(shape.begin(), shape.end());
      id = graph_.add_node("reshape", {id}, {{"shape", extents}})[0];
    }
    graph_.tensor(id).name = name;
    graph_.outputs.push_back(id);
  }

  [[noreturn]] void throw_problems() const {
    constexpr size_t shown_max = 50;
    std::string message = graph_.name + ": " + std::to_string(problems_.size()) +
                          " parts of the model can't be imported:";
    for (size_t i = 0; i < std::min(problems_.size(), shown_max); ++i) {
      const Problem& p = problems_[i];
      message += p.node_index < 0 ? "\n  tensor '" + p.node_name + "': " + p.reason
                                  : "\n  node " + std::to_string(p.node_index) + " " + p.op_type +
                                        " '" + p.node_name + "': " + p.reason;
    }
    if (problems_.size() > shown_max) message += "\n  ...";
    message += "\nsupported:";
    for (const std::string& name : supported_operators()) message += " " + name;
    throw UnsupportedError(message, problems_);
  }

  const ::onnx::GraphProto& source_;
  ir::Graph graph_;
  Context context_;
  std::map<std::string, TensorId> ids_;
  std::set<std::string> unknown_;  // results of nodes that have been noted
  std::vector<Problem> problems_;
};

}  // namespace

ir::Graph import_onnx(std::span<const uint8_t> bytes, std::string_view name,
                      const ir::Evaluate& evaluate, const Limits& limits) {
  const ::onnx::ModelProto model = parse_model(bytes, name);
  return Importer(model, name, evaluate, limits).run();
}

std::vector<std::string> supported_operators() {
  std::vector<std::string> names;
  for (const auto& [name, import] : all_rules()) names.emplace_back(name);
  return names;
}

}  // namespace mote::onnx
