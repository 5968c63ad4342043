// Import rules of matrix products.

#include "compiler/import/onnx_operator.hpp"

namespace mote::onnx {
namespace {

bool is_vector_of(const ir::Tensor& tensor, int32_t extent) {
  return tensor.elements() == extent && !tensor.shape.empty() && tensor.shape.back() == extent;
}

// y = alpha * A B + beta * C with A, B transposed if so said.
void import_gemm(Operator& op) {
  TensorId a = op.input(0), b = op.input(1);
  op.require(op.rank(a) == 2 && op.rank(b) == 2, "both factors must be matrices");
  if (op.integer("transA", 0) != 0) a = op.transposed(a, {1, 0});
  if (op.integer("transB", 0) == 0) b = op.transposed(b, {1, 0});
  const auto alpha = static_cast<float>(op.real("alpha", 1));
  const auto beta = static_cast<float>(op.real("beta", 1));
  if (alpha != 1) b = op.emit("mul", {b, op.reals(alpha)});
  op.require(op.shape(a)[1] == op.shape(b)[1], "the factors' shapes don't fit");
  TensorId c = op.has_input(2) ? op.input(2) : ir::no_tensor;
  if (c != ir::no_tensor && beta != 1) c = op.emit("mul", {c, op.reals(beta)});
  const bool bias = c != ir::no_tensor && is_vector_of(op.tensor(c), op.shape(b)[0]);
  const TensorId y = op.emit("fully_connected", {a, b, bias ? c : ir::no_tensor});
  op.result(c == ir::no_tensor || bias ? y : op.emit("add", {y, c}));
}

Integers shape_of(const Operator& op, TensorId x) {
  const ir::Shape shape = op.shape_copy(x);
  return {shape.begin(), shape.end()};
}

void import_matmul(Operator& op) {
  const TensorId a = op.input(0);
  TensorId b = op.input(1);
  op.require(op.rank(a) >= 1 && op.rank(b) >= 2, "the right factor must be a matrix");
  const Integers left = shape_of(op, a), right = shape_of(op, b);
  op.require(left.back() == right[right.size() - 2], "the factors' shapes don't fit");
  if (op.tensor(b).elements() != right[right.size() - 2] * right.back()) {
    return op.result(op.emit("batch_matmul", {a, b}));
  }
  op.require(op.rank(b) <= std::max<int64_t>(op.rank(a), 2), "the right factor has too many axes");
  b = op.transposed(op.reshaped(b, {right[right.size() - 2], right.back()}), {1, 0});
  const TensorId y = op.emit("fully_connected", {a, b}, {{"keep_dims", int64_t{1}}});
  op.result(y);
}

constexpr Rule rules[] = {{"Gemm", import_gemm}, {"MatMul", import_matmul}};

}  // namespace

std::span<const Rule> linear_rules() {
  return rules;
}

}  // namespace mote::onnx
