// Host half of pooling. Input: x [n, h, w, c]. Attributes: filter_h, filter_w, stride_h, stride_w,
// padding ("same" or "valid"), activation.
#pragma once

#include "compiler/import/tflite_operator.hpp"
#include "compiler/ir/op.hpp"

namespace mote::shared {

// Shape rule and import of every pooling op.
void infer_pool(ir::Graph& graph, const ir::Node& node);
void import_pool(const tflite::Operator& source, ir::Node& node);

// int8 kernels, whose params are PoolS8Params.
bool fits_pool_s8(const ir::Graph& graph, const ir::Node& node);
ir::LoweredOp lower_pool_s8(const ir::Graph& graph, const ir::Node& node);

ir::KernelInfo mean_pool_f32_kernel();
ir::KernelInfo max_pool_f32_kernel();

}  // namespace mote::shared
