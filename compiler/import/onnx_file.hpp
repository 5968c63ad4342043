// A parsed .onnx file: messages within limits, and tensors with checked contents.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "compiler/ir/graph.hpp"
#include "generated/onnx.pb.h"

namespace mote::onnx {

// Throws ir::GraphError when the bytes are no ModelProto with a graph, are over file_bytes_max, or
// nest too deeply.
::onnx::ModelProto parse_model(std::span<const uint8_t> bytes, std::string_view name);

// Version of the default operator set. Throws ir::GraphError when there is none or it is unknown.
int64_t opset_of(const ::onnx::ModelProto& model, std::string_view name);

// The type of a TensorProto::DataType. Throws ir::GraphError when the graph has none for it.
ir::DType dtype_of(int32_t data_type);

// A constant from a serialised tensor. Throws ir::GraphError when type, extents or number of bytes
// don't fit together, or when its values stand in another file.
ir::Tensor read_tensor(const ::onnx::TensorProto& source);

// Throws ir::GraphError when a tensor of this shape is over the importer's limits.
void check_extents(const ir::Shape& shape, ir::DType dtype, const std::string& name);

}  // namespace mote::onnx
