// Layers with weights from a palette against the plain kernels on the same weights, and packages
// that lie about them.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "compiler/interpret.hpp"
#include "compiler/plan/small.hpp"
#include "ops/kernel_trial.hpp"
#include "ops/shared/conv_palette/conv_palette_s8_armv7em.hpp"
#include "ops/shared/conv_palette/conv_palette_s8_generic.hpp"
#include "ops/shared/conv_palette/conv_palette_s8_mve.hpp"

namespace mote {
namespace {

using namespace ir;

// A random layer: conv2d (some in groups), depthwise_conv2d or fully_connected.
struct PaletteTrial {
  Graph graph;
  std::vector<int8_t> x;

  PaletteTrial(TrialRandom& random, int32_t values) {
    const int32_t kind = random.between(0, 3);
    const Shape x_shape = kind == 0 ? Shape{random.between(1, 9), random.between(1, 60)}
                                    : Shape{random.between(1, 2), random.between(1, 6),
                                            random.between(1, 6), random.between(1, 12)};
    const int32_t kernel_h = random.between(1, 3), kernel_w = random.between(1, 3),
                  out_c = random.between(1, 40), in_c = x_shape.back();
    const bool groups = random.between(0, 3) == 0;
    const Shape w_shape = kind == 0   ? Shape{out_c, in_c}
                          : kind == 1 ? Shape{1, kernel_h, kernel_w, in_c * random.between(1, 3)}
                          : groups    ? Shape{2 * in_c, kernel_h, kernel_w, 1}
                                      : Shape{out_c, kernel_h, kernel_w, in_c};
    const TensorId in = graph.add_tensor(
        {"x", DType::i8, x_shape, trial_quantization(random, 1), false, {}, false});
    const auto constants = add_trial_weights(graph, random, w_shape, kind == 1 ? 3 : 0);
    limit_trial_weights(random, graph.tensor(constants[0]), static_cast<size_t>(values));
    const char* const op = kind == 0   ? "fully_connected"
                           : kind == 1 ? "depthwise_conv2d"
                                       : "conv2d";
    const TensorId y = graph.add_node(op, {in, constants[0], constants[1]},
                                      {{"stride_h", int64_t{random.between(1, 2)}},
                                       {"stride_w", int64_t{random.between(1, 2)}},
                                       {"dilation_h", int64_t{random.between(1, 2)}},
                                       {"dilation_w", int64_t{random.between(1, 2)}},
                                       {"padding", std::string("same")},
                                       {"activation", trial_activation(random)}})[0];
    const auto taps = graph.tensor(constants[0]).elements() / graph.tensor(y).shape.back();
    graph.tensor(y).quantization = trial_quantization(random, static_cast<int32_t>(taps));
    x = random.bytes(graph.tensor(in).elements(), -128, 127);
  }

  const Node& node() const { return graph.nodes.front(); }

  std::vector<const KernelInfo*> compact_kernels() const {
    std::vector<const KernelInfo*> found;
    for (const KernelInfo& kernel : find_op(node().op).kernels) {
      if (kernel.compact && kernel.fits(graph, node())) found.push_back(&kernel);
    }
    return found;
  }

  std::vector<int8_t> plain() const {
    const LoweredOp lowered = lower(graph, node(), {"reference", {Isa::reference}, 0, 0});
    EXPECT_FALSE(lowered.kernel->compact);
    return run_entry(graph, lowered, lowered.kernel->entry, x);
  }
};

TEST(ConvPalette, GivesTheBitsOfThePlainKernels) {
  std::set<std::pair<std::string_view, int32_t>> tried;  // kernel, bits
  for (uint32_t seed = 1; seed <= 280; ++seed) {
    TrialRandom random(seed);
    const int32_t bits = static_cast<int32_t>(seed % 7) + 1;
    const int32_t values = random.between((1 << (bits - 1)) + 1, 1 << bits);
    const PaletteTrial trial(random, values);
    const std::vector<int8_t> expected = trial.plain();
    for (const KernelInfo* kernel : trial.compact_kernels()) {
      ASSERT_EQ(run_kernel(trial.graph, *kernel, trial.x), expected)
          << kernel->symbol << " seed " << seed << " " << trial.node().op;
      tried.insert({kernel->symbol, bits});
    }
  }
  EXPECT_EQ(tried.size(), 28u) << "all kernels with 1 to 7 bits";
}

TEST(ConvPalette, StaysInsideWhateverTheIndicesAre) {
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    TrialRandom random(seed);
    const PaletteTrial trial(random, random.between(2, 100));
    for (const KernelInfo* kernel : trial.compact_kernels()) {
      LoweredOp lowered = kernel->lower(trial.graph, trial.node());
      for (uint8_t& byte : lowered.operands[2].data) byte = static_cast<uint8_t>(random.engine());
      (void)run_entry(trial.graph, lowered, kernel->entry, trial.x);  // a sanitizer looks on
    }
  }
}

// Whatever a package may say, the check lets nothing through that would leave its operands.
struct HostileCall {
  LoweredOp lowered;
  ConvPaletteParams params;
  std::vector<uint32_t> bytes;
  const KernelEntry& entry;

  HostileCall(const PaletteTrial& trial, const KernelInfo& kernel)
      : lowered(kernel.lower(trial.graph, trial.node())), params{}, entry(kernel.entry) {
    const auto raw = params_bytes(lowered.params);
    std::memcpy(&params, raw.data(), raw.size());
    for (const Operand& operand : lowered.operands) {
      bytes.push_back(static_cast<uint32_t>(
          operand.kind == Operand::Kind::tensor    ? trial.graph.tensor(operand.tensor).byte_size()
          : operand.kind == Operand::Kind::scratch ? int64_t{operand.bytes}
                                                   : std::ssize(operand.data)));
    }
  }
  Status check() const { return entry.check(&params, bytes.data()); }
};

TEST(ConvPalette, RefusesWhatWouldLeaveItsOperands) {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    TrialRandom random(seed);
    const PaletteTrial trial(random, random.between(2, 100));
    for (const KernelInfo* kernel : trial.compact_kernels()) {
      const HostileCall good(trial, *kernel);
      ASSERT_EQ(good.check(), Status::ok);
      for (size_t operand = 0; operand < good.bytes.size(); ++operand) {
        HostileCall call = good;
        --call.bytes[operand];
        EXPECT_EQ(call.check(), Status::out_of_bounds) << kernel->symbol << " operand " << operand;
      }
      const auto refuses = [&](int32_t ConvPaletteParams::*field, int32_t value) {
        HostileCall call = good;
        call.params.*field = value;
        EXPECT_NE(call.check(), Status::ok) << kernel->symbol << " " << value;
      };
      for (const int32_t bits : {INT32_MIN, -1, 0, 8, 31, 32, INT32_MAX}) {
        refuses(&ConvPaletteParams::bits, bits);
      }
      refuses(&ConvPaletteParams::bits, palette_bits_max + 1);
      refuses(&ConvPaletteParams::tap_step, good.params.tap_step + 1);
      refuses(&ConvPaletteParams::weight_step, good.params.weight_step + 1);
      refuses(&ConvPaletteParams::out_c, good.params.out_c + 2);
      refuses(&ConvPaletteParams::out_c, INT32_MAX);
      refuses(&ConvPaletteParams::kernel_h, 1 << 15);
      if (kernel->isa == Isa::reference) continue;
      for (const int32_t block :
           {INT32_MIN, -2, 0, 1, 3, INT32_MAX, INT32_MAX - 1, INT32_MAX - 3}) {
        refuses(&ConvPaletteParams::block, block);
      }
    }
  }
}

// A layer of 64 * 9 * 16 weights, of which there are 16 different ones.
Graph large_layer(const char* op, bool few) {
  TrialRandom random(3);
  Graph graph;
  const TensorId x = graph.add_tensor(
      {"x", DType::i8, {1, 8, 8, 16}, trial_quantization(random, 1), false, {}, false});
  const auto constants = add_trial_weights(graph, random, {64, 3, 3, 16}, 0);
  if (few) limit_trial_weights(random, graph.tensor(constants[0]), 16);
  const TensorId y = graph.add_node(op, {x, constants[0], constants[1]},
                                    {{"stride_h", int64_t{1}},
                                     {"stride_w", int64_t{1}},
                                     {"padding", std::string("same")},
                                     {"activation", std::string("none")}})[0];
  graph.tensor(y).quantization = trial_quantization(random, 144);
  graph.inputs = {x};
  graph.outputs = {y};
  return graph;
}

TEST(ConvPalette, IsChosenForSizeAlone) {
  const Target m4{"m4", {Isa::reference, Isa::generic, Isa::armv7em}, 0, 0};
  const Graph few = large_layer("conv2d", true), many = large_layer("conv2d", false);
  const auto symbol = [](const plan::Lowering& lowering) {
    return std::string(lowering.ops.at(0).kernel->symbol);
  };
  EXPECT_EQ(symbol(plan::lower_small(few, m4)), "conv_palette_s8_armv7em");
  EXPECT_EQ(symbol(plan::lower_all(few, m4)), "conv2d_s8_armv7em");
  EXPECT_EQ(symbol(plan::lower_small(many, m4)), "conv2d_s8_armv7em") << "too many values";
}

// Where lowering says that y may overlap x, it gives the same bits there.
TEST(ConvPalette, WorksInPlaceWhereItSaysSo) {
  int tried = 0;
  for (uint32_t seed = 1; seed <= 280; ++seed) {
    TrialRandom random(seed);
    const PaletteTrial trial(random, random.between(2, 16));
    for (const KernelInfo* kernel : trial.compact_kernels()) {
      const LoweredOp lowered = kernel->lower(trial.graph, trial.node());
      if (lowered.overlap_output < 0) continue;
      const std::vector<int8_t> expected = trial.plain();
      const size_t lead = lowered.overlap_lead;
      std::vector<int8_t> both(std::max(expected.size(), lead + trial.x.size()));
      std::ranges::copy(trial.x, both.begin() + static_cast<std::ptrdiff_t>(lead));
      std::vector<std::vector<uint8_t>> others;
      std::vector<void*> pointers;
      for (const Operand& operand : lowered.operands) {
        others.push_back(operand.kind == Operand::Kind::scratch
                             ? std::vector<uint8_t>(operand.bytes)
                             : operand.data);
        const bool y =
            operand.kind == Operand::Kind::tensor && operand.tensor == trial.node().outputs[0];
        const bool x =
            operand.kind == Operand::Kind::tensor && operand.tensor == trial.node().inputs[0];
        pointers.push_back(y   ? both.data()
                           : x ? both.data() + lead
                               : static_cast<void*>(others.back().data()));
      }
      const auto params = params_bytes(lowered.params);
      std::vector<uint32_t> words(params.size() / 4);
      std::memcpy(words.data(), params.data(), params.size());
      kernel->entry.run(words.data(), pointers.data());
      both.resize(expected.size());
      ASSERT_EQ(both, expected) << kernel->symbol << " seed " << seed << " " << trial.node().op;
      ++tried;
    }
  }
  EXPECT_GE(tried, 40);
}

// Weights of 4 bits are no larger as indices, and decoded once a call.
TEST(ConvPalette, TakesWeightsOfFourBitsForSpeed) {
  Graph graph = large_layer("conv2d", false);
  Node& node = graph.nodes[0];
  Tensor& weights = graph.tensor(node.inputs[1]);
  for (uint8_t& w : weights.data) w = static_cast<uint8_t>(static_cast<int8_t>(w) / 16);
  const std::vector<int8_t> x =
      TrialRandom(1).bytes(graph.tensor(node.inputs[0]).elements(), -128, 127);
  const LoweredOp plain = lower(graph, node, host_target());
  const auto expected = run_entry(graph, plain, plain.kernel->entry, x);
  node.attributes["weight_bits"] = int64_t{4};
  for (const auto& [isa, symbol] : {std::pair{Isa::reference, "conv_palette_s8_reference"},
                                    std::pair{Isa::armv7em, "conv_palette_s8_armv7em"}}) {
    const LoweredOp packed = lower(graph, node, {"board", {Isa::reference, isa}, 0, 0});
    EXPECT_EQ(packed.kernel->symbol, symbol);
    EXPECT_EQ(run_entry(graph, packed, packed.kernel->entry, x), expected);
    EXPECT_LE(packed.operands[2].data.size(), weights.data.size() / 2 + 16 * 64);
  }
}

// Of a depthwise layer they are few, and each is for many products.
TEST(ConvPalette, LeavesFourBitsOfDepthwiseLayersToThePlainKernels) {
  TrialRandom random(2);
  Graph graph;
  const TensorId x = graph.add_tensor(
      {"x", DType::i8, {1, 8, 8, 16}, trial_quantization(random, 1), false, {}, false});
  const auto constants = add_trial_weights(graph, random, {1, 3, 3, 16}, 3);
  for (uint8_t& w : graph.tensor(constants[0]).data) {
    w = static_cast<uint8_t>(static_cast<int8_t>(w) / 16);
  }
  const TensorId y = graph.add_node("depthwise_conv2d", {x, constants[0], constants[1]},
                                    {{"stride_h", int64_t{1}},
                                     {"stride_w", int64_t{1}},
                                     {"padding", std::string("same")},
                                     {"activation", std::string("none")}})[0];
  graph.tensor(y).quantization = trial_quantization(random, 9);
  const std::vector<int8_t> values = random.bytes(8 * 8 * 16, -128, 127);
  const Target m4{"m4", {Isa::reference, Isa::generic, Isa::armv7em}, 0, 0};
  const LoweredOp eight = lower(graph, graph.nodes[0], m4);
  graph.nodes[0].attributes["weight_bits"] = int64_t{4};
  const LoweredOp four = lower(graph, graph.nodes[0], m4);
  EXPECT_EQ(four.kernel->symbol, "depthwise_conv2d_s8_armv7em");
  EXPECT_EQ(run_entry(graph, four, four.kernel->entry, values),
            run_entry(graph, eight, eight.kernel->entry, values));
}

// What a device's flash holds.
TEST(ConvPalette, PacksIndicesFromTheLowestBitOn) {
  Graph graph;
  const TensorId x =
      graph.add_tensor({"x", DType::i8, {1, 3}, {{0.1f}, {0}, -1}, false, {}, false});
  const TensorId w =
      graph.add_constant("w", DType::i8, {2, 3}, std::vector<int8_t>{-5, 9, 7, 0, -5, 3});
  graph.tensor(w).quantization = {{0.1f}, {0}, -1};
  const TensorId y = graph.add_node("fully_connected", {x, w}, {})[0];
  graph.tensor(y).quantization = {{0.1f}, {0}, -1};
  for (const KernelInfo& kernel : find_op("fully_connected").kernels) {
    if (!kernel.compact || kernel.isa != Isa::reference) continue;
    const LoweredOp lowered = kernel.lower(graph, graph.nodes[0]);
    EXPECT_EQ(lowered.operands[1].data, (std::vector<uint8_t>{0xfb, 0, 3, 7, 9, 0, 0, 0}));
    // -5 9 7: 000 100 011; 0 -5 3: 001 000 010
    EXPECT_EQ(lowered.operands[2].data, (std::vector<uint8_t>{0xe0, 0, 0, 0, 0x81, 0, 0, 0}));
  }
}

}  // namespace
}  // namespace mote
