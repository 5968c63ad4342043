#include <algorithm>
#include <random>

#include "lab/tune.hpp"

namespace mote::lab {
namespace {

using ir::Attributes;
using ir::DType;
using ir::Graph;
using ir::Shape;
using ir::TensorId;

constexpr int32_t tensor_bytes_max = 8192;

class Layers {
 public:
  Layers(size_t count, uint32_t seed) : random_(seed) {
    graph_.name = "layers";
    for (size_t i = 0; i < count; ++i) {
      switch (i % 8) {
        case 0:
        case 1:
        case 2:
          convolution();
          break;
        case 3:
        case 4:
          depthwise();
          break;
        case 5:
          fully_connected();
          break;
        case 6:
          pool();
          break;
        default:
          add();
          break;
      }
    }
    for (size_t i = 0; i < count / 4; ++i) {
      palette_bits_ = between(1, 7);
      switch (i % 4) {
        case 0:
        case 1:
          convolution();
          break;
        case 2:
          depthwise();
          break;
        default:
          fully_connected();
          break;
      }
    }
  }
  Graph take() { return std::move(graph_); }

 private:
  int32_t between(int32_t low, int32_t high) {
    return low + static_cast<int32_t>(random_() % static_cast<uint32_t>(high - low + 1));
  }
  // As many of small ones as of large ones; mostly multiples of 4.
  int32_t channels(int32_t log2_max) {
    const int32_t large = 1 << between(1, log2_max);
    const int32_t some = between(large / 2, large);
    return between(0, 3) == 0 ? some : (some + 3) / 4 * 4;
  }
  // A side of an image with so many channels, not smaller than the window if memory allows it.
  int32_t side(int32_t depth, int32_t window) {
    int32_t largest = 24;
    while (largest * largest * depth > tensor_bytes_max) --largest;
    return between(std::min(window, largest), largest);
  }

  TensorId input(const Shape& shape) {
    graph_.inputs.push_back(
        graph_.add_tensor({"x", DType::i8, shape, {{0.05f}, {-4}, -1}, false, {}}));
    return graph_.inputs.back();
  }
  void output(TensorId y, float scale) {
    graph_.tensor(y).quantization = {{scale}, {-4}, -1};
    graph_.outputs.push_back(y);
  }
  std::string activation() { return between(0, 1) == 0 ? "none" : "relu"; }

  // The nearest of 2^palette_bits values, evenly spread.
  int32_t of_palette(int32_t weight) const {
    const int32_t step = 256 >> palette_bits_;
    return step > 1 ? (weight + 128) / step * step - 128 + step / 2 : weight;
  }

  // Weights as training leaves them: most are small.
  void linear(const char* op, const Shape& x, const Shape& w, size_t axis,
              const Attributes& attributes) {
    int64_t count = 1;
    for (const int32_t extent : w) count *= extent;
    std::vector<int8_t> weights;
    for (int64_t i = 0; i < count; ++i) {
      const int32_t sum = between(-32, 32) + between(-32, 32) + between(-32, 32) + between(-32, 32);
      weights.push_back(static_cast<int8_t>(of_palette(std::clamp(sum, -127, 127))));
    }
    const int32_t out = w[axis];
    const auto outs = static_cast<size_t>(out);
    const TensorId data = input(x);
    const TensorId constants[] = {
        graph_.add_constant("weights", DType::i8, w, weights),
        graph_.add_constant("bias", DType::i32, {out}, std::vector<int32_t>(outs, 100))};
    graph_.tensor(constants[0]).quantization = {
        std::vector<float>(outs, 0.01f), std::vector<int32_t>(outs, 0), static_cast<int32_t>(axis)};
    output(graph_.add_node(op, {data, constants[0], constants[1]}, attributes)[0], 0.2f);
  }

  Attributes windows(int32_t stride_max, bool may_be_valid) {
    const int32_t stride = between(1, stride_max);
    const bool valid = between(0, 3) == 0 && may_be_valid;
    return {{"stride_h", int64_t{stride}},
            {"stride_w", int64_t{stride}},
            {"padding", std::string(valid ? "valid" : "same")},
            {"activation", activation()}};
  }

  void convolution() {
    const int32_t kernel = between(0, 1) == 0 ? 1 : between(2, 5);
    const int32_t in_c = channels(kernel == 1 ? 7 : 5), out_c = channels(kernel == 1 ? 7 : 5);
    const int32_t size = side(std::max(in_c, out_c), kernel);
    linear("conv2d", {1, size, size, in_c}, {out_c, kernel, kernel, in_c}, 0,
           windows(2, kernel <= size));
  }
  void depthwise() {
    const int32_t kernel = between(0, 2) == 0 ? between(2, 5) : 3;
    const int32_t c = channels(7), size = side(c, kernel);
    linear("depthwise_conv2d", {1, size, size, c}, {1, kernel, kernel, c}, 3,
           windows(2, kernel <= size));
  }
  void fully_connected() {
    const int32_t rows = between(0, 2) == 0 ? between(2, 8) : 1;
    const int32_t in = channels(9), out = channels(6);
    linear("fully_connected", {rows, in}, {out, in}, 0, {{"activation", activation()}});
  }
  void pool() {
    const int32_t c = channels(7), size = side(c, 1), filter = between(1, std::min(size, 8));
    const TensorId x = input({1, size, size, c});
    Attributes attributes = windows(filter, true);
    attributes["filter_h"] = attributes["filter_w"] = int64_t{filter};
    output(graph_.add_node("average_pool", {x}, attributes)[0], 0.05f);
  }
  void add() {
    const int32_t c = channels(7), size = side(c, 1);
    const TensorId a = input({1, size, size, c}), b = input({1, size, size, c});
    output(graph_.add_node("add", {a, b}, {{"activation", activation()}})[0], 0.1f);
  }

  std::mt19937 random_;       // the same stream everywhere, unlike the standard's distributions
  int32_t palette_bits_ = 8;  // of the weights; 8: any
  Graph graph_;
};

}  // namespace

ir::Graph tuning_layers(size_t count, uint32_t seed) {
  return Layers(count, seed).take();
}

}  // namespace mote::lab
