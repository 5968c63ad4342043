#include "compiler/ir/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <random>

namespace mote::ir {
namespace {

using testing::HasSubstr;

constexpr const char* everything = R"(graph "a \"net\"\\\n"
tensor %0 "x" i8 [1, 4] quant 0.5:-3
tensor %1 "w" i8 [2, 4] quant axis 0 0.1:0 1e-07:0 = [1, 2, 3, 4, -5, 6, 127, -128]
tensor %2 "" i32 [] = [-2147483648]
tensor %3 "y" f32 [1, 2]
tensor %4 "k" f32 [4] = [inf, -0.0, 3.4028235e+38, 1e-45]
tensor %5 "h" i16 [1] = [-32768]
input %0
node %3, %5 = some_op(%0, _, %1) beta=1.0 empty=[] list=[1, -2] name="a b" reals=r[0.1, 2.0] @7
node %2 = other() big=-9223372036854775808
output %3
output %0
)";

TEST(Text, RoundTrips) {
  const Graph graph = parse_text(everything);
  EXPECT_EQ(graph.name, "a \"net\"\\\n");
  EXPECT_EQ(graph.tensors[1].quantization.axis, 0);
  EXPECT_EQ(graph.nodes[0].inputs[1], no_tensor);
  EXPECT_EQ(graph.nodes[0].source_index, 7);
  EXPECT_EQ(graph.nodes[0].real("beta"), 1.0);
  EXPECT_EQ(print_text(graph), everything);
}

TEST(Text, FloatsKeepTheirBits) {
  constexpr uint32_t seed = 3;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  std::vector<float> values;
  while (values.size() < 2000) {
    const auto value = std::bit_cast<float>(static_cast<uint32_t>(random()));
    if (value == value) values.push_back(value);
  }
  Graph graph;
  graph.add_constant("v", DType::f32, {2000}, values);
  EXPECT_EQ(parse_text(print_text(graph, full_text)).tensors[0].data, graph.tensors[0].data);
}

TEST(Text, SummarisesLongConstants) {
  Graph graph;
  graph.add_constant("v", DType::i8, {17}, std::vector<int8_t>(17, 1));
  const std::string text = print_text(graph);
  EXPECT_THAT(text, HasSubstr("= 17 bytes crc32 "));
  EXPECT_THROW(parse_text(text), GraphError);
}

std::string complaint(const std::string& text) {
  try {
    parse_text(text);
  } catch (const GraphError& error) {
    return error.what();
  }
  return "";
}

TEST(Text, ErrorsNameLineAndColumn) {
  EXPECT_EQ(complaint("graph \"g\"\ninput 0\n"), "line 2, column 7: expected a tensor such as %0");
  EXPECT_THAT(complaint("tensor %1 \"x\" i8 []"), HasSubstr("tensor %0 to come next"));
  EXPECT_THAT(complaint("tensor %0 \"x\" i8 [1] = [128]"), HasSubstr("in the type's range"));
  EXPECT_THAT(complaint("tensor %0 \"x\" u7 [1]"), HasSubstr("'u7' is not a tensor type"));
  EXPECT_THAT(complaint("node %0 = f(%0) a=?"), HasSubstr("line 1, column 19: expected a value"));
  EXPECT_THAT(complaint("graph \"g\" x"), HasSubstr("the end of the line"));
  EXPECT_THAT(complaint("nodes"), HasSubstr("expected graph, tensor"));
}

}  // namespace
}  // namespace mote::ir
