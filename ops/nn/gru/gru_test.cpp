#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "compiler/random_models_trial.hpp"
#include "core/fixed_sigmoid.hpp"
#include "ops/shared/op_trial.hpp"
#include "ops/shared/sigmoid/sigmoid_host.hpp"

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

// A layer in integers, written from gru.hpp's formulas in 64 bits.
struct Narrow {
  int32_t batches = 2, steps = 6, inputs = 5, cells = 7;
  bool time_major, reset_after, kept;
  Quantization x_grid{{0.031f}, {-11}, -1}, y_grid{{0.0079f}, {-1}, -1};
  Quantization w_grid{{}, {}, 0}, r_grid{{}, {}, 0};
  std::vector<int8_t> w, r;
  std::vector<int32_t> bias;

  Narrow(uint32_t seed, int options)
      : time_major((options & 1) != 0), reset_after((options & 2) != 0), kept((options & 4) != 0) {
    TrialRandom random(seed);
    w = random.bytes(3 * cells * inputs, -127, 127);
    r = random.bytes(3 * cells * cells, -127, 127);
    for (int32_t row = 0; row < 3 * cells; ++row) {
      w_grid.scale.push_back(random.real(0.002f, 0.009f));
      r_grid.scale.push_back(random.real(0.002f, 0.009f));
    }
    w_grid.zero_point.assign(w_grid.scale.size(), 0);
    r_grid.zero_point = w_grid.zero_point;
    for (int32_t row = 0; row < 6 * cells; ++row) bias.push_back(random.between(-2000, 2000));
  }

  Graph graph() const {
    Graph g;
    const Shape shape = time_major ? Shape{steps, batches, inputs} : Shape{batches, steps, inputs};
    g.inputs = {g.add_tensor({"x", DType::i8, shape, x_grid, false, {}, false})};
    std::vector<TensorId> all{g.inputs[0], g.add_constant("w", DType::i8, {3 * cells, inputs}, w),
                              g.add_constant("r", DType::i8, {3 * cells, cells}, r),
                              g.add_constant("b", DType::i32, {2, 3 * cells}, bias)};
    g.tensor(all[1]).quantization = w_grid;
    g.tensor(all[2]).quantization = r_grid;
    Tensor state{"h", DType::i16, {batches, cells}, {{1.0f / 32768}, {0}, -1}, false, {}, true};
    state.data.assign(static_cast<size_t>(batches * cells) * 2, 0);
    if (kept) all.push_back(g.add_tensor(state));
    const TensorId y = g.add_tensor({"y", DType::i8, {}, y_grid, false, {}, false});
    Node node{"gru", all, {y}, {}};
    if (kept) node.outputs.push_back(all.back());
    node.attributes = {{"time_major", int64_t{time_major}}, {"reset_after", int64_t{reset_after}}};
    find_op("gru").infer(g, node);
    g.nodes.push_back(node);
    g.outputs = {y};
    return g;
  }

  struct State {
    std::vector<int64_t> h;
    std::vector<double> real;
  };

  static int64_t cut(int64_t v) { return std::clamp<int64_t>(v, -32768, 32767); }
  static int64_t shared15(int64_t v) {
    return static_cast<int64_t>(std::floor(static_cast<double>(v) / 32768 + 0.5));
  }
  int64_t stored(int64_t h) const {
    const int64_t v = requantised(h, 1.0 / 32768 / static_cast<double>(y_grid.scale[0]));
    return std::clamp<int64_t>(v + y_grid.zero_point[0], -128, 127);
  }
  // A row's sum in Q3.12.
  int64_t sum(const std::vector<int8_t>& m, const Quantization& grid, size_t row,
              const std::vector<int64_t>& v, const Quantization& of, size_t bias_at) const {
    int64_t total = bias[bias_at + row];
    for (size_t i = 0; i < v.size(); ++i) {
      total += int64_t{m[row * v.size() + i]} * (v[i] - of.zero_point[0]);
    }
    return cut(requantised(
        total, static_cast<double>(of.scale[0]) * static_cast<double>(grid.scale[row]) * 4096));
  }

  void step(const std::vector<int64_t>& x, State& state) const {
    const auto table = shared::sigmoid_table();
    const size_t units = state.h.size();
    const auto of_x = [&](size_t row) { return sum(w, w_grid, row, x, x_grid, 0); };
    std::vector<int64_t> before, gate[2];
    for (const int64_t h : state.h) before.push_back(stored(h));
    const auto of_h = [&](size_t row) { return sum(r, r_grid, row, before, y_grid, 3 * units); };
    for (size_t k = 0; k < 2; ++k) {
      for (size_t c = 0; c < units; ++c) {
        const int64_t both = 3 * cut(of_x(k * units + c) + of_h(k * units + c));
        gate[k].push_back(logistic_by_table(static_cast<int32_t>(both), table.data()));
      }
    }
    if (!reset_after) {
      for (size_t c = 0; c < units; ++c) before[c] = stored(shared15(gate[1][c] * state.h[c]));
    }
    for (size_t c = 0; c < units; ++c) {
      const int64_t rest = of_h(2 * units + c);
      const int64_t both = of_x(2 * units + c) + (reset_after ? shared15(gate[1][c] * rest) : rest);
      const int64_t n = tanh_by_table(static_cast<int32_t>(3 * cut(both)), table.data());
      state.h[c] = shared15((32768 - gate[0][c]) * n + gate[0][c] * state.h[c]);
    }
  }

  // The same step in real numbers, without any rounding but the constants'.
  void step_in_reals(const std::vector<int64_t>& x, State& state) const {
    const size_t units = state.real.size();
    const auto logistic = [](double v) { return 1 / (1 + std::exp(-v)); };
    const auto of_x = [&](size_t row) {
      double total = bias[row];
      for (size_t i = 0; i < x.size(); ++i) {
        total += static_cast<double>(w[row * x.size() + i] * (x[i] - x_grid.zero_point[0]));
      }
      return total * static_cast<double>(x_grid.scale[0]) * static_cast<double>(w_grid.scale[row]);
    };
    const auto of_h = [&](size_t row, const std::vector<double>& h) {
      double total = bias[3 * units + row] * static_cast<double>(y_grid.scale[0]);
      for (size_t i = 0; i < units; ++i) total += r[row * units + i] * h[i];
      return total * static_cast<double>(r_grid.scale[row]);
    };
    const std::vector<double> before = state.real;
    std::vector<double> reset = before, gate;
    for (size_t c = 0; c < units; ++c) {
      gate.push_back(logistic(of_x(units + c) + of_h(units + c, before)));
      reset[c] *= gate[c];
    }
    for (size_t c = 0; c < units; ++c) {
      const double z = logistic(of_x(c) + of_h(c, before));
      const size_t row = 2 * units + c;
      const double rest = reset_after ? gate[c] * of_h(row, before) : of_h(row, reset);
      state.real[c] = (1 - z) * std::tanh(of_x(row) + rest) + z * before[c];
    }
  }
};

void expect_integers(const Narrow& l) {
  const Graph graph = l.graph();
  const ModelValues got = package_outputs(graph, compiled_for(graph, host_target()).package);
  for (const ir::Target& target : random_model_targets()) {
    EXPECT_EQ(package_outputs(graph, compiled_for(graph, target).package), got) << target.name;
  }
  const auto units = static_cast<size_t>(l.cells);
  const Narrow::State fresh{std::vector<int64_t>(units, 0), std::vector<double>(units, 0)};
  std::vector<Narrow::State> states(static_cast<size_t>(l.batches), fresh);
  double distance = 0, largest = 0;
  for (uint32_t seed = 1; seed <= got.size(); ++seed) {
    const auto x = values_of<int8_t>(seeded_inputs(graph, seed)[0]);
    const auto y = values_of<int8_t>(got[seed - 1]);
    for (int32_t b = 0; b < l.batches; ++b) {
      Narrow::State& state = states[static_cast<size_t>(b)];
      if (!l.kept) state = fresh;
      for (int32_t t = 0; t < l.steps; ++t) {
        const int32_t row = l.time_major ? t * l.batches + b : b * l.steps + t;
        const auto begin = x.begin() + row * l.inputs;
        l.step({begin, begin + l.inputs}, state);
        l.step_in_reals({begin, begin + l.inputs}, state);
        for (size_t c = 0; c < units; ++c) {
          const auto at = static_cast<size_t>(row) * units + c;
          ASSERT_EQ(y[at], l.stored(state.h[c])) << row << " " << c;
          distance = std::max(distance, std::abs(state.h[c] / 32768.0 - state.real[c]));
          largest = std::max(largest, std::abs(state.real[c]));
        }
      }
    }
  }
  EXPECT_LT(distance, 0.02) << "products see h in steps of 0.0079";
  EXPECT_GT(largest, 0.4);
}

TEST(Gru, FollowsItsFormulaInIntegers) {
  for (int options = 0; options < 8; ++options) {
    SCOPED_TRACE(options);
    expect_integers(Narrow(static_cast<uint32_t>(20 + options), options));
  }
}

}  // namespace
}  // namespace mote
