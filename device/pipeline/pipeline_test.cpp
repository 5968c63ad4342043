#include "device/pipeline/pipeline.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "compiler/emit/package.hpp"

namespace mote {
namespace {

// A model for tests: label L is sure when every value of the window is L, else all are unsure.
#define MOTE_AGREE_PARAMS(F) F(int32_t, values) F(int32_t, labels)
MOTE_PARAMS(AgreeParams, MOTE_AGREE_PARAMS)

Status agree_check(const AgreeParams& p, const uint32_t* bytes) {
  return extent(p.values, 2) <= bytes[0] && extent(p.labels, 4) <= bytes[1] && p.values > 0
             ? Status::ok
             : Status::out_of_bounds;
}

template <class P>
void agree(const P& p, void* const* operands) {
  const auto* x = static_cast<const int16_t*>(operands[0]);
  auto* y = static_cast<float*>(operands[1]);
  bool same = true;
  for (int32_t i = 1; i < p.values; ++i) same = same && x[i] == x[0];
  for (int32_t i = 0; i < p.labels; ++i) y[i] = same && x[0] == i ? 0.9f : 0.05f;
}

const KernelEntry entries[] = {MOTE_KERNEL_ENTRY(0x7001, agree, AgreeParams, 1, 1, agree_check)};
const KernelTable kernels{entries, 1};
const ir::KernelInfo agree_info{entries[0], "agree", "", "", "", Isa::reference, {}, {}, {}};

struct alignas(16) Block {
  uint8_t bytes[16];
};

// Two axes, windows of 4 frames every 2, three labels of which 0 is the background.
struct Device {
  std::vector<Block> flash, arena;
  std::vector<int16_t> ring;
  std::vector<float> history;
  Vm vm;
  Pipeline pipeline;
  Status begun = Status::ok;

  explicit Device(const plan::Pipeline& settings) {
    plan::Plan plan;
    plan.arena_bytes = 32;
    const auto labels = static_cast<int32_t>(settings.labels.size());
    plan.ops = {{&agree_info,
                 ir::make_params(AgreeParams{8, labels}),
                 {{false, 0, 16, "x"}, {false, 16, 12, "y"}},
                 "agree",
                 0,
                 -1}};
    plan.inputs = {{"x", ir::DType::i16, {4, 2}, 0, 0, 0, 16}};
    plan.outputs = {{"y", ir::DType::f32, {labels}, 0, 0, 16, 12}};
    plan.pipeline = {settings};
    const auto package = emit::write_package(plan);
    flash.resize(package.size() / 16 + 1);
    std::memcpy(flash.data(), package.data(), package.size());
    arena.resize(2);
    EXPECT_EQ(vm.load({flash[0].bytes, package.size()}, kernels), Status::ok);
    ring.resize(Pipeline::ring_needed(vm));
    history.resize(Pipeline::history_needed(vm));
    begun = pipeline.begin(
        vm, {{ring.data(), ring.size()}, {history.data(), history.size()}, {arena[0].bytes, 32}});
  }

  // Pushes `count` frames of a value; returns the events as "label@window".
  std::vector<std::string> feed(int16_t value, int count) {
    std::vector<std::string> events;
    for (int i = 0; i < count; ++i) {
      const int16_t frame[2] = {value, value};
      if (!pipeline.push(frame)) continue;
      Event event;
      const Result<bool> inferred = pipeline.infer(&event);
      EXPECT_TRUE(inferred.ok());
      if (inferred.value) {
        events.push_back(std::to_string(event.label) + "@" + std::to_string(event.window));
      }
    }
    return events;
  }
};

plan::Pipeline settings() {
  plan::Pipeline p;
  p.rate_hz = 100;
  p.axes = 2;
  p.window_length = 4;
  p.window_stride = 2;
  p.threshold = 0.8f;
  p.background_label = 0;
  p.labels = {"idle", "shake", "fall"};
  return p;
}

using Events = std::vector<std::string>;

TEST(Pipeline, WindowsFollowLengthAndStride) {
  Device device(settings());
  ASSERT_EQ(device.begun, Status::ok);
  device.feed(1, 3);
  EXPECT_EQ(device.pipeline.windows(), 0u);
  device.feed(1, 1);
  EXPECT_EQ(device.pipeline.windows(), 1u);
  device.feed(1, 6);
  EXPECT_EQ(device.pipeline.windows(), 4u);
}

TEST(Pipeline, BackgroundIsNoEvent) {
  Device device(settings());
  EXPECT_EQ(device.feed(0, 20), Events{});
  EXPECT_EQ(device.feed(2, 3), Events{}) << "the window still holds background frames";
  EXPECT_EQ(device.feed(2, 1), Events{"2@10"});
}

TEST(Pipeline, SmoothingNeedsSeveralWindowsThatAgree) {
  plan::Pipeline smooth = settings();
  smooth.smoothing = 3;
  Device device(smooth);
  EXPECT_EQ(device.feed(1, 6), Events{}) << "two windows can't fill an average of three";
  EXPECT_EQ(device.feed(1, 2), Events{"1@2"});
  EXPECT_EQ(device.feed(2, 2), Events{}) << "a mixed window lowers the average";
}

TEST(Pipeline, RefractoryWindowsStayQuiet) {
  plan::Pipeline quiet = settings();
  quiet.refractory = 3;
  Device device(quiet);
  EXPECT_EQ(device.feed(1, 4 + 2 * 8), (Events{"1@0", "1@4", "1@8"}));
}

TEST(Pipeline, RestartForgetsEverything) {
  Device device(settings());
  device.feed(1, 5);
  device.pipeline.restart();
  EXPECT_EQ(device.pipeline.windows(), 0u);
  EXPECT_EQ(device.feed(2, 4), Events{"2@0"}) << "no frame of the old recording is left";
}

TEST(Pipeline, ShortMemoryIsRefused) {
  Device device(settings());
  Pipeline pipeline;
  EXPECT_EQ(pipeline.begin(device.vm, {{device.ring.data(), device.ring.size() - 1},
                                       {device.history.data(), device.history.size()},
                                       {device.arena[0].bytes, 32}}),
            Status::out_of_memory);
}

}  // namespace
}  // namespace mote
