// Fourier transforms of tflite-micro's signal library and their inverses: in fixed point against
// KISS FFT's recursion written from its definition, in all types against sums in double.
#include <gtest/gtest.h>

#include <cmath>
#include <complex>

#include "compiler/export_model.hpp"
#include "compiler/import/tflite.hpp"
#include "compiler/import/tflite_builder.hpp"
#include "compiler/ir/same.hpp"
#include "compiler/random_models_trial.hpp"
#include "ops/shared/op_trial.hpp"

namespace mote {
namespace {

namespace schema = tflite::schema;

constexpr double pi = 3.14159265358979323846;
constexpr int32_t frames = 2;

// Numbers with `bits` behind the point. Sums wrap around at bits + 1.
struct Fixed {
  int bits;
  struct Value {
    int64_t r, i;
  };
  int64_t wrapped(int64_t v) const {
    return bits == 15 ? static_cast<int16_t>(v) : static_cast<int32_t>(v);
  }
  int64_t one() const { return (int64_t{1} << bits) - 1; }
  int64_t rounded(int64_t product) const {
    return wrapped((product + (int64_t{1} << (bits - 1))) >> bits);
  }
  Value product(Value a, Value b) const {
    return {rounded(a.r * b.r - a.i * b.i), rounded(a.r * b.i + a.i * b.r)};
  }
  Value shared(Value a, int64_t divisor) const {
    return {rounded(a.r * (one() / divisor)), rounded(a.i * (one() / divisor))};
  }
  Value sum(Value a, Value b) const { return {wrapped(a.r + b.r), wrapped(a.i + b.i)}; }
  Value difference(Value a, Value b) const { return {wrapped(a.r - b.r), wrapped(a.i - b.i)}; }
  Value mirrored(Value a) const { return {a.r, wrapped(-a.i)}; }
  Value turn(double phase) const {
    return {static_cast<int64_t>(std::floor(0.5 + static_cast<double>(one()) * std::cos(phase))),
            static_cast<int64_t>(std::floor(0.5 + static_cast<double>(one()) * std::sin(phase)))};
  }

  // Complex transform of every stride-th of x; sign: -1, or 1 of the inverse.
  std::vector<Value> transform(const Value* x, int32_t n, int32_t stride, int sign) const {
    if (n == 1) return {*x};
    const int32_t radix = n % 4 == 0 ? 4 : 2, part = n / radix;
    std::vector<std::vector<Value>> parts;
    for (int32_t q = 0; q < radix; ++q) {
      parts.push_back(transform(x + q * stride, part, stride * radix, sign));
      for (int32_t k = 0; k < part; ++k) {
        Value& v = parts.back()[static_cast<size_t>(k)];
        v = shared(v, radix);
        if (q > 0) v = product(v, turn(sign * 2 * pi * q * k / n));
      }
    }
    std::vector<Value> y(static_cast<size_t>(n), Value{0, 0});
    for (int32_t at = 0; at < n; ++at) {
      for (int32_t q = 0; q < radix; ++q) {  // times i^(4 sign q (at / part) / radix)
        Value v = parts[static_cast<size_t>(q)][static_cast<size_t>(at % part)];
        const int32_t quarters = 4 / radix * q * (at / part) % 4;
        for (int32_t t = 0; t < quarters; ++t) v = sign < 0 ? Value{v.i, -v.r} : Value{-v.i, v.r};
        y[static_cast<size_t>(at)] = sum(y[static_cast<size_t>(at)], v);
      }
    }
    return y;
  }

  Value super(int32_t k, int32_t half, int sign) const {
    return turn(sign * pi * (static_cast<double>(k) / half + 0.5));
  }

  std::vector<int64_t> forward(const std::vector<int64_t>& x) const {
    const auto half = static_cast<int32_t>(x.size() / 2);
    std::vector<Value> pairs;
    for (size_t i = 0; i < x.size(); i += 2) pairs.push_back({x[i], x[i + 1]});
    const auto z = transform(pairs.data(), half, 1, -1);
    std::vector<int64_t> y(x.size() + 2, 0);
    const auto set = [&](int32_t k, int64_t r, int64_t i) {
      y[static_cast<size_t>(2 * k)] = r, y[static_cast<size_t>(2 * k) + 1] = i;
    };
    const Value first = shared(z[0], 2);
    set(0, wrapped(first.r + first.i), 0);
    set(half, wrapped(first.r - first.i), 0);
    // In C, sums of 16 bits are 32 bits wide.
    const auto halved = [](int64_t v) { return int64_t{static_cast<int32_t>(v)} >> 1; };
    for (int32_t k = 1; k <= half / 2; ++k) {
      const Value a = shared(z[static_cast<size_t>(k)], 2);
      const Value b = shared(mirrored(z[static_cast<size_t>(half - k)]), 2);
      const Value s = sum(a, b), t = product(difference(a, b), super(k, half, -1));
      set(k, halved(s.r + t.r), halved(s.i + t.i));
      set(half - k, halved(s.r - t.r), halved(t.i - s.i));
    }
    return y;
  }

  std::vector<int64_t> inverse(const std::vector<int64_t>& x) const {
    const auto half = static_cast<int32_t>(x.size() / 2 - 1);
    const auto at = [&](int32_t k) {
      return Value{x[static_cast<size_t>(2 * k)], x[static_cast<size_t>(2 * k) + 1]};
    };
    std::vector<Value> z(static_cast<size_t>(half));
    z[0] = shared({wrapped(at(0).r + at(half).r), wrapped(at(0).r - at(half).r)}, 2);
    for (int32_t k = 1; k <= half / 2; ++k) {
      const Value a = shared(at(k), 2), b = shared(mirrored(at(half - k)), 2);
      const Value odd = product(difference(a, b), super(k, half, 1));
      z[static_cast<size_t>(k)] = sum(sum(a, b), odd);
      z[static_cast<size_t>(half - k)] = mirrored(difference(sum(a, b), odd));
    }
    std::vector<int64_t> y;
    for (const Value v : transform(z.data(), half, 1, 1)) y.insert(y.end(), {v.r, v.i});
    return y;
  }
};

// scale * sum_i x[i] e^(-2 pi i k / n), or the real part of the inverse's sum.
std::vector<double> forward_in_reals(const std::vector<double>& x, double scale) {
  const size_t n = x.size();
  std::vector<double> y;
  for (size_t k = 0; k <= n / 2; ++k) {
    std::complex<double> sum = 0;
    for (size_t i = 0; i < n; ++i) {
      sum += x[i] * std::polar(1.0, -2 * pi * static_cast<double>(i * k % n) / double(n));
    }
    y.insert(y.end(), {scale * sum.real(), k == 0 || 2 * k == n ? 0 : scale * sum.imag()});
  }
  return y;
}
std::vector<double> inverse_in_reals(const std::vector<double>& x) {
  const size_t n = x.size() - 2;
  std::vector<double> y;
  for (size_t i = 0; i < n; ++i) {
    double sum = 0;
    for (size_t k = 0; k <= n / 2; ++k) {
      const bool end = k % (n / 2) == 0;
      const std::complex<double> value(x[2 * k], end ? 0 : x[2 * k + 1]);
      const auto turned = value * std::polar(1.0, 2 * pi * double(i * k % n) / double(n));
      sum += (end ? 1 : 2) * turned.real();
    }
    y.push_back(sum / double(n));
  }
  return y;
}

struct Case {
  schema::TensorType type;
  int32_t length;
  int32_t samples;  // of a frame
  bool inverse;
};

ir::Graph graph_of(const Case& c) {
  tflite::ModelBuilder b;
  const int32_t x = b.tensor({"x", c.type, {frames, c.inverse ? c.length + 2 : c.samples}});
  const int32_t y = b.tensor({"y", c.type, {frames, c.inverse ? c.length : c.length + 2}});
  b.custom(c.inverse ? "SignalIrfft" : "SignalRfft",
           {{"T", static_cast<int32_t>(c.type)}, {"fft_length", c.length}}, {x}, {y});
  return tflite::import_tflite(b.finish({x}, {y}), "transform");
}

// What the compiled model gives for values of a seed, frame by frame.
template <class T>
void expect_definitions(const Case& c) {
  SCOPED_TRACE(testing::Message() << c.type << " " << c.length << (c.inverse ? " inverse" : ""));
  const ir::Graph graph = graph_of(c);
  const ModelValues got = package_outputs(graph, compiled_for(graph, host_target()).package);
  const auto x = values_of<T>(seeded_inputs(graph, 1)[0]);
  const auto y = values_of<T>(got[0]);
  const size_t in = x.size() / frames, out = y.size() / frames;
  for (size_t f = 0; f < frames; ++f) {
    std::vector<double> reals(x.begin() + static_cast<std::ptrdiff_t>(f * in),
                              x.begin() + static_cast<std::ptrdiff_t>((f + 1) * in));
    if (!c.inverse) reals.resize(static_cast<size_t>(c.length), 0);
    double norm = 0;
    for (const double v : reals) norm += v * v;
    const double log = std::log2(c.length);
    constexpr bool exact = std::is_integral_v<T>;
    const auto expected =
        c.inverse ? inverse_in_reals(reals) : forward_in_reals(reals, exact ? 1.0 / c.length : 1.0);
    // Float: an error of one in the last place of the whole norm per radix-2 stage. Fixed point:
    // every stage rounds three times, and divides by 2^-bits less than its radix.
    double near = norm == 0 ? 0 : std::exp2(-24) * log * std::sqrt(norm * c.length);
    if (c.inverse) near /= c.length;
    if (exact) near = 4 * log;
    std::vector<int64_t> bits;
    if constexpr (exact) {
      const std::vector<int64_t> wide(reals.begin(), reals.end());
      const Fixed fixed{sizeof(T) == 2 ? 15 : 31};
      bits = c.inverse ? fixed.inverse(wide) : fixed.forward(wide);
    }
    for (size_t k = 0; k < out; ++k) {
      const T value = y[f * out + k];
      if constexpr (exact) {
        ASSERT_EQ(int64_t{value}, bits[k]) << k;
      }
      if (exact && c.inverse) continue;  // of random spectra it wraps around
      ASSERT_NEAR(static_cast<double>(value), expected[k], near) << k;
    }
  }
}

TEST(SignalRfft, IsKissFftsAndNearTheSum) {
  for (int32_t length = 4; length <= 512; length *= 2) {
    for (const int32_t samples : {length, length - length / 3}) {
      expect_definitions<int16_t>({schema::TensorType_INT16, length, samples, false});
      expect_definitions<int32_t>({schema::TensorType_INT32, length, samples, false});
      expect_definitions<float>({schema::TensorType_FLOAT32, length, samples, false});
    }
  }
}

TEST(SignalIrfft, IsKissFftsAndNearTheSum) {
  for (int32_t length = 4; length <= 512; length *= 2) {
    expect_definitions<int16_t>({schema::TensorType_INT16, length, 0, true});
    expect_definitions<int32_t>({schema::TensorType_INT32, length, 0, true});
    expect_definitions<float>({schema::TensorType_FLOAT32, length, 0, true});
  }
}

TEST(SignalRfft, ItsFileNamesTheType) {
  for (const bool inverse : {false, true}) {
    for (const auto type :
         {schema::TensorType_INT16, schema::TensorType_INT32, schema::TensorType_FLOAT32}) {
      const ir::Graph graph = graph_of({type, 16, 16, inverse});
      const ExportedModel exported = export_tflite(graph);
      EXPECT_TRUE(exported.ran);
      EXPECT_EQ(ir::difference(graph, tflite::import_tflite(exported.file, "again")), "");
      const auto* options = schema::GetModel(exported.file.data())
                                ->subgraphs()
                                ->Get(0)
                                ->operators()
                                ->Get(0)
                                ->custom_options();
      // tflite-micro chooses by it.
      const auto root = flexbuffers::GetRoot(options->data(), options->size());
      EXPECT_EQ(root.AsMap()["T"].AsInt32(), static_cast<int32_t>(type));
    }
  }
}

}  // namespace
}  // namespace mote
