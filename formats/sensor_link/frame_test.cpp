#include "formats/sensor_link/frame.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace mote::sensor_link {
namespace {

using Vector = std::vector<uint8_t>;

Vector frame(FrameType type, const Vector& payload) {
  Vector out(payload.size() + overhead_bytes);
  const Result<size_t> size =
      encode(type, {payload.data(), payload.size()}, {}, {out.data(), out.size()});
  EXPECT_TRUE(size.ok());
  EXPECT_EQ(size.value, out.size());
  return out;
}

struct Got {
  FrameType type;
  Vector payload;
};

// Feeds in pieces of `step` bytes.
std::vector<Got> parse(Parser& parser, const Vector& bytes, size_t step) {
  std::vector<Got> frames;
  const auto collect = [&] {
    while (parser.complete()) {
      const ConstBytes payload = parser.payload();
      frames.push_back({parser.type(), Vector(payload.begin(), payload.end())});
      parser.release();
      parser.take({});
    }
  };
  for (size_t at = 0; at < bytes.size();) {
    const size_t size = std::min(step, bytes.size() - at);
    at += parser.take({bytes.data() + at, size});
    collect();
  }
  return frames;
}

TEST(SensorLink, GoldenBytesOfSpec) {
  const Vector bytes = frame(FrameType::power_off, {});
  const uint8_t checked[] = {18, 0, 0};
  const uint32_t check = crc32(0, checked, 3);
  EXPECT_EQ(bytes, (Vector{0xa5, 18, 0, 0, uint8_t(check), uint8_t(check >> 8),
                           uint8_t(check >> 16), uint8_t(check >> 24)}));
}

TEST(SensorLink, EverySizeInEveryPiece) {
  for (size_t size : {0, 1, 4, 100, 1023, 1024}) {
    for (size_t step : {1, 3, 7, 5000}) {
      Vector payload(size, 0xa5);  // full of marks
      Vector bytes = frame(FrameType::samples, payload);
      const Vector again = bytes;
      bytes.insert(bytes.end(), again.begin(), again.end());
      Parser parser;
      const std::vector<Got> frames = parse(parser, bytes, step);
      ASSERT_EQ(frames.size(), 2u);
      EXPECT_EQ(frames[1].payload, payload);
      EXPECT_EQ(parser.dropped(), 0u);
    }
  }
  Vector out(2000), payload(1025);
  EXPECT_EQ(encode(FrameType::samples, {payload.data(), 1025}, {}, {out.data(), 2000}).status,
            Status::invalid_argument);
  EXPECT_EQ(encode(FrameType::samples, {payload.data(), 8}, {}, {out.data(), 15}).status,
            Status::out_of_memory);
}

// Whatever is damaged, frames that follow at some distance are found again and no false one is.
TEST(SensorLink, FindsItsWayAfterDamage) {
  for (uint32_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    Vector bytes;
    for (int i = 0; i < 40; ++i) {
      const Vector one = frame(FrameType::samples, Vector(random() % 200, uint8_t(i)));
      bytes.insert(bytes.end(), one.begin(), one.end());
    }
    const size_t damage = random() % (bytes.size() / 2);
    if (seed % 2)
      bytes[damage] ^= uint8_t(1 + random() % 255);
    else
      bytes.erase(bytes.begin() + damage);
    // A damaged length may swallow up to a whole frame's worth of what follows.
    for (int i = 100; i < 120; ++i) {
      const Vector one = frame(FrameType::samples, Vector(100, uint8_t(i)));
      bytes.insert(bytes.end(), one.begin(), one.end());
    }
    Parser parser;
    const std::vector<Got> frames = parse(parser, bytes, 1 + random() % 50);
    ASSERT_GE(frames.size(), 55u);
    EXPECT_EQ(frames.back().payload, Vector(100, 119));
    for (const Got& got : frames) {
      for (const uint8_t value : got.payload) ASSERT_EQ(value, got.payload[0]);
    }
  }
}

}  // namespace
}  // namespace mote::sensor_link
