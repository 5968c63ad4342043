// Test aid: recurrent layers of random integers in a graph.
#pragma once

#include "ops/kernel_trial.hpp"

namespace mote {

struct RecurrentTrial {
  ir::Graph& graph;
  TrialRandom& random;

  // Of int8 or int16 over x [batches, steps, inputs]; gives y. fresh: every call starts from 0.
  ir::TensorId lstm(ir::TensorId x, int32_t cells, bool fresh = false) const {
    const ir::Tensor of_x = graph.tensor(x);
    const int32_t inputs = of_x.shape[2];
    const bool wide = of_x.dtype == ir::DType::i16;
    std::vector<ir::TensorId> from{x};
    for (int gate = 0; gate < 4; ++gate) from.push_back(weights({cells, inputs}));
    for (int gate = 0; gate < 4; ++gate) from.push_back(weights({cells, cells}));
    for (int gate = 0; gate < 4; ++gate) {
      from.push_back(wide ? biases<int64_t>(ir::DType::i64, {cells}, cells, 300000)
                          : biases<int32_t>(ir::DType::i32, {cells}, cells, 3000));
    }
    const ir::Quantization y =
        wide ? ir::Quantization{{1.0f / 32768}, {0}, -1} : ir::Quantization{{0.0079f}, {3}, -1};
    const ir::Shape shape{of_x.shape[0], cells};
    std::vector<ir::TensorId> states;
    if (!fresh) {
      states = {state(of_x.dtype, shape, y),
                state(ir::DType::i16, shape, {{1.0f / 2048}, {0}, -1})};
    }
    from.insert(from.end(), states.begin(), states.end());
    const double clip = random.between(0, 1) != 0 ? 0.75 : 0;
    return add({"lstm", from, {}, {{"cell_clip", clip}}}, of_x.dtype, y, states);
  }

  // Of int8.
  ir::TensorId gru(ir::TensorId x, int32_t cells) const {
    const ir::Shape of_x = graph.tensor(x).shape;
    const ir::Shape shape{of_x[0], cells};
    const std::vector<ir::TensorId> states{state(ir::DType::i16, shape, {{1.0f / 32768}, {0}, -1})};
    const ir::TensorId w = weights({3 * cells, of_x[2]}), r = weights({3 * cells, cells});
    const ir::TensorId bias = biases<int32_t>(ir::DType::i32, {2, 3 * cells}, 6 * cells, 2000);
    const int64_t after = random.between(0, 1);
    return add({"gru", {x, w, r, bias, states[0]}, {}, {{"reset_after", after}}}, ir::DType::i8,
               {{0.0079f}, {3}, -1}, states);
  }

 private:
  ir::TensorId weights(const ir::Shape& shape) const {
    const int64_t count = int64_t{shape[0]} * shape[1];
    const ir::TensorId id =
        graph.add_constant("weights", ir::DType::i8, shape, random.bytes(count, -127, 127));
    graph.tensor(id).quantization = {{random.real(0.003f, 0.009f)}, {0}, -1};
    return id;
  }
  template <class T>
  ir::TensorId biases(ir::DType type, const ir::Shape& shape, int32_t count, int32_t reach) const {
    std::vector<T> values;
    for (int32_t i = 0; i < count; ++i) values.push_back(random.between(-reach, reach));
    return graph.add_constant("bias", type, shape, values);
  }
  ir::TensorId state(ir::DType type, const ir::Shape& shape, const ir::Quantization& q) const {
    ir::Tensor made{"state", type, shape, q, false, {}, true};
    const int32_t zero = type == ir::DType::i8 ? q.zero_point[0] : 0;
    made.data.assign(static_cast<size_t>(made.byte_size()), static_cast<uint8_t>(zero));
    return graph.add_tensor(std::move(made));
  }
  // A node that writes variables besides y.
  ir::TensorId add(ir::Node node, ir::DType type, const ir::Quantization& q,
                   const std::vector<ir::TensorId>& states) const {
    const ir::TensorId y = graph.add_tensor({"y", type, {}, q, false, {}});
    node.outputs = {y};
    node.outputs.insert(node.outputs.end(), states.begin(), states.end());
    ir::find_op(node.op).infer(graph, node);
    graph.nodes.push_back(std::move(node));
    return y;
  }
};

}  // namespace mote
