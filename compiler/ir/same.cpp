#include "compiler/ir/same.hpp"

namespace mote::ir {
namespace {

// A single scale is for the whole tensor, whatever the axis.
bool same(const Quantization& a, const Quantization& b) {
  return a.scale == b.scale && a.zero_point == b.zero_point &&
         (a.axis == b.axis || a.scale.size() == 1);
}

class Comparison {
 public:
  Comparison(const Graph& a, const Graph& b, const Sameness& sameness)
      : a_(a), b_(b), sameness_(sameness), matched_(a.tensors.size(), unmatched) {}

  std::string run() {
    compare_lists("graph inputs", a_.inputs, b_.inputs);
    if (a_.nodes.size() != b_.nodes.size()) {
      return std::to_string(a_.nodes.size()) + " nodes against " + std::to_string(b_.nodes.size());
    }
    for (size_t i = 0; i < a_.nodes.size() && found_.empty(); ++i) compare_nodes(i);
    compare_lists("graph outputs", a_.outputs, b_.outputs);
    return found_;
  }

 private:
  static constexpr TensorId unmatched = -2;

  void note(const std::string& fact) {
    if (found_.empty()) found_ = fact;
  }

  void compare_lists(const std::string& where, const std::vector<TensorId>& a,
                     const std::vector<TensorId>& b) {
    if (a.size() != b.size()) {
      return note(where + ": " + std::to_string(a.size()) + " against " + std::to_string(b.size()));
    }
    for (size_t i = 0; i < a.size(); ++i) {
      compare_tensors(where + ", " + std::to_string(i), a[i], b[i]);
    }
  }

  void compare_nodes(size_t index) {
    const Node &a = a_.nodes[index], &b = b_.nodes[index];
    const std::string where = "node " + std::to_string(index) + " " + a.op;
    if (a.op != b.op) return note(where + " is " + b.op);
    for (const auto& [name, value] : a.attributes) {
      const auto other = b.attributes.find(name);
      const bool missing = other == b.attributes.end();
      if (missing ? sameness_.attributes != Sameness::Attributes::shared : other->second != value) {
        return note(where + ": attribute '" + name + "' " + (missing ? "is missing" : "differs"));
      }
    }
    if (sameness_.attributes == Sameness::Attributes::all &&
        a.attributes.size() != b.attributes.size()) {
      return note(where + ": has attributes that the other lacks");
    }
    compare_lists(where + " inputs", a.inputs, b.inputs);
    compare_lists(where + " outputs", a.outputs, b.outputs);
  }

  // Each tensor of a stands for one of b, wherever it turns up.
  void compare_tensors(const std::string& where, TensorId a, TensorId b) {
    if (a == no_tensor || b == no_tensor) {
      if (a != b) note(where + ": one has no tensor");
      return;
    }
    TensorId& match = matched_.at(static_cast<size_t>(a));
    const Tensor &one = a_.tensor(a), &other = b_.tensor(b);
    if (match != unmatched) {
      // Constants of one value may be one tensor in one graph and several in the other.
      if (match != b && !one.constant) note(where + ": '" + one.name + "' is another tensor");
      if (match == b) return;
    }
    match = b;
    const std::string tensor = where + ": tensor '" + one.name + "' ";
    if (sameness_.names && one.name != other.name) note(tensor + "is named '" + other.name + "'");
    if (one.dtype != other.dtype) note(tensor + "differs in type");
    if (one.shape != other.shape) note(tensor + "differs in shape");
    if (!same(one.quantization, other.quantization)) note(tensor + "differs in quantisation");
    if (one.constant != other.constant || one.variable != other.variable) {
      note(tensor + "is a constant or a variable in one of them");
    }
    if (one.data != other.data) note(tensor + "differs in data");
  }

  const Graph& a_;
  const Graph& b_;
  const Sameness sameness_;
  std::vector<TensorId> matched_;  // by tensor of a
  std::string found_;
};

}  // namespace

std::string difference(const Graph& a, const Graph& b, const Sameness& sameness) {
  return Comparison(a, b, sameness).run();
}

}  // namespace mote::ir
