#include "compiler/ir/verify.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

#include "compiler/ir/op.hpp"

namespace mote::ir {
namespace {

class Verifier {
 public:
  explicit Verifier(const Graph& graph) : graph_(graph), defined_(graph.tensors.size(), false) {}

  void run() {
    for (const Tensor& tensor : graph_.tensors) check_tensor(tensor);
    for (size_t i = 0; i < graph_.tensors.size(); ++i) {
      if (graph_.tensors[i].constant || graph_.tensors[i].variable) defined_[i] = true;
    }
    check(!graph_.outputs.empty(), "the graph has no output");
    for (TensorId id : graph_.inputs) {
      check(!at(id, "graph input").variable,
            "graph input '" + graph_.tensor(id).name + "' is a variable");
      define(id, "graph input");
    }
    for (const Node& node : graph_.nodes) check_node(node);
    for (TensorId id : graph_.outputs) check_defined(id, "graph output");
  }

 private:
  static void check(bool condition, const std::string& fact) {
    if (!condition) throw GraphError(fact);
  }

  static void check_tensor(const Tensor& tensor) {
    const std::string where = "tensor '" + tensor.name + "': ";
    int64_t bytes = dtype_bytes(tensor.dtype);
    for (int32_t extent : tensor.shape) {
      check(extent >= 1, where + "extent " + std::to_string(extent) + " in its shape");
      bytes *= extent;
      check(bytes <= std::numeric_limits<int32_t>::max(), where + "needs 2^31 bytes or more");
    }
    const int64_t expected = tensor.constant || tensor.variable ? bytes : 0;
    check(!tensor.constant || !tensor.variable, where + "is both a constant and a variable");
    check(static_cast<int64_t>(tensor.data.size()) == expected,
          where + "has " + std::to_string(tensor.data.size()) + " bytes of data, expected " +
              std::to_string(expected));
    check_quantization(tensor, where);
  }

  static void check_quantization(const Tensor& tensor, const std::string& where) {
    const Quantization& q = tensor.quantization;
    check(q.scale.size() == q.zero_point.size(),
          where + std::to_string(q.scale.size()) + " scales, " +
              std::to_string(q.zero_point.size()) + " zero points");
    if (q.empty()) return;
    if (q.axis < 0) {
      check(q.scale.size() == 1,
            where + std::to_string(q.scale.size()) + " scales without an axis");
    } else {
      const auto axis = static_cast<size_t>(q.axis);
      check(axis < tensor.shape.size() && q.scale.size() == static_cast<size_t>(tensor.shape[axis]),
            where + std::to_string(q.scale.size()) + " scales don't match axis " +
                std::to_string(q.axis));
    }
    for (float scale : q.scale) {
      check(std::isfinite(scale) && scale > 0, where + "scale " + std::to_string(scale));
    }
    const auto [low, high] = zero_point_range(tensor.dtype);
    for (int32_t zero : q.zero_point) {
      check(zero >= low && zero <= high, where + "zero point " + std::to_string(zero) + " of " +
                                             std::string(dtype_name(tensor.dtype)));
    }
  }

  static std::pair<int32_t, int32_t> zero_point_range(DType dtype) {
    switch (dtype) {
      case DType::i8:
        return {-128, 127};
      case DType::u8:
        return {0, 255};
      case DType::i16:
        return {-32768, 32767};
      case DType::i32:
      case DType::u32:
      case DType::i64:
      case DType::u64:
      case DType::f32:
      case DType::boolean:
        return {0, 0};
    }
    throw GraphError("unknown dtype");
  }

  const Tensor& at(TensorId id, const std::string& what) const {
    check(id >= 0 && static_cast<size_t>(id) < graph_.tensors.size(),
          what + ": there is no tensor " + std::to_string(id));
    return graph_.tensor(id);
  }

  void check_defined(TensorId id, const std::string& what) const {
    const Tensor& tensor = at(id, what);
    check(defined_[static_cast<size_t>(id)],
          what + " '" + tensor.name + "' is read before anything writes it");
  }

  void define(TensorId id, const std::string& what) {
    const Tensor& tensor = at(id, what);
    const auto index = static_cast<size_t>(id);
    check(!tensor.constant, what + " '" + tensor.name + "' is a constant");
    check(!defined_[index] || tensor.variable, what + " '" + tensor.name + "' is written twice");
    check(!tensor.shape.empty(), what + " '" + tensor.name + "' has no shape");
    defined_[index] = true;
  }

  void check_node(const Node& node) {
    const std::string where =
        "op " + node.op +
        (node.source_index < 0 ? "" : " (operator " + std::to_string(node.source_index) + ")");
    const OpDef& op = find_op(node.op);
    for (TensorId id : node.inputs) {
      if (id != no_tensor) check_defined(id, where + ": input");
    }
    check(!node.outputs.empty(), where + " has no output");
    for (TensorId id : node.outputs) define(id, where + ": output");
    // A shape rule writes only to outputs that have no shape, and here every output has one.
    try {
      op.infer(const_cast<Graph&>(graph_), node);
    } catch (const std::out_of_range&) {
      throw GraphError(where + ": an input is missing");
    }
  }

  const Graph& graph_;
  std::vector<bool> defined_;  // by tensor: constant, graph input, or written by an earlier node
};

}  // namespace

void verify(const Graph& graph) {
  Verifier(graph).run();
}

}  // namespace mote::ir
