// Operators that cut, join and delay streams, call after call, against plain buffers; the inverse
// transform against its formula.
#include <gtest/gtest.h>

#include <cmath>
#include <deque>

#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

using namespace ir;

// A one-node graph with a state, run call after call.
struct Stream {
  Graph graph;
  std::unique_ptr<Interpreter> interpreter;

  Stream(const std::string& op, const Tensor& x, const Attributes& attributes, int outputs,
         int64_t state_bytes) {
    graph.inputs = {graph.add_tensor(x)};
    Node node{op, graph.inputs, {}, attributes};
    for (int i = 0; i < outputs; ++i) {
      node.outputs.push_back(
          graph.add_tensor({"y", DType::f32, {}, x.quantization, false, {}, false}));
    }
    graph.outputs = node.outputs;
    Tensor state{"state", DType::i8, {static_cast<int32_t>(state_bytes)}, {}, false, {}, true};
    state.data.assign(static_cast<size_t>(state_bytes), 0);
    node.outputs.push_back(graph.add_tensor(state));
    find_op(op).infer(graph, node);
    graph.nodes.push_back(node);
    interpreter = std::make_unique<Interpreter>(graph, host_target());
  }

  template <class T>
  void run(const std::vector<T>& x) {
    std::vector<std::vector<uint8_t>> bytes(1, std::vector<uint8_t>(x.size() * sizeof(T)));
    std::memcpy(bytes[0].data(), x.data(), bytes[0].size());
    interpreter->run(bytes);
  }
  template <class T>
  std::vector<T> output(size_t i = 0) const {
    const auto bytes = interpreter->bytes(graph.outputs[i]);
    return values_of<T>({bytes.begin(), bytes.end()});
  }
};

std::vector<int16_t> noise(TrialRandom& random, int32_t count) {
  std::vector<int16_t> values;
  for (int32_t i = 0; i < count; ++i) {
    values.push_back(static_cast<int16_t>(random.between(-32768, 32767)));
  }
  return values;
}

Tensor signal(DType dtype, const Shape& shape) {
  return {"x", dtype, shape, {}, false, {}, false};
}

TEST(SignalStreams, Delay) {
  constexpr uint32_t seed = 3;
  TrialRandom random(seed);
  for (const int32_t delay : {0, 1, 3, 4, 11}) {
    Stream stream("signal_delay", signal(DType::i16, {2, 4}), {{"delay", int64_t{delay}}}, 1,
                  std::max(4 * delay, 2));
    std::deque<int16_t> held[2];
    for (auto& own : held) own.assign(static_cast<size_t>(delay), 0);
    for (int call = 0; call < 5; ++call) {
      const auto x = noise(random, 8);
      stream.run(x);
      const auto y = stream.output<int16_t>();
      for (size_t i = 0; i < 8; ++i) {
        held[i / 4].push_back(x[i]);
        ASSERT_EQ(y[i], held[i / 4].front()) << delay;
        held[i / 4].pop_front();
      }
    }
  }
}

TEST(SignalStreams, Framer) {
  constexpr uint32_t seed = 5;
  TrialRandom random(seed);
  for (int32_t options = 0; options < 8; ++options) {
    const int32_t size = options & 1 ? 7 : 6, step = options & 2 ? 3 : 2, prefill = options >> 2;
    const int32_t state = (size + step - 1) / step * step + 2;
    Stream stream("signal_framer", signal(DType::i16, {2, 2 * step}),
                  {{"frame_size", int64_t{size}},
                   {"frame_step", int64_t{step}},
                   {"prefill", int64_t{prefill}}},
                  2, 4 * state);
    std::deque<int16_t> held[2];
    for (auto& own : held) own.assign(static_cast<size_t>(prefill ? size - step : 0), 0);
    for (int call = 0; call < 6; ++call) {
      const auto x = noise(random, 4 * step);
      stream.run(x);
      const auto y = stream.output<int16_t>();
      bool valid = true;
      for (int32_t f = 0; f < 4; ++f) {
        auto& own = held[f / 2];
        const auto begin = x.begin() + f * step;
        own.insert(own.end(), begin, begin + step);
        const bool full = own.size() >= static_cast<size_t>(size);
        valid = valid && full;
        for (int32_t i = 0; i < size; ++i) {
          ASSERT_EQ(y[static_cast<size_t>(f * size + i)], full ? own[static_cast<size_t>(i)] : 0)
              << options;
        }
        if (full) own.erase(own.begin(), own.begin() + step);
      }
      ASSERT_EQ(stream.output<uint8_t>(1)[0], valid ? 1 : 0);
    }
  }
}

TEST(SignalStreams, Stacker) {
  constexpr uint32_t seed = 7;
  TrialRandom random(seed);
  for (const int32_t step : {1, 2, 4}) {
    constexpr int32_t left = 2, right = 1, channels = 3, whole = left + right + 1;
    Stream stream("signal_stacker", signal(DType::i16, {channels}),
                  {{"left", int64_t{left}}, {"right", int64_t{right}}, {"step", int64_t{step}}}, 2,
                  2 * (whole * channels + 2));
    std::deque<std::vector<int16_t>> held;
    for (int call = 0; call < 9; ++call) {
      const auto x = noise(random, channels);
      held.insert(held.end(), call == 0 ? left + 1 : 1, x);
      stream.run(x);
      const bool full = held.size() == whole;
      ASSERT_EQ(stream.output<uint8_t>(1)[0], full ? 1 : 0) << step << " " << call;
      std::vector<int16_t> expected(whole * channels, 0);
      for (size_t i = 0; full && i < expected.size(); ++i)
        expected[i] = held[i / channels][i % channels];
      ASSERT_EQ(stream.output<int16_t>(), expected);
      if (full) held.erase(held.begin(), held.begin() + step);
    }
  }
}

TEST(SignalStreams, OverlapAdd) {
  constexpr uint32_t seed = 9;
  TrialRandom random(seed);
  constexpr int32_t size = 5, step = 2, frames = 3;
  Stream wide("signal_overlap_add", signal(DType::i16, {2, frames, size}),
              {{"frame_step", int64_t{step}}}, 1, 2 * 2 * frames * size);
  std::vector<int64_t> tail(2 * size, 0);
  for (int call = 0; call < 4; ++call) {
    const auto x = noise(random, 2 * frames * size);
    wide.run(x);
    const auto y = wide.output<int16_t>();
    ASSERT_EQ(y.size(), size_t{2} * frames * step);
    for (size_t o = 0; o < 2; ++o) {
      for (size_t f = 0; f < frames; ++f) {
        for (size_t i = 0; i < size; ++i) {
          int64_t& sum = tail[o * size + i];
          sum = std::clamp<int64_t>(sum + x[(o * frames + f) * size + i], -32768, 32767);
        }
        for (size_t i = 0; i < step; ++i) {
          ASSERT_EQ(y[(o * frames + f) * step + i], tail[o * size + i]);
        }
        for (size_t i = 0; i < size; ++i) {
          tail[o * size + i] = i + step < size ? tail[o * size + i + step] : 0;
        }
      }
    }
  }
  Stream floats("signal_overlap_add", signal(DType::f32, {1, 3}), {{"frame_step", int64_t{1}}}, 1,
                12);
  floats.run<float>({1, 2, 3});
  floats.run<float>({10, 20, 30});
  EXPECT_EQ(floats.output<float>(), (std::vector<float>{12}));
}

TEST(SignalStreams, CircularBuffer) {
  Tensor x = signal(DType::i8, {1, 1, 1, 2});
  x.quantization = {{0.5f}, {3}, -1};
  Stream stream("circular_buffer", x, {{"slots", int64_t{3}}}, 1, 6);
  stream.run<int8_t>({1, 2});
  EXPECT_EQ(stream.output<int8_t>(), (std::vector<int8_t>{0, 0, 0, 0, 1, 2}));
  stream.run<int8_t>({3, 4});
  stream.run<int8_t>({5, 6});
  stream.run<int8_t>({7, 8});
  EXPECT_EQ(stream.output<int8_t>(), (std::vector<int8_t>{3, 4, 5, 6, 7, 8}));
}

TEST(SignalIrfft, IsTheInverseWithinItsRounding) {
  for (const int32_t length : {4, 8, 16, 64, 256, 512}) {
    SCOPED_TRACE(length);
    constexpr uint32_t seed = 13;
    TrialRandom random(seed);
    const int32_t half = length / 2;
    std::vector<int16_t> spectrum;
    for (int32_t k = 0; k <= half; ++k) {
      const bool real = k == 0 || k == half;
      spectrum.push_back(static_cast<int16_t>(random.between(-8000, 8000)));
      spectrum.push_back(static_cast<int16_t>(real ? 0 : random.between(-8000, 8000)));
    }
    OpTrial trial;
    trial.input(DType::i16, {1, length + 2}, spectrum);
    const auto y =
        values_of<int16_t>(trial.run("signal_irfft", {{"length", int64_t{length}}}, {{}})[0]);
    ASSERT_EQ(trial.output_shape(), (Shape{1, length}));
    for (int32_t i = 0; i < length; ++i) {
      double sum = 0;
      for (int32_t k = 0; k <= half; ++k) {
        const double phase = 2 * std::acos(-1.0) * k * i / length;
        const double re = spectrum[static_cast<size_t>(2 * k)];
        const double im = spectrum[static_cast<size_t>(2 * k + 1)];
        sum += (k == 0 || k == half ? 1 : 2) * (re * std::cos(phase) - im * std::sin(phase));
      }
      ASSERT_NEAR(y[static_cast<size_t>(i)], sum / length, 6) << i;  // a unit or two per stage
    }
  }
}

}  // namespace
}  // namespace mote
