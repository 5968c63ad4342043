#include <gtest/gtest.h>

#include <cmath>

#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

using namespace ir;

struct Unit {
  int32_t batches = 2, steps = 5, inputs = 3, cells = 4;
  std::vector<float> x, w, r, bias;

  explicit Unit(TrialRandom& random) {
    const auto fill = [&](std::vector<float>& values, int32_t count) {
      for (int32_t i = 0; i < count; ++i) values.push_back(random.real(-1, 1));
    };
    fill(x, batches * steps * inputs);
    fill(w, 3 * cells * inputs);
    fill(r, 3 * cells * cells);
    fill(bias, 6 * cells);
  }

  static double dot(const std::vector<float>& m, int32_t row, const std::vector<double>& v) {
    double sum = 0;
    for (size_t i = 0; i < v.size(); ++i) {
      sum += static_cast<double>(m[static_cast<size_t>(row) * v.size() + i]) * v[i];
    }
    return sum;
  }

  // h after one more step from x's row, in double.
  std::vector<double> step(int32_t row, const std::vector<double>& h, bool reset_after) const {
    const auto begin = x.begin() + row * inputs;
    const std::vector<double> now(begin, begin + inputs);
    const auto logistic = [](double v) { return 1 / (1 + std::exp(-v)); };
    const auto b = [&](int32_t i) { return static_cast<double>(bias[static_cast<size_t>(i)]); };
    std::vector<double> z, gate, next;
    for (int32_t c = 0; c < cells; ++c) {
      z.push_back(logistic(dot(w, c, now) + b(c) + dot(r, c, h) + b(3 * cells + c)));
      const int32_t k = cells + c;
      gate.push_back(logistic(dot(w, k, now) + b(k) + dot(r, k, h) + b(3 * cells + k)));
    }
    std::vector<double> reset = h;
    for (size_t c = 0; c < reset.size(); ++c) reset[c] *= gate[c];
    for (int32_t c = 0; c < cells; ++c) {
      const auto i = static_cast<size_t>(c);
      const int32_t k = 2 * cells + c;
      const double recurrent = reset_after ? gate[i] * (dot(r, k, h) + b(3 * cells + k))
                                           : dot(r, k, reset) + b(3 * cells + k);
      const double n = std::tanh(dot(w, k, now) + b(k) + recurrent);
      next.push_back((1 - z[i]) * n + z[i] * h[i]);
    }
    return next;
  }

  // A graph of it; with `kept`, hidden state is a variable.
  Graph graph(bool time_major, bool reset_after, bool kept) const {
    Graph g;
    const Shape shape = time_major ? Shape{steps, batches, inputs} : Shape{batches, steps, inputs};
    const TensorId in = g.add_tensor({"x", DType::f32, shape, {}, false, {}, false});
    std::vector<TensorId> all{in, g.add_constant("w", DType::f32, {3 * cells, inputs}, w),
                              g.add_constant("r", DType::f32, {3 * cells, cells}, r),
                              g.add_constant("b", DType::f32, {2, 3 * cells}, bias)};
    Tensor state{"h", DType::f32, {batches, cells}, {}, false, {}, true};
    state.data.assign(static_cast<size_t>(batches * cells) * 4, 0);
    if (kept) all.push_back(g.add_tensor(state));
    const TensorId y = g.add_tensor({"y", DType::f32, {}, {}, false, {}, false});
    Node node{"gru", all, {y}, {}};
    if (kept) node.outputs.push_back(all.back());
    node.attributes = {{"time_major", int64_t{time_major}}, {"reset_after", int64_t{reset_after}}};
    find_op("gru").infer(g, node);
    g.nodes.push_back(node);
    g.inputs = {in};
    g.outputs = {y};
    return g;
  }
};

void expect_sequence(bool time_major, bool reset_after, bool kept) {
  SCOPED_TRACE(testing::Message() << time_major << reset_after << kept);
  constexpr uint32_t seed = 11;
  TrialRandom random(seed);
  const Unit unit(random);
  const Graph graph = unit.graph(time_major, reset_after, kept);
  Interpreter interpreter(graph, host_target());
  std::vector<std::vector<uint8_t>> x(1, std::vector<uint8_t>(unit.x.size() * 4));
  std::memcpy(x[0].data(), unit.x.data(), x[0].size());
  std::vector<std::vector<double>> h(static_cast<size_t>(unit.batches),
                                     std::vector<double>(static_cast<size_t>(unit.cells), 0));
  for (int call = 0; call < 2; ++call) {
    interpreter.run(x);
    const auto bytes = interpreter.bytes(graph.outputs[0]);
    const auto y = values_of<float>({bytes.begin(), bytes.end()});
    for (int32_t b = 0; b < unit.batches; ++b) {
      auto& own = h[static_cast<size_t>(b)];
      if (!kept) std::fill(own.begin(), own.end(), 0.0);
      for (int32_t t = 0; t < unit.steps; ++t) {
        const int32_t row = time_major ? t * unit.batches + b : b * unit.steps + t;
        own = unit.step(row, own, reset_after);
        for (size_t c = 0; c < own.size(); ++c) {
          ASSERT_NEAR(static_cast<double>(y[static_cast<size_t>(row * unit.cells) + c]), own[c],
                      2e-6);
        }
      }
    }
  }
}

TEST(Gru, FollowsItsFormula) {
  for (int32_t options = 0; options < 8; ++options) {
    expect_sequence((options & 1) != 0, (options & 2) != 0, (options & 4) != 0);
  }
}

}  // namespace
}  // namespace mote
