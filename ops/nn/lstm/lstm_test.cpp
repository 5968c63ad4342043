// LSTM of int16 against TensorFlow Lite's definitions in 64 bits, and against real numbers. Models
// of the data mirror (lab/golden_test.cpp) hold those of int8 and float to tflite-micro's bits.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "compiler/export_model.hpp"
#include "compiler/import/tflite.hpp"
#include "compiler/import/tflite_builder.hpp"
#include "compiler/ir/same.hpp"
#include "compiler/random_models_trial.hpp"
#include "core/fixed_sigmoid.hpp"
#include "ops/shared/op_trial.hpp"
#include "ops/shared/recurrent/recurrent_trial.hpp"
#include "ops/shared/sigmoid/sigmoid_host.hpp"

namespace mote {
namespace {

using tflite::ModelBuilder;
namespace schema = tflite::schema;

// A layer with its values, its .tflite file, and two ways to compute it.
struct Wide {
  int32_t batches = 2, steps = 5, inputs = 6, cells = 7;
  bool time_major;
  float clip;  // of the cell state; 0: none
  float x_scale = 1.0f / 4096, w_scale[4], r_scale[4], hidden_scale = 1.0f / 32768;
  float cell_scale = 1.0f / 2048;
  std::vector<int8_t> w[4], r[4];
  std::vector<int64_t> bias[4];

  Wide(uint32_t seed, bool major, float cut) : time_major(major), clip(cut) {
    TrialRandom random(seed);
    for (size_t g = 0; g < 4; ++g) {
      w_scale[g] = 0.004f + 0.002f * static_cast<float>(g);
      r_scale[g] = 0.011f - 0.002f * static_cast<float>(g);
      w[g] = random.bytes(cells * inputs, -127, 127);
      r[g] = random.bytes(cells * cells, -127, 127);
      for (int32_t c = 0; c < cells; ++c) bias[g].push_back(random.between(-400000, 400000));
    }
  }

  std::vector<uint8_t> file() const {
    ModelBuilder b;
    const std::vector<int32_t> shape = time_major ? std::vector<int32_t>{steps, batches, inputs}
                                                  : std::vector<int32_t>{batches, steps, inputs};
    std::vector<int32_t> y_shape = shape;
    y_shape[2] = cells;
    const auto wide = schema::TensorType_INT16;
    const int32_t x = b.tensor({"x", wide, shape, {x_scale}, {0}});
    std::vector<int32_t> from(24, -1);
    from[0] = x;
    for (size_t g = 0; g < 4; ++g) {
      const auto scale = std::vector<float>{x_scale * w_scale[g]};
      from[1 + g] = b.constant("w", schema::TensorType_INT8, {cells, inputs}, w[g], {w_scale[g]});
      from[5 + g] = b.constant("r", schema::TensorType_INT8, {cells, cells}, r[g], {r_scale[g]});
      from[12 + g] = b.constant("bias", schema::TensorType_INT64, {cells}, bias[g], scale);
    }
    from[18] = b.tensor({"h", wide, {batches, cells}, {hidden_scale}, {0}, 0, {}, 0, true});
    from[19] = b.tensor({"c", wide, {batches, cells}, {cell_scale}, {0}, 0, {}, 0, true});
    const int32_t y = b.tensor({"y", wide, y_shape, {hidden_scale}, {0}});
    using F = ModelBuilder::Field;
    b.op(44, from, {y}, 71,
         {{0, F::byte, 4}, {1, F::real, 0, clip}, {2, F::real, 0, 0}, {3, F::byte, time_major}});
    return b.finish({x}, {y});
  }
};

int64_t cut(int64_t value) {
  return std::clamp<int64_t>(value, -32768, 32767);
}

// A 64-bit sum times a real, in TensorFlow Lite's arithmetic: vectors/README.md has the formula.
int64_t requantised_wide(int64_t x, double real) {
  int exponent = 0;
  auto m = static_cast<int64_t>(std::round(std::frexp(real, &exponent) * 2147483648.0));
  if (m == int64_t{1} << 31) m /= 2, ++exponent;
  const int64_t m16 = m < 0x7FFF0000 ? (m + 0x8000) / 65536 : 0x7FFF;
  const double unit = std::exp2(15 - exponent);  // products of this test stay far below 2^53
  return static_cast<int64_t>(std::floor((static_cast<double>(x * m16) + unit / 2) / unit));
}

template <class A, class B>
int64_t dot(const A* a, const B* b, int32_t count) {
  int64_t sum = 0;
  for (int32_t i = 0; i < count; ++i) sum += int64_t{a[i]} * b[i];
  return sum;
}

// State of one sequence.
struct State {
  std::vector<int16_t> h, c;
  std::vector<double> real_h, real_c;
  explicit State(size_t cells) : h(cells, 0), c(cells, 0), real_h(cells, 0), real_c(cells, 0) {}
};

void step_in_integers(const Wide& l, const int16_t* x, State& state) {
  const auto table = shared::sigmoid_table();
  const std::vector<int16_t> before = state.h;
  for (size_t c = 0; c < before.size(); ++c) {
    int64_t gates[4];
    for (size_t g = 0; g < 4; ++g) {
      const int64_t sum = dot(&l.w[g][c * static_cast<size_t>(l.inputs)], x, l.inputs);
      const int64_t rest = dot(&l.r[g][c * before.size()], before.data(), l.cells);
      const double of_x = static_cast<double>(l.x_scale * l.w_scale[g]) * 4096;
      const double of_h = static_cast<double>(l.hidden_scale * l.r_scale[g]) * 4096;
      gates[g] =
          cut(cut(requantised_wide(sum + l.bias[g][c], of_x)) + cut(requantised_wide(rest, of_h)));
    }
    const auto scaled = [&](int64_t gate) { return static_cast<int32_t>(3 * gate); };
    const int64_t i = logistic_by_table(scaled(gates[0]), table.data());
    const int64_t f = logistic_by_table(scaled(gates[1]), table.data());
    const int64_t n = tanh_by_table(scaled(gates[2]), table.data());
    const int64_t o = logistic_by_table(scaled(gates[3]), table.data());
    const auto cell_scale = static_cast<double>(l.cell_scale);
    int64_t cell = cut(cut(requantised(f * state.c[c], std::exp2(-15))) +
                       cut(requantised(i * n, std::exp2(-30) / cell_scale)));
    const auto most = static_cast<int64_t>(l.clip / l.cell_scale);
    if (l.clip > 0) cell = std::clamp(cell, -most, most);
    state.c[c] = static_cast<int16_t>(cell);
    // 2^-11 to the table's unit of 2^-12 / 3.
    const int64_t bent = tanh_by_table(static_cast<int32_t>(cell * 6), table.data());
    const auto unit = std::exp2(-30) / static_cast<double>(l.hidden_scale);
    state.h[c] = static_cast<int16_t>(cut(requantised(bent * o, unit)));
  }
}

void step_in_reals(const Wide& l, const int16_t* x, State& state) {
  const std::vector<double> before = state.real_h;
  const auto logistic = [](double v) { return 1 / (1 + std::exp(-v)); };
  for (size_t c = 0; c < before.size(); ++c) {
    double gates[4];
    for (size_t g = 0; g < 4; ++g) {
      const auto sum = dot(&l.w[g][c * static_cast<size_t>(l.inputs)], x, l.inputs) + l.bias[g][c];
      gates[g] = static_cast<double>(sum) * static_cast<double>(l.x_scale * l.w_scale[g]);
      for (size_t k = 0; k < before.size(); ++k) {
        gates[g] += static_cast<double>(l.r_scale[g]) * l.r[g][c * before.size() + k] * before[k];
      }
    }
    double& cell = state.real_c[c];
    cell = logistic(gates[1]) * cell + logistic(gates[0]) * std::tanh(gates[2]);
    if (l.clip > 0) cell = std::clamp<double>(cell, -l.clip, l.clip);
    state.real_h[c] = logistic(gates[3]) * std::tanh(cell);
  }
}

void expect_definition(const Wide& l) {
  const ir::Graph graph = tflite::import_tflite(l.file(), "wide");
  const ModelValues got = package_outputs(graph, compiled_for(graph, host_target()).package);
  EXPECT_EQ(got, reference_outputs(graph));
  std::vector<State> states(static_cast<size_t>(l.batches), State(static_cast<size_t>(l.cells)));
  double distance = 0, largest = 0;
  for (uint32_t seed = 1; seed <= got.size(); ++seed) {  // state is kept from call to call
    const auto x = values_of<int16_t>(seeded_inputs(graph, seed)[0]);
    const auto y = values_of<int16_t>(got[seed - 1]);
    for (int32_t b = 0; b < l.batches; ++b) {
      State& state = states[static_cast<size_t>(b)];
      for (int32_t t = 0; t < l.steps; ++t) {
        const int32_t row = l.time_major ? t * l.batches + b : b * l.steps + t;
        step_in_integers(l, &x[static_cast<size_t>(row * l.inputs)], state);
        step_in_reals(l, &x[static_cast<size_t>(row * l.inputs)], state);
        for (size_t c = 0; c < state.h.size(); ++c) {
          ASSERT_EQ(y[static_cast<size_t>(row * l.cells) + c], state.h[c]) << row << " " << c;
          distance = std::max(distance, std::abs(state.h[c] / 32768.0 - state.real_h[c]));
          largest = std::max(largest, std::abs(state.real_h[c]));
        }
      }
    }
  }
  EXPECT_LT(distance, 0.004) << "gates are Q3.12, the cell 2^-11";
  EXPECT_GT(largest, 0.3);
}

TEST(LstmS16, IsTensorFlowLites) {
  for (uint32_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(seed);
    expect_definition(Wide(seed, seed % 2 == 0, seed > 2 ? 0.4f : 0.0f));
  }
}

// Rows of every length up to some words, on every set of instructions.
TEST(Lstm, IsTheSameOnAllInstructionSets) {
  for (int32_t length = 1; length <= 20; ++length) {
    TrialRandom random(static_cast<uint32_t>(length));
    ir::Graph graph;
    graph.inputs = {
        graph.add_tensor({"x", ir::DType::i8, {2, 2, length}, {{0.03f}, {-7}, -1}, false, {}})};
    const RecurrentTrial trial{graph, random};
    graph.outputs = {trial.lstm(graph.inputs[0], 21 - length), trial.gru(graph.inputs[0], length)};
    EXPECT_EQ(disagreement(graph), "");
  }
}

// A layer without state gives what one with state gives in its first call, in every call.
TEST(Lstm, StartsAnewWithoutState) {
  for (const ir::DType type : {ir::DType::i8, ir::DType::i16}) {
    ModelValues values[2];
    for (const bool fresh : {false, true}) {
      TrialRandom random(3);
      ir::Graph graph;
      const ir::Quantization grid = type == ir::DType::i8 ? ir::Quantization{{0.03f}, {-7}, -1}
                                                          : ir::Quantization{{1e-4f}, {0}, -1};
      graph.inputs = {graph.add_tensor({"x", type, {2, 5, 6}, grid, false, {}})};
      graph.outputs = {RecurrentTrial{graph, random}.lstm(graph.inputs[0], 7, fresh)};
      EXPECT_EQ(disagreement(graph), "");
      Interpreter interpreter(graph, host_target());
      for (int call = 0; call < 2; ++call) {
        interpreter.run(seeded_inputs(graph, 1));
        const auto bytes = interpreter.bytes(graph.outputs[0]);
        values[fresh ? 1 : 0].emplace_back(bytes.begin(), bytes.end());
      }
      if (fresh) {
        EXPECT_THROW(export_tflite(graph), ir::GraphError);
      }
    }
    EXPECT_EQ(values[1][0], values[0][0]);
    EXPECT_EQ(values[1][1], values[0][0]);
    EXPECT_NE(values[0][1], values[0][0]) << "a test that can't fail";
  }
}

TEST(LstmS16, GoesBackToItsFile) {
  const ir::Graph graph = tflite::import_tflite(Wide(1, false, 0.5f).file(), "wide");
  const ExportedModel exported = export_tflite(graph);
  EXPECT_TRUE(exported.ran);
  EXPECT_EQ(ir::difference(graph, tflite::import_tflite(exported.file, "again")), "");
}

TEST(LstmS16, RefusesWhatItsSumsDoNotHold) {
  Wide layer(1, false, 0);
  layer.bias[2][3] = int64_t{1} << 46;
  const ir::Graph graph = tflite::import_tflite(layer.file(), "wide");
  EXPECT_THROW(compiled_for(graph, host_target()), ir::GraphError);
}

}  // namespace
}  // namespace mote
