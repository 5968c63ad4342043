// The application end to end: sensor link in, a real broker out; natively and on a virtual board.
#include "lab/field.hpp"

#include <gtest/gtest.h>

#include <random>

#include "compiler/compile.hpp"
#include "lab/broker.hpp"
#include "lab/listener.hpp"

namespace mote::lab {
namespace {

using namespace ir;

constexpr int32_t window_length = 32;

// Two labels told apart by loudness: RMS of the window -> one layer -> softmax.
std::vector<uint8_t> loudness_package(const Board& board) {
  Graph graph;
  graph.name = "loudness";
  const TensorId x = graph.add_tensor({"x", DType::i16, {window_length, 1}, {}, false, {}});
  graph.inputs = {x};
  const TensorId counts = graph.add_node("scale_counts", {x}, {{"scale", 1.0 / 32768}}).front();
  const TensorId rms =
      graph.add_node("statistics", {counts}, {{"statistics", std::string("rms")}}).front();
  const TensorId level = graph.add_node("quantize", {rms}, {}).front();
  graph.tensor(level).quantization = {{1.0f / 255}, {-128}, -1};
  const TensorId w = graph.add_constant("w", DType::i8, {2, 1}, std::vector<int8_t>{-100, 100});
  graph.tensor(w).quantization = {{0.1f}, {0}, -1};
  const TensorId b = graph.add_constant("b", DType::i32, {2}, std::vector<int32_t>{7650, -7650});
  const TensorId logits = graph.add_node("fully_connected", {level, w, b}, {}).front();
  graph.tensor(logits).quantization = {{0.1f}, {0}, -1};
  const TensorId y = graph.add_node("softmax", {logits}, {}).front();
  graph.tensor(y).quantization = {{1.0f / 256}, {-128}, -1};
  graph.outputs = {y};

  plan::Pipeline pipeline;
  pipeline.rate_hz = 1000;
  pipeline.axes = 1;
  pipeline.window_length = window_length;
  pipeline.window_stride = window_length;
  pipeline.threshold = 0.6f;
  pipeline.smoothing = 1;
  pipeline.refractory = 0;
  pipeline.background_label = 0;
  pipeline.labels = {"quiet", "loud"};
  return compile(graph, {board.target(), {pipeline}, "{}", 1}).package;
}

// Alternating quiet and loud stretches of whole windows.
std::vector<FieldRecording> loud_and_quiet(int count, int windows, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<FieldRecording> recordings;
  for (int i = 0; i < count; ++i) {
    FieldRecording recording;
    recording.name = "r" + std::to_string(i);
    for (int w = 0; w < windows; ++w) {
      const bool loud = random() % 2;
      const int64_t begin = int64_t{w} * window_length;
      recording.labels.push_back({begin, begin + window_length, loud ? "loud" : "quiet"});
      for (int s = 0; s < window_length; ++s) {
        const int amplitude = loud ? 25000 : 1000;
        recording.samples.push_back(static_cast<int16_t>(
            (random() % 2 ? 1 : -1) * (amplitude + static_cast<int>(random() % 500))));
      }
    }
    recordings.push_back(std::move(recording));
  }
  return recordings;
}

FieldReport check_run(const std::string& board_name, int count, int windows,
                      const FieldOptions& options) {
  const Board& board = find_board(board_name);
  const auto recordings = loud_and_quiet(count, windows, 5);
  const FieldReport report = run_field(board, loudness_package(board), recordings, options);
  EXPECT_EQ(report.lost, 0u);
  EXPECT_EQ(report.invented, 0u);
  EXPECT_EQ(report.windows.size(), size_t(count * windows));
  EXPECT_EQ(report.summary.acknowledged, report.summary.events);
  EXPECT_EQ(report.summary.dropped_frames, 0u);
  const FieldScore score = score_field(report, recordings, {"quiet", "loud"});
  EXPECT_EQ(score.total.windows_right, score.total.windows);
  EXPECT_EQ(score.total.events_right, score.total.events);
  EXPECT_EQ(score.total.events, score.lines.at("loud").windows);
  EXPECT_GT(score.total.events, 0);
  EXPECT_FALSE(report.statuses.empty());
  if (testing::Test::HasFailure()) ADD_FAILURE() << report.log;
  return report;
}

TEST(Field, NativeDeviceTellsEveryEvent) {
  const FieldReport report = check_run("host", 6, 20, {});
  EXPECT_EQ(report.summary.connects, 1u);
  EXPECT_EQ(report.duplicates, 0u);
}

TEST(Field, VirtualBoardTellsEveryEvent) {
  const FieldReport report = check_run("mps2-an386", 4, 20, {});
  ASSERT_FALSE(report.windows.empty());
  EXPECT_GT(report.windows[0].instructions, 500u);
  EXPECT_LT(report.windows[0].instructions, 20000u);
  EXPECT_GT(report.summary.stack_bytes, 100u);
  // The clock is the instruction counter, so equal work takes an equal count.
  const FieldReport again = check_run("mps2-an386", 4, 20, {});
  for (size_t i = 0; i < report.windows.size(); ++i) {
    EXPECT_EQ(report.windows[i].score, again.windows[i].score);
  }
}

TEST(Field, BrokerKilledOnVirtualBoardLosesNothing) {
  FieldOptions options;
  options.broker_kills = 2;
  const FieldReport report = check_run("mps2-an386", 12, 40, options);
  EXPECT_GE(report.summary.connects, 2u);
  EXPECT_GE(report.summary.losses, 1u);
}

TEST(Field, BrokerKilledUnderNativeDeviceLosesNothing) {
  FieldOptions options;
  options.broker_kills = 3;
  options.speed = 8;
  const FieldReport report = check_run("host", 40, 40, options);
  EXPECT_GE(report.summary.connects, 3u);
}

// Random moments, down times and a reader that comes back later than the device: what the broker
// took meanwhile is in its keeping alone when it is killed again.
void kill_often(const std::string& board, int recordings, uint32_t seed, int away_ms) {
  SCOPED_TRACE(board + ", seed " + std::to_string(seed) + ", reader away for " +
               std::to_string(away_ms) + " ms");
  FieldOptions options;
  options.broker_kills = 4;
  options.kill_seed = seed;
  options.listener_away_ms = away_ms;
  if (board == "host") options.speed = 8;
  const FieldReport report = check_run(board, recordings, 40, options);
  EXPECT_GE(report.summary.connects, 2u);
}

TEST(Field, RandomKillsUnderNativeDeviceLoseNothing) {
  for (const uint32_t seed : {1, 2, 3}) kill_often("host", 40, seed, 20);
}

TEST(Field, RandomKillsUnderNativeDeviceWithASlowReaderLoseNothing) {
  for (const uint32_t seed : {4, 5, 6}) kill_often("host", 40, seed, 2500);
}

TEST(Field, RandomKillsOnVirtualBoardLoseNothing) {
  kill_often("mps2-an386", 16, 7, 20);
}

TEST(Field, RandomKillsOnVirtualBoardWithASlowReaderLoseNothing) {
  kill_often("mps2-an386", 16, 8, 6000);
}

// One reader over two starts of one device: their events have the same sequence numbers.
TEST(Field, StartsOfOneDeviceAreToldApart) {
  Broker broker;
  Listener listener({"127.0.0.1", broker.port(), "watcher", "mote/1/lab/mote/event/#"});
  FieldOptions options;
  options.broker_host = "127.0.0.1";
  options.broker_port = broker.port();
  options.topic = "press/left";
  const FieldReport first = check_run("host", 3, 20, options);
  const FieldReport second = check_run("host", 4, 20, options);
  EXPECT_NE(first.boot, second.boot);
  EventLedger ledger;
  const size_t given = first.summary.events + second.summary.events;
  for (int i = 0; i < 50 && ledger.count() < given; ++i) {
    for (const Received& message : listener.take(100)) {
      EXPECT_EQ(message.topic, "mote/1/lab/mote/event/press/left");
      ledger.take(message.payload);
    }
  }
  EXPECT_EQ(ledger.of(first.boot).size(), first.summary.events);
  EXPECT_EQ(ledger.of(second.boot).size(), second.summary.events);
  EXPECT_EQ(ledger.duplicates(), 0u);
}

TEST(Field, GoodbyeIsTheLastStatus) {
  const FieldReport report = check_run("host", 1, 8, {});
  EXPECT_NE(report.statuses.front().find("\"online\":true"), std::string::npos);
  EXPECT_NE(report.statuses.back().find("\"online\":false"), std::string::npos);
}

TEST(Field, BadPackageIsRefusedWithItsReason) {
  const Board& board = find_board("mps2-an386");
  std::vector<uint8_t> package = loudness_package(board);
  package.back() ^= 1;
  try {
    run_field(board, package, loud_and_quiet(1, 2, 1), {});
    FAIL();
  } catch (const LabError& error) {
    EXPECT_NE(std::string(error.what()).find("checksum"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace mote::lab
