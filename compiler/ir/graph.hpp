// The intermediate representation: a graph of operators over typed tensors.
//
// Tensors are in TensorFlow Lite's layouts (NHWC; conv2d weights [c_out, kh, kw, c_in]; depthwise
// weights [1, kh, kw, c_out]; fully connected weights [out, in]). A graph is what importers make,
// the trainer builds and reads, passes rewrite, and lowering consumes.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mote::ir {

// One list gives the enum, the names of the text form, and the element types. boolean: 0 or 1.
// (clang-format takes X(f32, float) for a cast, and wraps the list anew each time.)
// clang-format off
#define MOTE_DTYPE_LIST(X) \
  X(i8, int8_t)            \
  X(i16, int16_t)          \
  X(i32, int32_t)          \
  X(f32, float)            \
  X(u8, uint8_t)           \
  X(u32, uint32_t)         \
  X(i64, int64_t)          \
  X(u64, uint64_t)         \
  X(boolean, uint8_t)
// clang-format on

enum class DType : uint8_t {
#define MOTE_DTYPE_ENUM(name, type) name,
  MOTE_DTYPE_LIST(MOTE_DTYPE_ENUM)
#undef MOTE_DTYPE_ENUM
};

std::string_view dtype_name(DType dtype);
DType dtype_from_name(std::string_view name);  // throws GraphError
int64_t dtype_bytes(DType dtype);

using TensorId = int32_t;
constexpr TensorId no_tensor = -1;  // an optional input that is not there
using Shape = std::vector<int32_t>;

// real = scale * (stored - zero_point). One entry for a whole tensor, or one per index of `axis`.
struct Quantization {
  std::vector<float> scale;
  std::vector<int32_t> zero_point;
  int32_t axis = -1;  // -1: one entry for the whole tensor

  bool empty() const { return scale.empty(); }
  bool operator==(const Quantization&) const = default;
};

struct Tensor {
  std::string name;
  DType dtype = DType::f32;
  Shape shape;
  Quantization quantization;
  bool constant = false;
  // Little endian, of byte_size(): the value of a constant, the initial value of a variable; else
  // empty.
  std::vector<uint8_t> data;
  // State that is kept from one inference to the next. It is defined from the start, nodes read it
  // in order, and each node that writes it has it among its outputs.
  bool variable = false;

  int64_t elements() const;
  int64_t byte_size() const { return elements() * dtype_bytes(dtype); }

  // Typed views of a constant's data. T must have the dtype's size.
  template <class T>
  std::span<const T> values() const {
    return {reinterpret_cast<const T*>(data.data()), data.size() / sizeof(T)};
  }
  template <class T>
  std::span<T> values() {
    return {reinterpret_cast<T*>(data.data()), data.size() / sizeof(T)};
  }
  // The only entry of a per-tensor quantisation; throws GraphError when there is none.
  float scale() const;
  int32_t zero_point() const;
};

using Attribute =
    std::variant<int64_t, double, std::string, std::vector<int64_t>, std::vector<double>>;
using Attributes = std::map<std::string, Attribute>;

struct Node {
  std::string op;  // name in the op table, e.g. "conv2d"
  std::vector<TensorId> inputs;
  std::vector<TensorId> outputs;
  Attributes attributes;
  int32_t source_index = -1;  // operator index in the imported file, -1 if none

  // Typed access. The one-argument forms throw GraphError when the attribute is missing.
  bool has(std::string_view name) const { return attributes.contains(std::string(name)); }
  int64_t integer(std::string_view name) const;
  int64_t integer(std::string_view name, int64_t fallback) const;
  double real(std::string_view name) const;
  double real(std::string_view name, double fallback) const;
  std::string text(std::string_view name) const;
  std::string text(std::string_view name, std::string_view fallback) const;
  std::vector<int64_t> integers(std::string_view name) const;
};

// What is wrong with a graph and where: the message names the op, the tensor and the fact.
class GraphError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Graph {
  std::string name;
  std::vector<Tensor> tensors;
  std::vector<Node> nodes;  // in execution order
  std::vector<TensorId> inputs;
  std::vector<TensorId> outputs;

  Tensor& tensor(TensorId id) { return tensors.at(static_cast<size_t>(id)); }
  const Tensor& tensor(TensorId id) const { return tensors.at(static_cast<size_t>(id)); }

  TensorId add_tensor(Tensor tensor);
  // A constant from raw values.
  template <class T>
  TensorId add_constant(std::string tensor_name, DType dtype, Shape shape,
                        const std::vector<T>& values) {
    Tensor t{std::move(tensor_name), dtype, std::move(shape), {}, true, {}};
    const auto* bytes = reinterpret_cast<const uint8_t*>(values.data());
    t.data.assign(bytes, bytes + values.size() * sizeof(T));
    return add_tensor(std::move(t));
  }
  // Appends a node, lets its op's shape rule fill in the types and shapes of new outputs, and
  // returns the outputs' ids. Throws GraphError when the rule refuses.
  std::vector<TensorId> add_node(std::string op, std::vector<TensorId> node_inputs,
                                 Attributes attributes, int output_count = 1);

  // Index of the node that writes `id`, or -1 for graph inputs and constants.
  int32_t producer(TensorId id) const;
  // Indices of the nodes that read `id`.
  std::vector<int32_t> consumers(TensorId id) const;
  bool is_output(TensorId id) const;
  // Whether the node writes state, so that it counts even when nobody reads its results.
  bool writes_variable(const Node& node) const;
};

// Drops nodes whose results nobody reads and tensors that nobody refers to; renumbers tensors.
void remove_dead(Graph& graph);

}  // namespace mote::ir
