// Each file of snapshots/ holds a graph, a line "---- PASS", and the graph after that pass and the
// removal of dead values. MOTE_UPDATE_SNAPSHOTS=1 rewrites what follows the line; review the diff.

#include "compiler/passes/passes.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "compiler/interpret.hpp"
#include "compiler/ir/text.hpp"
#include "compiler/ir/verify.hpp"

namespace mote::passes {
namespace {

namespace fs = std::filesystem;

const std::map<std::string, void (*)(ir::Graph&)>& all_passes() {
  static const std::map<std::string, void (*)(ir::Graph&)> passes{
      {"fold_constants", [](ir::Graph& graph) { fold_constants(graph, evaluate_on_host); }},
      {"sink_transposes", sink_transposes},
      {"fold_batch_norm", fold_batch_norm},
      {"expand_ops", [](ir::Graph& graph) { expand_ops(graph); }},
      {"fuse_bias", fuse_bias},
      {"fuse_activation", fuse_activation},
      {"fold_quantization", fold_quantization},
      {"fuse_padding", fuse_padding},
      {"mix_single_channel", mix_single_channel},
      {"remove_channels", [](ir::Graph& graph) { remove_channels(graph, evaluate_on_host); }},
  };
  return passes;
}

std::string read(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Passes, SnapshotsHold) {
  const char* update = std::getenv("MOTE_UPDATE_SNAPSHOTS");
  std::map<std::string, int> used;
  for (const auto& entry :
       fs::directory_iterator(fs::path(MOTE_SOURCE_DIR) / "compiler/passes/snapshots")) {
    const std::string text = read(entry.path());
    const size_t mark = text.find("---- ");
    ASSERT_NE(mark, std::string::npos) << entry.path();
    const size_t line_end = text.find('\n', mark);
    const std::string name = text.substr(mark + 5, line_end - mark - 5);
    SCOPED_TRACE(entry.path().filename().string());
    ASSERT_TRUE(all_passes().contains(name)) << name;
    ++used[name];
    ir::Graph graph = ir::parse_text(std::string_view(text).substr(0, mark));
    ir::verify(graph);
    all_passes().at(name)(graph);
    ir::remove_dead(graph);
    ir::verify(graph);
    const std::string result = ir::print_text(graph);
    EXPECT_EQ(result, text.substr(line_end + 1));
    all_passes().at(name)(graph);
    EXPECT_EQ(ir::print_text(graph), result) << "a second run changes the graph";
    if (update != nullptr) std::ofstream(entry.path()) << text.substr(0, line_end + 1) << result;
  }
  EXPECT_EQ(used.size(), all_passes().size()) << "every pass has a snapshot";
}

// The folded layer computes what the layer and the normalisation compute, per channel.
TEST(Passes, FoldedBatchNormComputesTheSame) {
  ir::Graph graph = ir::parse_text(R"(graph "g"
tensor %0 "x" f32 [1, 2]
tensor %1 "w" f32 [2, 2] = [0.5, -1.5, 2.0, 3.0]
tensor %2 "gamma" f32 [2] = [1.5, -2.0]
tensor %3 "beta" f32 [2] = [0.25, 4.0]
tensor %4 "mean" f32 [2] = [0.125, -3.0]
tensor %5 "variance" f32 [2] = [2.0, 0.1]
tensor %6 "z" f32 [1, 2]
tensor %7 "y" f32 [1, 2]
input %0
node %6 = fully_connected(%0, %1)
node %7 = batch_norm(%6, %2, %3, %4, %5) epsilon=0.001
output %7
)");
  fold_batch_norm(graph);
  ASSERT_EQ(graph.nodes.size(), 1u);
  const auto w = graph.tensor(graph.nodes[0].inputs[1]).values<float>();
  const auto b = graph.tensor(graph.nodes[0].inputs[2]).values<float>();
  const double x[] = {0.75, -2.5};
  const double old_w[] = {0.5, -1.5, 2.0, 3.0}, gamma[] = {1.5, -2}, beta[] = {0.25, 4},
               mean[] = {0.125, -3}, variance[] = {2.0, 0.1f};
  for (size_t c = 0; c < 2; ++c) {
    const double z = old_w[2 * c] * x[0] + old_w[2 * c + 1] * x[1];
    const double expected = gamma[c] * (z - mean[c]) / std::sqrt(variance[c] + 0.001) + beta[c];
    EXPECT_NEAR(w[2 * c] * x[0] + w[2 * c + 1] * x[1] + b[c], expected,
                1e-5 * std::abs(expected) + 1e-5);
  }
}

}  // namespace
}  // namespace mote::passes
