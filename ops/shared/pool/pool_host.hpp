// Host half of pooling. Input: x [n, h, w, c]. Attributes: filter_h, filter_w, stride_h, stride_w,
// padding ("same" or "valid"), activation; set by an importer: uint8 (1: halves of int8 means round
// up, as in TensorFlow Lite's uint8 kernel).
#pragma once

#include "compiler/export/tflite_operator_writer.hpp"
#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/op.hpp"
#include "ops/shared/pool/pool.hpp"

namespace mote::shared {

// Shape rule and import of every pooling op.
void infer_pool(ir::Graph& graph, const ir::Node& node);
void import_pool(const tflite::Operator& source, ir::Node& node);
void write_pool(tflite::OperatorWriter& out);

// int8 kernels, whose params are PoolS8Params.
bool fits_pool_s8(const ir::Graph& graph, const ir::Node& node);
ir::LoweredOp lower_pool_s8(const ir::Graph& graph, const ir::Node& node);

// The kernels that take whatever the int8 ones above don't.
enum class PoolTypes : uint8_t { f32, s8_any, s16 };  // as the lines of kernels.inc
ir::KernelInfo pool_kernel(PoolTypes types, PoolFunction function);

}  // namespace mote::shared
