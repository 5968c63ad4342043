// What the tensor types of a .tflite file become in the graph. Most keep their type; two don't:
//
// Quantised uint8, the scheme before int8: a model that computes in it is read as int8, with stored
// values and zero points 128 lower, which changes no real value. Only the model's inputs and
// outputs stay uint8. A model that merely takes or gives uint8 is left as it is.
//
// 4-bit weights become int8, a byte each. A node that reads them packed says so by an attribute.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/import/tflite_file.hpp"
#include "compiler/ir/graph.hpp"

namespace mote::tflite {

class TensorTypes {
 public:
  // Of the tensors of a graph of the file; both must outlive the object.
  TensorTypes(const File& file, const schema::SubGraph& graph);

  // The tensor's type in the graph; nothing when there is none. index: of a tensor in the file.
  std::optional<ir::DType> of(int32_t index) const;
  // Whether it is quantised uint8 that becomes int8.
  bool shifted(int32_t index) const;
  // Whether the operator's weights have 4 bits and its kernels decode them.
  bool packed_weights(const schema::Operator& source) const;
  // The bytes of a constant in the graph's form. elements: how many it has. Throws ir::GraphError
  // when the file has too few or too many bytes for them.
  std::vector<uint8_t> converted(int32_t index, std::span<const uint8_t> stored,
                                 int64_t elements) const;

 private:
  const schema::Tensor& tensor(int32_t index) const { return file_.tensor(index, graph_); }

  const File& file_;
  const schema::SubGraph& graph_;
  bool computes_in_uint8_ = false;
};

// From uint8 to the int8 that stands for the same real value, and the zero point's way.
constexpr int32_t uint8_shift = 128;

// Throws ir::GraphError for more axes or bytes than a model may have. name: of the tensor.
void check_extents(std::span<const int32_t> shape, const std::string& name, int64_t element_bytes);

// The tensor's scales and zero points; none when it isn't quantised. Throws ir::GraphError for
// those that don't fit its shape.
ir::Quantization quantization_of(const schema::Tensor& source, const std::string& name);

// Whether the tensor is uint8 with a scale.
bool quantised_uint8(const schema::Tensor& tensor);

}  // namespace mote::tflite
