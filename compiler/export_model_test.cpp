// Graphs written as .tflite files and read again. tests/export_models_test.cpp does the same with
// the models of the data mirror.
#include "compiler/export_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "compiler/export/tflite_writer.hpp"
#include "compiler/import/tflite.hpp"
#include "compiler/import/tflite_file.hpp"
#include "compiler/import/tflite_samples.hpp"
#include "compiler/interpret.hpp"
#include "compiler/ir/op.hpp"
#include "compiler/ir/same.hpp"
#include "compiler/ir/text.hpp"
#include "compiler/ir/verify.hpp"
#include "compiler/seeded_inputs.hpp"

namespace mote {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ir::Graph parsed(const std::string& text) {
  ir::Graph graph = ir::parse_text(text);
  ir::verify(graph);
  return graph;
}

// All of it, names and attributes too, survives the file.
void expect_round_trip(const ir::Graph& graph) {
  const ExportedModel exported = export_tflite(graph);
  EXPECT_TRUE(exported.ran);
  EXPECT_EQ(ir::difference(graph, tflite::import_tflite(exported.file, "again")), "");
}

// The file's operators give the bits of the op that they stand for, in every inference.
void expect_expansion(const ir::Graph& graph, const std::vector<std::string>& expanded) {
  const ExportedModel exported = export_tflite(graph);
  EXPECT_EQ(exported.expanded, expanded);
  EXPECT_GT(exported.operators, graph.nodes.size());
  const ir::Graph back = tflite::import_tflite(exported.file, "again");
  Interpreter before(graph, host_target()), after(back, host_target());
  for (uint32_t seed = 1; seed <= 4; ++seed) {
    const auto inputs = seeded_inputs(graph, seed);
    before.run(inputs);
    after.run(inputs);
    EXPECT_TRUE(std::ranges::equal(before.bytes(graph.outputs[0]), after.bytes(back.outputs[0])));
  }
}

TEST(Export, SamplesComeBackAsTheyWere) {
  for (const auto& [name, bytes] : tflite::all_samples()) {
    SCOPED_TRACE(name);
    expect_round_trip(tflite::import_tflite(bytes, name, evaluate_on_host));
  }
}

TEST(Export, OptionsComeBackAsTheyWere) {
  expect_round_trip(parsed(R"(graph "options"
tensor %0 "x" f32 [1, 4, 4, 4]
tensor %1 "deep" f32 [1, 8, 8, 1]
tensor %2 "amounts" i32 [4, 2] = [0, 0, 1, 2, 1, 1, 0, 0]
tensor %3 "mirrored" f32 [1, 11, 10, 1]
tensor %4 "index" i32 [3] = [2, 0, 3]
tensor %5 "gathered" f32 [1, 11, 3, 1]
tensor %6 "weights" f32 [2, 2, 2, 1] = [1.0, 2.0, 3.0, -4.0, 5.0, 6.0, 7.0, 8.0]
tensor %7 "transposed" f32 [1, 22, 6, 2]
tensor %8 "begin" i32 [4] = [0, 21, 1, 0]
tensor %9 "end" i32 [4] = [1, 2, 0, 2]
tensor %10 "steps" i32 [4] = [1, -3, 2, 1]
tensor %11 "sliced" f32 [8, 3, 2]
tensor %12 "bent" f32 [8, 3, 2]
tensor %13 "leaky" f32 [8, 3, 2]
tensor %14 "p0" f32 [8, 2]
tensor %15 "p1" f32 [8, 2]
tensor %16 "p2" f32 [8, 2]
tensor %17 "packed" f32 [8, 2, 3]
tensor %18 "soft" f32 [8, 2, 3]
tensor %19 "edge" i32 [3, 2] = [1, 0, 0, 0, 0, 2]
tensor %20 "value" f32 [1] = [2.5]
tensor %21 "padded" f32 [9, 2, 5]
tensor %22 "sizes" i32 [2] = [3, 6]
tensor %23 "axis" i32 [1] = [0]
tensor %24 "upper" f32 [3, 2, 5]
tensor %25 "lower" f32 [6, 2, 5]
tensor %26 "largest" i32 [2, 5]
tensor %27 "sum" f32 [1, 2, 5]
tensor %28 "again" f32 [1, 2, 2, 16]
input %0
node %1 = depth_to_space(%0) block=2
node %3 = mirror_pad(%1, %2) symmetric=1
node %5 = gather(%3, %4) axis=2
node %7 = transpose_conv(%5, %6, _) activation="relu6" out_h=22 out_w=6 padding="same" )"
                           R"(stride_h=2 stride_w=2
node %11 = strided_slice(%7, %8, %9, %10) begin_mask=4 end_mask=6 offset=0 shrink_mask=1
node %12 = gelu(%11) approximate=1
node %13 = leaky_relu(%12) alpha=0.25
node %14, %15, %16 = unpack(%13) axis=1
node %17 = pack(%14, %16, %15) axis=2
node %18 = softmax(%17) beta=0.5
node %21 = pad(%18, %19, %20)
node %24, %25 = split(%21, %22, %23)
node %26 = arg_max(%24, %23)
node %27 = sum(%25, %23) keep_dims=1
node %28 = space_to_depth(%0) block=2
output %26
output %27
output %28
)"));
}

TEST(Export, SignalOperatorsKeepTheirOptions) {
  expect_round_trip(parsed(R"(graph "signal"
tensor %0 "x" i16 [8]
tensor %1 "curve" i16 [8] = [100, 900, 2000, 4000, 4000, 2000, 900, 100]
tensor %2 "framed" i16 [8]
tensor %3 "scaled" i16 [8]
tensor %4 "bits" i32 [1]
tensor %5 "spectrum" i16 [10]
tensor %6 "energy" u32 [5]
input %0
node %2 = signal_window(%0, %1) shift=9
node %3, %4 = signal_fft_auto_scale(%2)
node %5 = signal_rfft(%3) length=8
node %6 = signal_energy(%5) first=1 last=4
output %6
output %4
)"));
}

constexpr const char* counter = R"(graph "counter"
tensor %0 "x" i32 [2]
tensor %1 "count" i32 [2] variable = [5, -7]
tensor %2 "before" i32 [2]
tensor %3 "after" i32 [2]
input %0
node %2 = read_variable(%1)
node %3 = add(%2, %0) activation="none"
node %1 = assign_variable(%3)
output %3
)";

TEST(Export, ResourceVariablesKeepTheirInitialValues) {
  const ir::Graph graph = parsed(counter);
  expect_round_trip(graph);
  const auto bytes = export_tflite(graph).file;
  const tflite::File file(bytes, "counter");
  std::vector<std::string> operators;
  for (const auto* source : *file.main().operators()) {
    operators.push_back(file.operator_name(*source));
  }
  EXPECT_THAT(operators,
              ElementsAre("CALL_ONCE", "VAR_HANDLE", "READ_VARIABLE", "ADD", "ASSIGN_VARIABLE"));
  EXPECT_EQ(file.graph(1).operators()->size(), 2u) << "names it, sets it";
}

TEST(Export, VariablesOfOneNameStayApart) {
  const ir::Graph graph = parsed(R"(graph "twins"
tensor %0 "x" i32 [1]
tensor %1 "state" i32 [1] variable = [1]
tensor %2 "state" i32 [1] variable = [2]
tensor %3 "a" i32 [1]
tensor %4 "b" i32 [1]
tensor %5 "y" i32 [1]
input %0
node %3 = read_variable(%1)
node %4 = read_variable(%2)
node %5 = sub(%3, %4) activation="none"
node %1 = assign_variable(%0)
output %5
)");
  const auto back = tflite::import_tflite(export_tflite(graph).file, "twins");
  EXPECT_EQ(ir::difference(graph, back, {.names = false}), "");
}

TEST(Export, RefusesAVariableTensorThatStartsElsewhere) {
  ir::Graph graph = tflite::import_tflite(tflite::sample_state(), "state");
  for (ir::Tensor& tensor : graph.tensors) {
    if (tensor.variable) tensor.data[3] = 1;
  }
  try {
    export_tflite(graph);
    FAIL();
  } catch (const tflite::InexpressibleError& error) {
    EXPECT_THAT(error.what(), HasSubstr("state 'memory' doesn't start at zero"));
  }
}

TEST(Export, RefusesStateInsideAnOperatorThatAnotherNodeSets) {
  ir::Graph graph = tflite::import_tflite(tflite::sample_state(), "state");
  const auto memory = static_cast<ir::TensorId>(
      std::ranges::find(graph.tensors, true, &ir::Tensor::variable) - graph.tensors.begin());
  const ir::Tensor& state = graph.tensor(memory);
  const ir::TensorId start = graph.add_constant("start", state.dtype, state.shape, state.data);
  graph.nodes.insert(graph.nodes.begin(), {"assign_variable", {start}, {memory}, {}});
  ir::verify(graph);
  try {
    export_tflite(graph);
    FAIL();
  } catch (const tflite::InexpressibleError& error) {
    EXPECT_THAT(error.what(), HasSubstr("1 of 2 nodes"));
    EXPECT_THAT(error.what(), HasSubstr("svdf"));
    EXPECT_THAT(error.what(), HasSubstr("other nodes set or read its state 'memory'"));
  }
}

TEST(Export, RefusesModelsThatMixUint8AndInt8) {
  ir::Graph graph = tflite::import_tflite(tflite::sample_network(), "net");
  graph.nodes[0].attributes["uint8"] = int64_t{1};
  try {
    export_tflite(graph);
    FAIL();
  } catch (const tflite::InexpressibleError& error) {
    ASSERT_EQ(error.obstacles.size(), 1u);
    EXPECT_EQ(error.obstacles[0].op, graph.nodes[0].op);
    EXPECT_THAT(error.what(), HasSubstr("uint8"));
  }
}

constexpr const char* project = R"(graph "project"
tensor %0 "window" f32 [4, 1]
tensor %1 "features" f32 [1, 2]
tensor %2 "mean" f32 [2] = [0.5, 1.5]
tensor %3 "factor" f32 [2] = [2.0, 3.0]
tensor %4 "ready" f32 [1, 2]
tensor %5 "row" f32 [1, 1, 2]
tensor %6 "w" f32 [2, 2] = [1.0, -1.0, 0.5, 0.25]
tensor %7 "y" f32 [1, 2]
tensor %8 "logarithms" f32 [1, 2]
input %0
node %1 = statistics(%0) statistics="mean,rms"
node %8 = log(%1) floor=0.001
node %4 = standardize(%8, %2, %3)
node %5 = reshape(%4) shape=[1, 1, 2]
node %7 = fully_connected(%5, %6, _) activation="relu" keep_dims=0
output %7
)";

TEST(Export, NamesEveryNodeThatTensorFlowLiteLacks) {
  const ir::Graph graph = ir::parse_text(project);
  try {
    export_tflite(graph);
    FAIL();
  } catch (const tflite::InexpressibleError& error) {
    ASSERT_EQ(error.obstacles.size(), 2u);
    EXPECT_EQ(error.obstacles[0].op, "statistics");
    EXPECT_EQ(error.obstacles[1].tensor, "logarithms");
    EXPECT_THAT(error.what(), HasSubstr("2 of 6 nodes")) << "standardisation is two of them";
  }
}

TEST(Export, ANetworkBeginsAfterItsFeatures) {
  ir::Graph graph = ir::parse_text(project);
  const NetworkPart part = network_part(graph);
  EXPECT_THAT(part.left_out, ElementsAre("statistics", "log"));
  ASSERT_EQ(part.graph.inputs.size(), 1u);
  EXPECT_EQ(part.graph.tensor(part.graph.inputs[0]).name, "logarithms");
  EXPECT_EQ(part.graph.nodes.size(), 3u);
  expect_expansion(part.graph, {"standardize"});
  // Features at the end leave nothing.
  graph.nodes.resize(2);
  graph.outputs = {8};
  EXPECT_THROW(network_part(graph), ir::GraphError);
}

TEST(Export, BatchNormsAreFoldedFirst) {
  const ir::Graph graph = folded_for_tflite(parsed(R"(graph "normed"
tensor %0 "x" f32 [1, 2]
tensor %1 "w" f32 [2, 2] = [1.0, -1.0, 0.5, 0.25]
tensor %2 "dense" f32 [1, 2]
tensor %3 "gamma" f32 [2] = [2.0, 3.0]
tensor %4 "beta" f32 [2] = [0.5, -1.0]
tensor %5 "mean" f32 [2] = [0.5, 1.5]
tensor %6 "variance" f32 [2] = [4.0, 1.0]
tensor %7 "y" f32 [1, 2]
input %0
node %2 = fully_connected(%0, %1, _) activation="none" keep_dims=0
node %7 = batch_norm(%2, %3, %4, %5, %6) epsilon=0.001
output %7
)"));
  ASSERT_EQ(graph.nodes.size(), 1u);
  expect_round_trip(graph);
}

TEST(Export, LoneBatchNormsAreProductsAndSums) {
  expect_expansion(parsed(R"(graph "lone"
tensor %0 "x" f32 [3, 2]
tensor %1 "gamma" f32 [2] = [2.0, 3.0]
tensor %2 "beta" f32 [2] = [0.5, -1.0]
tensor %3 "mean" f32 [2] = [0.3, 1.7]
tensor %4 "variance" f32 [2] = [4.1, 0.9]
tensor %5 "y" f32 [3, 2]
input %0
node %5 = batch_norm(%0, %1, %2, %3, %4) epsilon=0.001
output %5
)"),
                   {"batch_norm"});
}

TEST(Export, AnomalyScoresAreMeansOfSquares) {
  expect_expansion(parsed(R"(graph "score"
tensor %0 "x" i8 [1, 3, 5] quant 0.1:3
tensor %1 "r" i8 [15] quant 0.07:-12
tensor %2 "y" f32 [1, 1]
input %0
input %1
node %2 = reconstruction_error(%0, %1)
output %2
)"),
                   {"reconstruction_error"});
}

// The compiler lets convolutions pad as they like; files can't say that.
TEST(Export, UnevenPaddingIsAnOperatorOfItsOwn) {
  for (const bool even : {false, true}) {
    SCOPED_TRACE(even);
    std::string text = R"(graph "padded"
tensor %0 "x" i8 [1, 5, 5, 1] quant 0.1:-3
tensor %1 "w" i8 [2, 3, 3, 1] quant 0.02:0 = [1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 8, 7, 6, 5, 4, 3, 2, 1]
tensor %2 "y" i8 [1, H, 5, 2] quant 0.2:5
input %0
node %2 = conv2d(%0, %1, _) activation="none" pad_bottom=1 pad_left=1 pad_right=1 pad_top=TOP )"
                       R"(padding="explicit" stride_h=1 stride_w=1
output %2
)";
    text.replace(text.find("H, 5"), 1, even ? "5" : "4");
    text.replace(text.find("TOP"), 3, even ? "1" : "0");
    const ir::Graph graph = parsed(text);
    const ExportedModel exported = export_tflite(graph);
    EXPECT_TRUE(exported.ran);
    EXPECT_EQ(exported.operators, even ? 1u : 2u);
  }
}

// A layer with random weights behind x [2, 5, 3] ([5, 2, 3] with time_major); 4 cells.
struct Recurrent {
  ir::Graph graph;
  ir::TensorId x;
  std::mt19937 random{5};

  explicit Recurrent(bool time_major) {
    graph.name = "recurrent";
    const ir::Shape shape = time_major ? ir::Shape{5, 2, 3} : ir::Shape{2, 5, 3};
    x = graph.add_tensor({"x", ir::DType::f32, shape, {}, false, {}});
    graph.inputs = {x};
  }

  ir::TensorId weights(const ir::Shape& shape) {
    size_t count = 1;
    for (int32_t extent : shape) count *= static_cast<size_t>(extent);
    std::vector<float> values(count);
    for (float& value : values) value = std::uniform_real_distribution<float>(-1, 1)(random);
    return graph.add_constant("w", ir::DType::f32, shape, values);
  }

  ir::TensorId state() {
    ir::Tensor made{"state", ir::DType::f32, {2, 4}, {}, false, {}, true};
    made.data.assign(32, 0);
    return graph.add_tensor(std::move(made));
  }

  // The node's output is the model's.
  void add(const std::string& op, const std::vector<ir::TensorId>& inputs, ir::Attributes options,
           const std::vector<ir::TensorId>& states) {
    ir::Node node{op, inputs, {}, std::move(options)};
    node.outputs = {graph.add_tensor({"y", ir::DType::f32, {}, {}, false, {}})};
    node.outputs.insert(node.outputs.end(), states.begin(), states.end());
    ir::find_op(op).infer(graph, node);
    graph.outputs = {node.outputs[0]};
    graph.nodes.push_back(std::move(node));
    ir::verify(graph);
  }
};

TEST(Export, GrusAreUnrolled) {
  for (int variant = 0; variant < 8; ++variant) {
    SCOPED_TRACE(variant);
    const bool time_major = variant % 2 != 0, kept = variant / 2 % 2 != 0;
    Recurrent r(time_major);
    std::vector<ir::TensorId> from{r.x, r.weights({12, 3}), r.weights({12, 4})}, states;
    from.push_back(kept ? r.weights({2, 12}) : ir::no_tensor);
    if (kept) states = {r.state()};
    from.insert(from.end(), states.begin(), states.end());
    r.add("gru", from, {{"time_major", int64_t{time_major}}, {"reset_after", int64_t{variant / 4}}},
          states);
    expect_expansion(r.graph, {"gru"});
  }
}

TEST(Export, LstmsAreUnrolledWhereOthersSetTheirStateOrThereIsNone) {
  for (int variant = 0; variant < 6; ++variant) {
    SCOPED_TRACE(variant);
    const bool time_major = variant % 2 != 0, others = variant / 2 == 1, fresh = variant / 2 == 2;
    Recurrent r(time_major);
    std::vector<ir::TensorId> from{r.x};
    for (int gate = 0; gate < 4; ++gate) from.push_back(r.weights({4, 3}));
    for (int gate = 0; gate < 4; ++gate) from.push_back(r.weights({4, 4}));
    for (int gate = 0; gate < 4; ++gate) from.push_back(r.weights({4}));
    std::vector<ir::TensorId> states;
    if (!fresh) states = {r.state(), r.state()};
    from.insert(from.end(), states.begin(), states.end());
    if (others) r.graph.nodes.push_back({"assign_variable", {r.weights({2, 4})}, {states[1]}, {}});
    r.add("lstm", from, {{"time_major", int64_t{time_major}}, {"cell_clip", 0.75}}, states);
    if (others || fresh) {
      expect_expansion(r.graph, {"lstm"});
    } else {
      EXPECT_EQ(export_tflite(r.graph).operators, 1u) << "TensorFlow Lite's own operator";
    }
  }
}

// Readers refuse files that stand for far more than they hold.
TEST(Export, EqualConstantsDoNotMakeABomb) {
  ir::Graph graph;
  graph.name = "zeros";
  ir::TensorId x = graph.add_tensor({"x", ir::DType::f32, {1, 64}, {}, false, {}});
  graph.inputs = {x};
  for (int i = 0; i < 40; ++i) {
    const ir::TensorId w =
        graph.add_constant("w", ir::DType::f32, {64, 64}, std::vector<float>(64 * 64, 0.0f));
    x = graph.add_node("fully_connected", {x, w}, {}).front();
  }
  graph.outputs = {x};
  EXPECT_TRUE(export_tflite(graph).ran);
}

TEST(Export, ConstantsAreAlignedAndStoredOnce) {
  const ir::Graph graph = parsed(R"(graph "shared"
tensor %0 "x" f32 [2]
tensor %1 "one" f32 [2] = [0.5, 0.25]
tensor %2 "other" f32 [2] = [0.5, 0.25]
tensor %3 "sum" f32 [2]
tensor %4 "y" f32 [2]
input %0
node %3 = add(%0, %1) activation="none"
node %4 = mul(%3, %2) activation="relu"
output %4
)");
  expect_round_trip(graph);
  const auto bytes = export_tflite(graph).file;
  const tflite::File file(bytes, "shared");
  const auto place = [&](uint32_t tensor) {
    return file.buffer(*file.main().tensors()->Get(tensor), "constant").data();
  };
  EXPECT_EQ(place(1), place(3));
  EXPECT_EQ((place(1) - file.bytes().data()) % 16, 0);
}

}  // namespace
}  // namespace mote
