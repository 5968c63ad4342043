// Test aid: small models that together use every operator that can be imported.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "compiler/import/tflite_builder.hpp"

namespace mote::tflite {

// Values that look random and are the same everywhere.
inline std::vector<int8_t> sample_weights(size_t count) {
  std::vector<int8_t> values(count);
  uint32_t state = 1;
  for (int8_t& value : values) {
    state = state * 1664525u + 1013904223u;
    value = static_cast<int8_t>(static_cast<int32_t>(state >> 24) - 128);
    if (value == -128) value = -127;
  }
  return values;
}

// x [1, 4] -> fully connected with relu -> y [1, 3].
inline std::vector<uint8_t> sample_dense() {
  ModelBuilder b;
  const int32_t x = b.activation("x", {1, 4}, 0.5f, -1);
  const int32_t w = b.constant("w", schema::TensorType_INT8, {3, 4}, sample_weights(12), {0.25f});
  const int32_t bias =
      b.constant<int32_t>("b", schema::TensorType_INT32, {3}, {10, -20, 300}, {0.125f});
  const int32_t y = b.activation("y", {1, 3}, 4.0f, 3);
  b.op(9, {x, w, bias}, {y}, 8, {{0, ModelBuilder::Field::byte, 1}});
  return b.finish({x}, {y});
}

// Convolution, depthwise convolution, both poolings, add, reshape, fully connected, softmax.
inline std::vector<uint8_t> sample_network() {
  using F = ModelBuilder::Field;
  ModelBuilder b;
  const int32_t x = b.activation("x", {1, 6, 6, 2}, 0.5f, 4);
  const int32_t w0 = b.constant("w0", schema::TensorType_INT8, {4, 3, 3, 2}, sample_weights(72),
                                {0.01f, 0.02f, 0.03f, 0.04f}, 0);
  const int32_t b0 = b.constant<int32_t>("b0", schema::TensorType_INT32, {4}, {1, 2, 3, 4});
  const int32_t conv = b.activation("conv", {1, 6, 6, 4}, 0.8f, -5);
  b.op(3, {x, w0, b0}, {conv}, 1,
       {{0, F::byte, 0}, {1, F::integer, 1}, {2, F::integer, 1}, {3, F::byte, 3}});
  const int32_t w1 = b.constant("w1", schema::TensorType_INT8, {1, 3, 3, 4}, sample_weights(36),
                                {0.01f, 0.02f, 0.03f, 0.04f}, 3);
  const int32_t b1 = b.constant<int32_t>("b1", schema::TensorType_INT32, {4}, {-1, 20, -3, 400});
  const int32_t depthwise = b.activation("depthwise", {1, 3, 3, 4}, 0.8f, -5);
  b.op(4, {conv, w1, b1}, {depthwise}, 2,
       {{0, F::byte, 0}, {1, F::integer, 2}, {2, F::integer, 2}, {4, F::byte, 0}});
  const int32_t largest = b.activation("largest", {1, 3, 3, 4}, 0.8f, -5);
  b.op(17, {conv}, {largest}, 5,
       {{0, F::byte, 0},
        {1, F::integer, 2},
        {2, F::integer, 2},
        {3, F::integer, 3},
        {4, F::integer, 3}});
  const int32_t sum = b.activation("sum", {1, 3, 3, 4}, 1.1f, 7);
  b.op(0, {depthwise, largest}, {sum}, 11, {{0, F::byte, 0}});
  const int32_t mean = b.activation("mean", {1, 1, 1, 4}, 1.1f, 7);
  b.op(1, {sum}, {mean}, 5,
       {{0, F::byte, 1},
        {1, F::integer, 3},
        {2, F::integer, 3},
        {3, F::integer, 3},
        {4, F::integer, 3}});
  const int32_t flat = b.activation("flat", {1, 4}, 1.1f, 7);
  const int32_t shape = b.constant<int32_t>("shape", schema::TensorType_INT32, {2}, {1, 4});
  b.op(22, {mean, shape}, {flat});
  const int32_t w2 = b.constant("w2", schema::TensorType_INT8, {3, 4}, sample_weights(12), {0.01f});
  const int32_t logits = b.activation("logits", {1, 3}, 0.3f, 9);
  b.op(9, {flat, w2, -1}, {logits}, 8, {{0, F::byte, 0}});
  const int32_t y = b.activation("y", {1, 3}, 1.0f / 256, -128);
  b.op(25, {logits}, {y}, 9, {{0, F::real, 0, 1.0f}});
  return b.finish({x}, {y});
}

// Float input, quantise, pad, relu, relu6, requantise, squeeze, expand_dims, dequantise.
inline std::vector<uint8_t> sample_conversions() {
  ModelBuilder b;
  const auto f32 = [&](const char* name, std::vector<int32_t> shape) {
    return b.tensor({name, schema::TensorType_FLOAT32, std::move(shape)});
  };
  const int32_t x = f32("x", {1, 3, 1});
  const int32_t stored = b.activation("stored", {1, 3, 1}, 0.05f, 10);
  b.op(114, {x}, {stored});
  const int32_t amounts =
      b.constant<int32_t>("amounts", schema::TensorType_INT32, {3, 2}, {0, 0, 1, 2, 0, 0});
  const int32_t padded = b.activation("padded", {1, 6, 1}, 0.05f, 10);
  b.op(34, {stored, amounts}, {padded}, 22);
  const int32_t positive = b.activation("positive", {1, 6, 1}, 0.04f, -128);
  b.op(19, {padded}, {positive});
  const int32_t bounded = b.activation("bounded", {1, 6, 1}, 0.04f, -128);
  b.op(21, {positive}, {bounded});
  const int32_t rescaled = b.activation("rescaled", {1, 6, 1}, 0.1f, 3);
  b.op(114, {bounded}, {rescaled});
  const int32_t squeezed = b.activation("squeezed", {6}, 0.1f, 3);
  b.op(43, {rescaled}, {squeezed}, 30);
  const int32_t expanded = b.activation("expanded", {6, 1}, 0.1f, 3);
  const int32_t axis = b.constant<int32_t>("axis", schema::TensorType_INT32, {1}, {1});
  b.op(70, {squeezed, axis}, {expanded});
  const int32_t y = f32("y", {6, 1});
  b.op(6, {expanded}, {y});
  return b.finish({x}, {y});
}

// Two branches of slices with functions on them, joined, transposed and reduced.
inline std::vector<uint8_t> sample_functions() {
  using F = ModelBuilder::Field;
  ModelBuilder b;
  const auto ints = [&](const char* name, const std::vector<int32_t>& values) {
    return b.constant<int32_t>(name, schema::TensorType_INT32,
                               {static_cast<int32_t>(values.size())}, values);
  };
  const int32_t x = b.activation("x", {1, 4, 6}, 0.05f, -3);
  const int32_t left = b.activation("left", {1, 4, 3}, 0.05f, -3);
  const int32_t right = b.activation("right", {1, 4, 3}, 0.05f, -3);
  b.op(49, {ints("split_axis", {2}), x}, {left, right}, 35, {{0, F::integer, 2}});
  const int32_t bent = b.activation("bent", {1, 4, 3}, 1.0f / 256, -128);
  b.op(14, {left}, {bent});
  const int32_t every = b.activation("every", {1, 2, 3}, 0.05f, -3);
  b.op(45, {right, ints("begin", {0, 0, 0}), ints("end", {1, 4, 3}), ints("steps", {1, 2, 1})},
       {every}, 32, {{1, F::integer, 5}});
  const int32_t leaky = b.activation("leaky", {1, 2, 3}, 0.04f, 5);
  b.op(98, {every}, {leaky}, 75, {{0, F::real, 0, 0.1f}});
  const int32_t scale =
      b.constant("scale", schema::TensorType_INT8, {3}, sample_weights(3), {0.02f});
  const int32_t scaled = b.activation("scaled", {1, 4, 3}, 0.03f, 0);
  b.op(18, {bent, scale}, {scaled}, 21, {{0, F::byte, 1}});
  const int32_t joined = b.activation("joined", {1, 6, 3}, 0.03f, 0);
  const int32_t same = b.activation("same", {1, 2, 3}, 0.03f, 0);
  b.op(114, {leaky}, {same});
  b.op(2, {scaled, same}, {joined}, 10, {{0, F::integer, 1}});
  const int32_t turned = b.activation("turned", {3, 6, 1}, 0.03f, 0);
  b.op(39, {joined, ints("order", {2, 1, 0})}, {turned});
  const int32_t mean = b.activation("mean", {3, 1}, 0.03f, 0);
  b.op(40, {turned, ints("axes", {1})}, {mean}, 27, {{0, F::byte, 0}});
  const int32_t y = b.activation("y", {3, 3}, 0.02f, 7);
  b.op(41, {mean, scale}, {y}, 28, {{0, F::byte, 0}});
  return b.finish({x}, {y});
}

// An SVDF filter with its state.
inline std::vector<uint8_t> sample_state() {
  using F = ModelBuilder::Field;
  ModelBuilder b;
  const int32_t x = b.activation("x", {1, 3}, 0.1f, -4);
  const int32_t feature =
      b.constant("feature", schema::TensorType_INT8, {4, 3}, sample_weights(12), {0.01f});
  const int32_t time = b.constant<int16_t>("time", schema::TensorType_INT16, {4, 2},
                                           {100, -200, 300, 50, -60, 70, 80, -90}, {0.001f});
  const int32_t bias = b.constant<int32_t>("bias", schema::TensorType_INT32, {2}, {5, -7}, {0.1f});
  ModelBuilder::TensorSpec memory{"memory", schema::TensorType_INT16, {1, 8}, {0.004f}, {0}};
  memory.variable = true;
  const int32_t state = b.tensor(memory);
  const int32_t y = b.activation("y", {1, 2}, 0.05f, 2);
  b.op(27, {x, feature, time, bias, state}, {y}, 6, {{0, F::integer, 2}});
  return b.finish({x}, {y});
}

// An image made larger, bent, masked, summed up and multiplied; entries of a table.
inline std::vector<uint8_t> sample_choices() {
  using F = ModelBuilder::Field;
  ModelBuilder b;
  const auto ints = [&](const char* name, const std::vector<int32_t>& values) {
    return b.constant<int32_t>(name, schema::TensorType_INT32,
                               {static_cast<int32_t>(values.size())}, values);
  };
  const int32_t x = b.activation("x", {1, 2, 2, 2}, 0.05f, -3);
  const int32_t word = b.tensor({"word", schema::TensorType_INT32, {3}});
  const int32_t large = b.activation("large", {1, 3, 3, 2}, 0.05f, -3);
  b.op(23, {x, ints("size", {3, 3})}, {large}, 15, {{2, F::byte, 1}});
  const int32_t alpha =
      b.constant("alpha", schema::TensorType_INT8, {2}, sample_weights(2), {0.02f});
  const int32_t bent = b.activation("bent", {1, 3, 3, 2}, 0.05f, -3);
  b.op(54, {large, alpha}, {bent});
  const int32_t mask = b.tensor({"mask", schema::TensorType_BOOL, {1, 3, 3, 2}});
  b.op(61, {large, bent}, {mask}, 44);
  const int32_t kept = b.activation("kept", {1, 3, 3, 2}, 0.05f, -3);
  b.op(123, {mask, large, bent}, {kept}, 98);
  const int32_t sums = b.activation("sums", {1, 3, 3, 2}, 0.2f, 1);
  b.op(128, {kept, ints("axis", {-2})}, {sums}, 102, {{0, F::byte, 0}, {1, F::byte, 1}});
  const int32_t w =
      b.constant("w", schema::TensorType_INT8, {1, 1, 4, 2}, sample_weights(8), {0.01f});
  const int32_t product = b.activation("product", {1, 3, 3, 4}, 0.1f, -9);
  b.op(126, {sums, w}, {product}, 101, {{0, F::byte, 0}, {1, F::byte, 1}});
  const int32_t unit = b.activation("unit", {1, 3, 3, 4}, 1.0f / 128, 0);
  b.op(11, {product}, {unit}, 12, {{0, F::byte, 0}});
  const int32_t y = b.activation("y", {1, 3, 3, 4}, 1.0f / 16, 127);
  b.op(50, {unit}, {y}, 36);
  const int32_t table =
      b.constant("table", schema::TensorType_INT8, {5, 2}, sample_weights(10), {0.1f});
  const int32_t entries = b.tensor({"entries", schema::TensorType_FLOAT32, {3, 2}});
  b.op(7, {word, table}, {entries});
  return b.finish({x, word}, {y, entries});
}

// Parts that are found by number, and put in at computed places; a shape of two.
inline std::vector<uint8_t> sample_places() {
  using F = ModelBuilder::Field;
  ModelBuilder b;
  const auto int32 = schema::TensorType_INT32;
  const int32_t x = b.activation("x", {2, 3, 4}, 0.05f, -3);
  const int32_t index = b.tensor({"index", int32, {2, 2}});
  const int32_t begin = b.tensor({"begin", int32, {3}});
  const int32_t part = b.activation("part", {2, 2, 4}, 0.05f, -3);
  b.op(36, {x, index}, {part}, 23, {{0, F::integer, -2}, {1, F::integer, 1}});
  const int32_t y = b.activation("y", {2, 3, 4}, 0.05f, -3);
  b.op(151, {x, part, begin}, {y});
  const int32_t shape = b.constant<int32_t>("shape", int32, {2}, {7, 1});
  const int32_t both = b.tensor({"both", int32, {3}});
  b.op(145, {begin, shape}, {both});
  return b.finish({x, index, begin}, {y, both});
}

// An object detector's end.
inline std::vector<uint8_t> sample_detector() {
  ModelBuilder b;
  const auto real = schema::TensorType_FLOAT32;
  const int32_t boxes = b.activation("boxes", {1, 6, 4}, 0.05f, 3);
  const int32_t scores = b.tensor({"scores", real, {1, 6, 3}});
  std::vector<float> values;
  for (int i = 0; i < 24; ++i) values.push_back(i % 4 < 2 ? 0.125f * static_cast<float>(i) : 1.0f);
  const int32_t anchors = b.constant("anchors", real, {6, 4}, values);
  const std::vector<int32_t> found{
      b.tensor({"found", real, {1, 3, 4}}), b.tensor({"classes", real, {1, 3}}),
      b.tensor({"sizes", real, {1, 3}}), b.tensor({"count", real, {1}})};
  b.custom("TFLite_Detection_PostProcess",
           {{"max_detections", 3},
            {"max_classes_per_detection", 1},
            {"detections_per_class", 2},
            {"use_regular_nms", 1},
            {"num_classes", 2},
            {"nms_score_threshold", 0},
            {"nms_iou_threshold", 1},
            {"y_scale", 10},
            {"x_scale", 10},
            {"h_scale", 5},
            {"w_scale", 5}},
           {boxes, scores, anchors}, found);
  return b.finish({boxes, scores}, found);
}

// x [2, 3] and a truth value -> IF -> y: x + x where it holds, else -|x|. known: of the value, if
// it is a constant. branch: the graph that is taken where it holds.
inline std::vector<uint8_t> sample_branches(const std::vector<uint8_t>& known = {},
                                            int32_t branch = 1) {
  using F = ModelBuilder::Field;
  const auto real = schema::TensorType_FLOAT32;
  ModelBuilder b;
  const int32_t x = b.tensor({"x", real, {2, 3}});
  const int32_t holds = b.tensor({"holds", schema::TensorType_BOOL, {1}, {}, {}, 0, known});
  const int32_t y = b.tensor({"y", real, {2, 3}});
  b.op(118, {holds, x}, {y}, 92, {{0, F::integer, branch}, {1, F::integer, 2}});
  b.end_graph(known.empty() ? std::vector<int32_t>{x, holds} : std::vector<int32_t>{x}, {y});
  const int32_t then = b.tensor({"then/x", real, {2, 3}});
  const int32_t sum = b.tensor({"then/sum", real, {2, 3}});
  b.op(0, {then, then}, {sum}, 11, {{0, F::byte, 0}});
  b.end_graph({then}, {sum});
  const int32_t other = b.tensor({"else/x", real, {2, 3}});
  const int32_t size = b.tensor({"else/size", real, {2, 3}});
  const int32_t minus = b.tensor({"else/minus", real, {2, 3}});
  b.op(101, {other}, {size});
  b.op(59, {size}, {minus});
  return b.finish({other}, {minus});
}

// x [2, 3] -> WHILE: as long as round < rounds, (round, x) = (round + step, x + x) -> y, x. rounds:
// of the count, which the model's input gives when there is none.
inline std::vector<uint8_t> sample_loop(const std::vector<uint8_t>& rounds = {3, 0, 0, 0},
                                        uint8_t step = 1) {
  using F = ModelBuilder::Field;
  const auto real = schema::TensorType_FLOAT32, whole = schema::TensorType_INT32;
  ModelBuilder b;
  const std::vector<uint8_t> zero(4);
  const int32_t x = b.tensor({"x", real, {2, 3}});
  const int32_t first = b.tensor({"first", whole, {}, {}, {}, 0, zero});
  const int32_t count = b.tensor({"count", whole, {}, {}, {}, 0, rounds});
  const int32_t last = b.tensor({"last", whole, {}}), same = b.tensor({"same", whole, {}});
  const int32_t y = b.tensor({"y", real, {2, 3}});
  b.op(119, {first, count, x}, {last, same, y}, 93, {{0, F::integer, 1}, {1, F::integer, 2}});
  b.end_graph(rounds.empty() ? std::vector<int32_t>{x, count} : std::vector<int32_t>{x}, {y});
  const auto values = [&](const std::string& where) {
    return std::vector<int32_t>{b.tensor({where + "/round", whole, {}}),
                                b.tensor({where + "/count", whole, {}}),
                                b.tensor({where + "/x", real, {2, 3}})};
  };
  const auto of_condition = values("condition");
  const int32_t less = b.tensor({"condition/less", schema::TensorType_BOOL, {}});
  b.op(58, {of_condition[0], of_condition[1]}, {less});
  b.end_graph(of_condition, {less});
  const auto of_body = values("body");
  const int32_t one = b.tensor({"body/step", whole, {}, {}, {}, 0, {step, 0, 0, 0}});
  const int32_t next = b.tensor({"body/next", whole, {}});
  const int32_t sum = b.tensor({"body/sum", real, {2, 3}});
  b.op(0, {of_body[0], one}, {next}, 11, {{0, F::byte, 0}});
  b.op(0, {of_body[2], of_body[2]}, {sum}, 11, {{0, F::byte, 0}});
  return b.finish(of_body, {next, of_body[1], sum});
}

inline std::vector<std::pair<std::string, std::vector<uint8_t>>> all_samples() {
  return {{"dense", sample_dense()},
          {"network", sample_network()},
          {"conversions", sample_conversions()},
          {"functions", sample_functions()},
          {"state", sample_state()},
          {"choices", sample_choices()},
          {"places", sample_places()},
          {"detector", sample_detector()},
          {"branches", sample_branches()},
          {"loop", sample_loop()}};
}

}  // namespace mote::tflite
