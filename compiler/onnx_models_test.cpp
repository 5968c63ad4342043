// The ONNX project's own tests of single nodes, and its small models, from the data mirror: what
// can be imported must give the outputs that the files hold, both as imported and after the passes.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iostream>
#include <map>
#include <optional>

#include "compiler/compile.hpp"
#include "compiler/import/onnx.hpp"
#include "compiler/import/onnx_file.hpp"
#include "compiler/import_model.hpp"
#include "compiler/interpret.hpp"
#include "tests/mirror.hpp"

namespace mote {
namespace {

using Bytes = std::vector<uint8_t>;
using Files = std::map<std::string, Bytes>;

constexpr double relative = 1e-5, absolute = 1e-6;

ir::Tensor read_pb(const Bytes& bytes) {
  ::onnx::TensorProto proto;
  if (!proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    throw ir::GraphError("the test's tensor can't be read");
  }
  return onnx::read_tensor(proto);
}

// Input or output number `index` of a test; nothing when there is none.
std::optional<ir::Tensor> tensor_of(const Files& files, const std::string& folder,
                                    const std::string& kind, size_t index) {
  const auto found =
      files.find(folder + "/test_data_set_0/" + kind + "_" + std::to_string(index) + ".pb");
  if (found == files.end()) return std::nullopt;
  return read_pb(found->second);
}

// "" when both hold the same values: reals within the tolerance, integers exactly.
std::string difference(std::span<const uint8_t> ours, const ir::Tensor& ours_like,
                       const ir::Tensor& theirs) {
  const auto shape = [](const ir::Tensor& t) { return t.shape.empty() ? ir::Shape{1} : t.shape; };
  if (shape(ours_like) != shape(theirs)) return "shapes differ";
  if (ours_like.dtype != theirs.dtype || ours.size() != theirs.data.size()) return "types differ";
  if (theirs.dtype != ir::DType::f32) {
    const auto [a, b] = std::ranges::mismatch(ours, theirs.data);
    if (a == ours.end()) return "";
    return "byte " + std::to_string(a - ours.begin()) + " is " + std::to_string(*a) + ", not " +
           std::to_string(*b);
  }
  const auto expected = theirs.values<float>();
  for (size_t i = 0; i < expected.size(); ++i) {
    float value = 0;
    std::memcpy(&value, ours.data() + 4 * i, sizeof value);
    const auto a = static_cast<double>(value), b = static_cast<double>(expected[i]);
    if (std::isnan(a) && std::isnan(b)) continue;
    if (!(std::abs(a - b) <= absolute + relative * std::abs(b))) {
      return "element " + std::to_string(i) + " is " + std::to_string(a) + ", not " +
             std::to_string(b);
    }
  }
  return "";
}

// The model with all its inputs but the first as constants. The tests give axes, shapes and scales
// at run time, which a compiler for devices has to know.
Bytes frozen(const Bytes& bytes, const Files& files, const std::string& folder) {
  ::onnx::ModelProto model;
  if (!model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return bytes;
  auto& graph = *model.mutable_graph();
  for (int i = 1; i < graph.input_size(); ++i) {
    const auto pb = files.find(folder + "/test_data_set_0/input_" + std::to_string(i) + ".pb");
    if (pb == files.end()) continue;
    auto& constant = *graph.add_initializer();
    if (!constant.ParseFromArray(pb->second.data(), static_cast<int>(pb->second.size()))) continue;
    constant.set_name(graph.input(i).name());
  }
  const std::string text = model.SerializeAsString();
  return {text.begin(), text.end()};
}

std::string run(const ir::Graph& graph, const Files& files, const std::string& folder) {
  std::vector<Bytes> inputs;
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const auto input = tensor_of(files, folder, "input", i);
    if (!input) throw ir::GraphError("the test has no input " + std::to_string(i));
    if (input->byte_size() != graph.tensor(graph.inputs[i]).byte_size()) {
      throw ir::GraphError("the test's input has another size than the model's");
    }
    inputs.push_back(input->data);
  }
  Interpreter interpreter(graph, host_target());
  interpreter.run(inputs);
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    const auto expected = tensor_of(files, folder, "output", i);
    if (!expected) return "the test has no output " + std::to_string(i);
    const ir::TensorId id = graph.outputs[i];
    const std::string found = difference(interpreter.bytes(id), graph.tensor(id), *expected);
    if (!found.empty()) return found;
  }
  return "";
}

// What became of the tests of a folder.
struct Count {
  int passed = 0;         // as they are
  int passed_frozen = 0;  // with all inputs but the first as constants
  int refused = 0;
  std::map<std::string, std::vector<std::string>> reasons;  // tests by reason of refusal
};

// Tests whose expected int8 values wrap around where the standard says that they saturate.
bool wraps(const std::string& folder) {
  return folder == "onnx-node/test_qlinearmatmul_2D_int8_float32" ||
         folder == "onnx-node/test_qlinearmatmul_3D_int8_float32";
}

// The first of the reasons, without the tensor's or node's name.
std::string first_reason(const std::string& message) {
  const size_t line = message.find('\n');
  std::string reason = line == std::string::npos ? message : message.substr(line + 1);
  reason = reason.substr(0, reason.find('\n'));
  for (size_t quote = reason.find('\''); quote != std::string::npos; quote = reason.find('\'')) {
    const size_t end = reason.find('\'', quote + 1);
    if (end == std::string::npos) break;
    reason.erase(quote, end - quote + 1);
  }
  return reason;
}

// The reason why the model is refused; "" when it can be compiled. Then its outputs have to be
// right.
std::string try_model(const Bytes& bytes, const Files& files, const std::string& folder) {
  try {
    ir::Graph graph = import_model(bytes, folder + ".onnx");
    const std::string imported = run(graph, files, folder);
    run_passes(graph);
    const std::string compiled = run(graph, files, folder);
    EXPECT_EQ(imported, "") << "as imported";
    EXPECT_EQ(compiled, "") << "after the passes";
    return "";
  } catch (const ir::GraphError& error) {
    return first_reason(error.what());
  }
}

Count run_all(const std::string& prefix) {
  const Files models = mirror::unpack(".onnx"), tensors = mirror::unpack(".pb");
  Count count;
  for (const auto& [path, bytes] : models) {
    const std::string end = "/model.onnx";
    if (!path.starts_with(prefix) || !path.ends_with(end)) continue;
    const std::string folder = path.substr(0, path.size() - end.size());
    SCOPED_TRACE(folder);
    if (wraps(folder)) {
      ++count.refused;
      count.reasons["its expected values contradict the standard"].push_back(folder);
      continue;
    }
    if (try_model(bytes, tensors, folder).empty()) {
      ++count.passed;
      continue;
    }
    const std::string reason = try_model(frozen(bytes, tensors, folder), tensors, folder);
    ++(reason.empty() ? count.passed_frozen : count.refused);
    if (!reason.empty()) count.reasons[reason].push_back(folder.substr(prefix.size()));
  }
  std::cout << prefix << ": " << count.passed << " pass as they are, " << count.passed_frozen
            << " with constants for inputs, " << count.refused << " are refused:\n";
  for (const auto& [reason, tests] : count.reasons) {
    std::cout << "  " << reason << ":";
    for (const std::string& test : tests) std::cout << " " << test;
    std::cout << "\n";
  }
  return count;
}

// Exact numbers: an operator that is lost is noticed, and one that is won is written down.
TEST(OnnxModels, SingleNodesGiveTheExpectedOutputs) {
  if (mirror::folder().empty()) GTEST_SKIP() << "MOTE_DATA_MIRROR is not set";
  const Count count = run_all("onnx-node/");
  EXPECT_EQ(count.passed, 122);
  EXPECT_EQ(count.passed_frozen, 67);
  EXPECT_EQ(count.refused, 51);
}

TEST(OnnxModels, SimpleModelsGiveTheExpectedOutputs) {
  if (mirror::folder().empty()) GTEST_SKIP() << "MOTE_DATA_MIRROR is not set";
  const Count count = run_all("onnx-simple/");
  EXPECT_EQ(count.passed, 3);
  EXPECT_EQ(count.passed_frozen, 4);
  EXPECT_EQ(count.refused, 16);
}

int transposes(const ir::Graph& graph) {
  int count = 0;
  for (const ir::Node& node : graph.nodes) count += node.op == "transpose" ? 1 : 0;
  return count;
}

// Image classifiers keep one transpose, that of their image. ShuffleNet's channels really move.
TEST(OnnxModels, ClassifiersAreLeftWithoutTransposes) {
  if (mirror::folder().empty()) GTEST_SKIP() << "MOTE_DATA_MIRROR is not set";
  const Files models = mirror::unpack(".onnx");
  int imported = 0;
  for (const auto& [path, bytes] : models) {
    if (!path.starts_with("onnx-light/") && !path.starts_with("onnx2c/")) continue;
    // Weights of hundreds of megabytes.
    const auto is = [&](const char* name) { return path.find(name) != std::string::npos; };
    if (is("alexnet") || is("vgg19") || is("zfnet")) continue;
    SCOPED_TRACE(path);
    ir::Graph graph = import_model(bytes, path);
    const int before = transposes(graph);
    run_passes(graph);
    std::cout << path << ": " << before << " transposes, " << transposes(graph) << " after\n";
    ++imported;
    EXPECT_LE(transposes(graph), is("shufflenet") ? 17 : 1);
  }
  EXPECT_EQ(imported, 7);
}

}  // namespace
}  // namespace mote
