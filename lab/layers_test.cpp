// Random layers on the emulated cores: the kernels that each core's instruction set chooses against
// the reference kernels on this host, byte for byte. MOTE_LAYERS_SEED replays one seed; a failure
// prints it. ops_test runs the same bodies over portable instructions under the sanitizers.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <optional>

#include "compiler/interpret.hpp"
#include "compiler/ir/verify.hpp"
#include "compiler/seeded_inputs.hpp"
#include "lab/batch.hpp"
#include "lab/bench.hpp"
#include "lab/compare.hpp"
#include "lab/model.hpp"
#include "ops/kernel_trial.hpp"
#include "ops/shared/recurrent/recurrent_trial.hpp"

namespace mote::lab {
namespace {

using namespace ir;

constexpr int layers_per_package = 24;
constexpr int windows = 3;
constexpr uint32_t few_values_from = 13;  // seeds whose layers are decoded from palettes
constexpr Isa palette_isas[] = {Isa::generic, Isa::armv7em,
                                Isa::mve};  // that have kernels for those

// Many layers side by side, each from an input of its own to an output of its own.
class Layers {
 public:
  // few_values: of weights in a layer, at most 16.
  explicit Layers(uint32_t seed, bool few_values = false) : random_(seed), few_values_(few_values) {
    graph_.name = "layers";
    for (int i = 0; i < layers_per_package; ++i) {
      switch (i % 6) {
        case 0:
        case 1:
          convolution();
          break;
        case 2:
          depthwise();
          break;
        case 3:
          fully_connected();
          break;
        case 4:
          pool();
          break;
        default:
          if (i > 11) recurrent(i > 17);
          if (i <= 11) add();
          break;
      }
    }
  }

  const Graph& graph() const { return graph_; }

 private:
  TensorId input(const Shape& shape) {
    const TensorId x =
        graph_.add_tensor({"x", DType::i8, shape, trial_quantization(random_, 1), false, {}});
    graph_.inputs.push_back(x);
    return x;
  }
  void output(TensorId y, const Quantization& q) {
    graph_.tensor(y).quantization = q;
    graph_.outputs.push_back(y);
  }
  Attributes windows_of(const Shape& x, int32_t kernel_h, int32_t kernel_w, int32_t stride) {
    const bool valid = kernel_h <= x[1] && kernel_w <= x[2] && random_.between(0, 1) == 0;
    return {{"stride_h", int64_t{stride}},
            {"stride_w", int64_t{stride}},
            {"padding", std::string(valid ? "valid" : "same")},
            {"activation", trial_activation(random_)}};
  }
  // Some are padded unevenly.
  Attributes convolution_windows(const Shape& x, int32_t kernel) {
    Attributes attributes = windows_of(x, kernel, kernel, random_.between(1, 2));
    if (random_.between(0, 3) != 0) return attributes;
    attributes["padding"] = std::string("explicit");
    for (const char* side : {"pad_top", "pad_bottom", "pad_left", "pad_right"}) {
      attributes[side] = int64_t{random_.between(0, kernel - 1)};
    }
    for (const auto& [axis, side] : {std::pair{1u, "pad_top"}, {2u, "pad_left"}}) {
      if (x[axis] < kernel) attributes[side] = int64_t{kernel - 1};  // the window has a place
    }
    return attributes;
  }
  int32_t channels() {
    return random_.between(0, 1) ? random_.between(1, 40) : 4 * random_.between(1, 9);
  }

  std::vector<TensorId> weights(const Shape& shape, int32_t axis) {
    auto constants = add_trial_weights(graph_, random_, shape, axis);
    if (few_values_) {
      const auto values = static_cast<size_t>(random_.between(2, 16));
      limit_trial_weights(random_, graph_.tensor(constants[0]), values);
    }
    return constants;
  }

  void convolution() {
    const Shape shape{1, random_.between(1, 9), random_.between(1, 9), channels()};
    const int32_t kernel = random_.between(0, 1) ? 1 : random_.between(2, 4);
    const TensorId x = input(shape);
    const auto constants = weights({channels(), kernel, kernel, shape[3]}, 0);
    output(graph_.add_node("conv2d", {x, constants[0], constants[1]},
                           convolution_windows(shape, kernel))[0],
           trial_quantization(random_, kernel * kernel * shape[3]));
  }
  void depthwise() {
    const int32_t c =
        random_.between(0, 3) == 0 ? random_.between(1, 40) : 4 * random_.between(1, 12);
    // Some images are larger than what a kernel keeps of them in scratch.
    const int32_t side_max = random_.between(0, 3) == 0 ? 34 : 14;
    const Shape shape{1, random_.between(1, side_max), random_.between(1, side_max), c};
    const int32_t kernel = random_.between(0, 2) == 0 ? random_.between(1, 5) : 3;
    const TensorId x = input(shape);
    const auto constants = weights({1, kernel, kernel, c}, 3);
    output(graph_.add_node("depthwise_conv2d", {x, constants[0], constants[1]},
                           convolution_windows(shape, kernel))[0],
           trial_quantization(random_, kernel * kernel));
  }
  void fully_connected() {
    const int32_t rows = random_.between(1, 6), in = random_.between(1, 150);
    const TensorId x = input({rows, in});
    const auto constants = weights({random_.between(1, 30), in}, 0);
    output(graph_.add_node("fully_connected", {x, constants[0], constants[1]},
                           {{"activation", trial_activation(random_)}})[0],
           trial_quantization(random_, in));
  }
  void pool() {
    const Shape shape{1, random_.between(1, 12), random_.between(1, 12), channels()};
    const int32_t filter = random_.between(1, 4);
    const TensorId x = input(shape);
    Attributes attributes = windows_of(shape, filter, filter, random_.between(1, 3));
    attributes["filter_h"] = attributes["filter_w"] = int64_t{filter};
    const char* op = random_.between(0, 2) == 0 ? "max_pool" : "average_pool";
    const TensorId y = graph_.add_node(op, {x}, attributes)[0];
    output(y, Quantization(graph_.tensor(x).quantization));
  }
  // They keep their state from window to window, or start anew.
  void recurrent(bool gru) {
    const RecurrentTrial trial{graph_, random_};
    const TensorId x = input({1, random_.between(1, 3), channels()});
    graph_.tensor(x).quantization = {{random_.real(0.01f, 0.04f)}, {random_.between(-20, 20)}, -1};
    const int32_t cells = random_.between(1, 24);
    graph_.outputs.push_back(gru ? trial.gru(x, cells)
                                 : trial.lstm(x, cells, random_.between(0, 1) != 0));
  }
  void add() {
    const Shape shape{1, random_.between(1, 9), random_.between(1, 9), channels()};
    const TensorId a = input(shape), b = input(shape);
    output(graph_.add_node("add", {a, b}, {{"activation", trial_activation(random_)}})[0],
           trial_quantization(random_, 2));
  }

  TrialRandom random_;
  bool few_values_;
  Graph graph_;
};

// Costs by which palettes are taken wherever the kernel for this instruction set fits.
std::vector<KernelCost> palettes_for_nothing(Isa isa) {
  std::vector<KernelCost> costs;
  for (const KernelInfo& kernel : find_op("conv2d").kernels) {
    if (kernel.compact && kernel.isa == isa) costs.push_back({std::string(kernel.symbol)});
  }
  return costs;
}

// What the reference kernels make of one window.
// State is kept in the interpreter.
std::vector<uint8_t> by_reference(Interpreter& interpreter, const Graph& graph,
                                  std::span<const uint8_t> window) {
  std::vector<std::vector<uint8_t>> inputs;
  for (const TensorId id : graph.inputs) {
    const auto bytes = static_cast<size_t>(graph.tensor(id).byte_size());
    inputs.emplace_back(window.begin(), window.begin() + static_cast<std::ptrdiff_t>(bytes));
    window = window.subspan(bytes);
  }
  interpreter.run(inputs);
  std::vector<uint8_t> outputs;
  for (const TensorId id : graph.outputs) {
    const auto bytes = interpreter.bytes(id);
    outputs.insert(outputs.end(), bytes.begin(), bytes.end());
  }
  return outputs;
}

// Names the first output that differs.
std::string first_difference(const Graph& graph, std::span<const uint8_t> a,
                             std::span<const uint8_t> b) {
  size_t at = 0;
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    const auto bytes = static_cast<size_t>(graph.tensor(graph.outputs[i]).byte_size());
    if (!std::ranges::equal(a.subspan(at, bytes), b.subspan(at, bytes))) {
      const auto node = static_cast<size_t>(graph.producer(graph.outputs[i]));
      return graph.nodes[node].op + ", output " + std::to_string(i);
    }
    at += bytes;
  }
  return "no output";
}

// Of windows one after another in one device. all: their inputs.
void expect_reference(const Graph& graph, std::span<const uint8_t> all,
                      std::span<const uint8_t> outputs) {
  Interpreter interpreter(graph, {"reference", {Isa::reference}, 0, 0});
  const size_t in = all.size() / windows, out = outputs.size() / windows;
  for (size_t i = 0; i < windows; ++i) {
    const auto expected = by_reference(interpreter, graph, all.subspan(i * in, in));
    const auto got = outputs.subspan(i * out, out);
    ASSERT_TRUE(std::ranges::equal(got, expected))
        << "window " << i << ": " << first_difference(graph, got, expected);
  }
}

// A board, and the last of its instruction sets that the compiler may choose.
struct Core {
  const char* name;
  const char* board;
  Isa best;
};

void PrintTo(const Core& core, std::ostream* out) {
  *out << core.name;
}

class LayersOnCore : public testing::TestWithParam<Core> {};

TEST_P(LayersOnCore, EqualTheReferenceKernels) {
  const Board& board = find_board(GetParam().board);
  ir::Target target = board.target();
  const auto best = std::ranges::find(target.isas, GetParam().best);
  if (best == target.isas.end()) GTEST_SKIP() << "this machine's CPU lacks it";
  target.isas.erase(best + 1, target.isas.end());
  std::vector<uint32_t> seeds{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  if (std::ranges::count(palette_isas, GetParam().best) > 0) {
    seeds.insert(seeds.end(), {few_values_from, few_values_from + 1});
  }
  if (const char* one = std::getenv("MOTE_LAYERS_SEED")) {
    seeds = {static_cast<uint32_t>(std::strtoul(one, nullptr, 10))};
  }
  std::map<std::string, int> ran;  // kernels of the board's own instruction sets
  for (const uint32_t seed : seeds) {
    SCOPED_TRACE(testing::Message() << "MOTE_LAYERS_SEED=" << seed);
    const bool few_values = seed >= few_values_from;
    const Layers layers(seed, few_values);
    ir::verify(layers.graph());
    CompileOptions options;
    options.target = target;
    if (few_values) {
      options.planning.optimize = plan::Optimize::flash;
      options.target.costs = palettes_for_nothing(GetParam().best);
    }
    const Model model(compile(layers.graph(), options));
    for (const KernelInfo* kernel : model.kernels()) ++ran[std::string(kernel->symbol)];
    std::vector<uint8_t> all;
    for (uint32_t i = 0; i < windows; ++i) {
      const auto window = model.generate_input(seed * windows + i);
      all.insert(all.end(), window.begin(), window.end());
    }
    const Batch batch = run_batch(board, model.package(), all);
    expect_reference(layers.graph(), all, batch.outputs);
  }
  for (const KernelInfo* kernel : kernels_of(board)) {
    const std::string symbol(kernel->symbol);
    const bool own = kernel->isa == GetParam().best && symbol.find("_s8") != std::string::npos;
    if (own && seeds.size() > 1) {
      EXPECT_GE(ran[symbol], 8) << symbol << " was hardly tried";
    }
  }
}

// Ops that have one kernel for all cores, some with state, side by side: that it gives the host's
// bits there too.
class PortableOps {
 public:
  PortableOps() {
    graph_.name = "portable ops";
    graph_.outputs = {RecurrentTrial{graph_, random_}.lstm(
        input(DType::i16, {2, 3, 8}, {{1.0f / 4096}, {0}, -1}), 6)};
    for (const DType type : {DType::i16, DType::i32, DType::f32}) {
      output("signal_rfft", {input(type, {2, 50})}, {{"length", int64_t{64}}});
      output("signal_irfft", {input(type, {1, 34})}, {{"length", int64_t{32}}});
    }
    const TensorId x = input(DType::f32, {2, 4, 3});
    const TensorId index =
        graph_.add_constant("index", DType::i32, {2, 2}, std::vector<int32_t>{3, 0, 1, 1});
    output("gather", {x, index}, {{"axis", int64_t{1}}, {"batch_dims", int64_t{1}}});
    const TensorId begin = input(DType::i32, {3});
    output("dynamic_update_slice", {x, input(DType::f32, {1, 2, 3}), begin}, {});
    output("broadcast_args", {begin, input(DType::i32, {2})}, {});
    detections();
    ir::verify(graph_);
  }

  const Graph& graph() const { return graph_; }

 private:
  TensorId input(DType type, const Shape& shape, const Quantization& q = {}) {
    graph_.inputs.push_back(graph_.add_tensor({"x", type, shape, q, false, {}}));
    return graph_.inputs.back();
  }
  void output(const std::string& op, std::vector<TensorId> from, Attributes attributes,
              int count = 1) {
    const auto made = graph_.add_node(op, std::move(from), std::move(attributes), count);
    graph_.outputs.insert(graph_.outputs.end(), made.begin(), made.end());
  }
  void detections() {
    std::vector<float> anchors;
    for (int i = 0; i < 12; ++i) {
      for (const float low : {0.0f, 0.0f, 0.2f, 0.2f}) anchors.push_back(random_.real(low, 0.9f));
    }
    const TensorId constant = graph_.add_constant("anchors", DType::f32, {12, 4}, anchors);
    for (const bool regular : {false, true}) {
      const TensorId boxes = input(DType::f32, {1, 12, 4}), scores = input(DType::f32, {1, 12, 3});
      output("detection_postprocess", {boxes, scores, constant},
             {{"max_detections", int64_t{5}},
              {"max_classes_per_detection", int64_t{1}},
              {"detections_per_class", int64_t{4}},
              {"use_regular_nms", int64_t{regular}},
              {"num_classes", int64_t{2}},
              {"nms_score_threshold", 0.0},
              {"nms_iou_threshold", 0.4},
              {"y_scale", 10.0},
              {"x_scale", 10.0},
              {"h_scale", 5.0},
              {"w_scale", 5.0}},
             4);
    }
  }

  TrialRandom random_{1};
  Graph graph_;
};

class PortableOpsOnCore : public testing::TestWithParam<const char*> {
 protected:
  PortableOpsOnCore() {
    CompileOptions options;
    options.target = board_.target();
    model_.emplace(compile(ops_.graph(), options));
    for (uint32_t i = 0; i < windows; ++i) {
      const auto window = model_->generate_input(i + 1);
      all_.insert(all_.end(), window.begin(), window.end());
    }
  }

  const Board& board_ = find_board(GetParam());
  const PortableOps ops_;
  std::optional<Model> model_;
  std::vector<uint8_t> all_;
};

TEST_P(PortableOpsOnCore, GiveTheHostsBits) {
  expect_reference(ops_.graph(), all_, run_batch(board_, model_->package(), all_).outputs);
}

using PortableOpsAsSource = PortableOpsOnCore;

TEST_P(PortableOpsAsSource, GiveTheHostsBits) {
  const Batch batch = run_batch(board_, *model_, Engine::code, all_);
  expect_reference(ops_.graph(), all_, batch.outputs);
}

std::string board_name(const testing::TestParamInfo<const char*>& test) {
  std::string name = test.param;
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, PortableOpsOnCore,
                         testing::Values("mps2-m0plus", "riscv-virt", "mps2-an386", "mps3-an547"),
                         board_name);
INSTANTIATE_TEST_SUITE_P(All, PortableOpsAsSource, testing::Values("mps2-an386"), board_name);

// What `mote compare` shows of a board: every layer, and the outputs of the model as it is.
TEST(TraceOnBoard, HasEveryLayerOfTheReference) {
  const Layers layers(9);
  const Inputs inputs{seeded_inputs(layers.graph(), 1), seeded_inputs(layers.graph(), 2)};
  const Trace board = trace(layers.graph(), "mps2-an386", inputs);
  EXPECT_EQ(board.note, "");
  EXPECT_EQ(board.layers.size(), static_cast<size_t>(layers_per_package));
  const Comparison comparison = compare(trace(layers.graph(), "reference", inputs), board);
  for (const Difference& d : comparison.outputs) EXPECT_TRUE(d.same_bits) << d.op;
  EXPECT_EQ(board.outputs.at(0).values.size(), 2u);
}

INSTANTIATE_TEST_SUITE_P(All, LayersOnCore,
                         testing::Values(Core{"cortex_m0plus", "mps2-m0plus", Isa::generic},
                                         Core{"rv32imc", "riscv-virt", Isa::generic},
                                         Core{"cortex_m33", "mps2-an505", Isa::armv7em},
                                         Core{"cortex_m3", "mps2-an385", Isa::generic},
                                         Core{"cortex_m4", "mps2-an386", Isa::armv7em},
                                         Core{"cortex_m55", "mps3-an547", Isa::mve},
                                         Core{"avx2", "host", Isa::avx2},
                                         Core{"avx512vnni", "host", Isa::avx512vnni},
                                         Core{"neon", "aarch64", Isa::neon},
                                         Core{"dotprod", "aarch64", Isa::dotprod}),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace mote::lab
