#include "formats/settings/settings.hpp"

#include <gtest/gtest.h>

namespace mote::settings {
namespace {

ConstBytes bytes_of(const Settings& s) {
  return {reinterpret_cast<const uint8_t*>(&s), sizeof s};
}

TEST(Settings, RoundTripAndEveryBitCounts) {
  Settings settings;
  std::strcpy(settings.device, "press-7");
  seal(&settings);
  const Result<Settings> back = read(bytes_of(settings));
  ASSERT_TRUE(back.ok());
  EXPECT_STREQ(back.value.device, "press-7");
  for (size_t bit = 0; bit < sizeof settings * 8; ++bit) {
    Settings damaged = settings;
    reinterpret_cast<uint8_t*>(&damaged)[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
    EXPECT_FALSE(read(bytes_of(damaged)).ok()) << bit;
  }
  EXPECT_EQ(read({bytes_of(settings).data, sizeof settings - 1}).status, Status::truncated);
}

TEST(Settings, RefusesWhatWouldMislead) {
  const auto status = [](Settings settings) {
    seal(&settings);
    return read(bytes_of(settings)).status;
  };
  Settings settings;
  EXPECT_EQ(status(settings), Status::ok);
  std::strcpy(settings.device, "a/b");
  EXPECT_EQ(status(settings), Status::bad_params);
  settings = {};
  settings.device[0] = 0;
  EXPECT_EQ(status(settings), Status::bad_params);
  settings = {};
  std::memset(settings.partition, 'x', sizeof settings.partition);
  EXPECT_EQ(status(settings), Status::bad_params);
  settings = {};
  settings.backoff_ms_max = settings.backoff_ms_min - 1;
  EXPECT_EQ(status(settings), Status::bad_params);
  settings = {};
  settings.ack_timeout_ms = 0;
  EXPECT_EQ(status(settings), Status::bad_params);
  settings = {};
  std::strcpy(settings.topic, "press/+");
  EXPECT_EQ(status(settings), Status::bad_params);
  std::strcpy(settings.topic, "press/left");
  EXPECT_EQ(status(settings), Status::ok);
  std::memset(settings.topic, 'x', sizeof settings.topic);
  EXPECT_EQ(status(settings), Status::bad_params);
  settings = {};
  settings.qos = 2;
  EXPECT_EQ(status(settings), Status::bad_params);
}

}  // namespace
}  // namespace mote::settings
