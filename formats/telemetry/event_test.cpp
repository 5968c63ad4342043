#include "formats/telemetry/event.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace mote::telemetry {
namespace {

std::string decimal(float value) {
  char out[32];
  TextWriter writer({out, sizeof out});
  writer.decimal(value);
  return {out, writer.written().size};
}

TEST(Telemetry, EventOfSpec) {
  const Event event = {40, 17, 3, "inner", 0.9712f, 5, 640, 41250, 644531};
  char out[200];
  const Result<size_t> size = write_event(event, {out, sizeof out});
  ASSERT_TRUE(size.ok());
  EXPECT_EQ(
      std::string(out, size.value),
      "{\"boot\":40,\"seq\":17,\"recording\":3,\"label\":\"inner\",\"score\":0.9712,\"window\":5,"
      "\"frame\":640,\"us\":41250,\"instructions\":644531}");
  for (size_t room = 0; room < size.value; ++room) {
    EXPECT_EQ(write_event(event, {out, room}).status, Status::out_of_memory);
  }
}

TEST(Telemetry, StatusOfSpec) {
  char out[64];
  const Result<size_t> size = write_status(true, 4294967295u, {out, sizeof out});
  ASSERT_TRUE(size.ok());
  EXPECT_EQ(std::string(out, size.value), "{\"online\":true,\"boot\":4294967295}");
  EXPECT_EQ(write_status(false, 0, {out, 10}).status, Status::out_of_memory);
}

TEST(Telemetry, LabelsAreEscaped) {
  char out[64];
  TextWriter writer({out, sizeof out});
  writer.quoted("a\"b\\c\n\x1f\xc3\xa4");
  EXPECT_EQ(std::string(out, writer.written().size), "\"a\\\"b\\\\c\\u000a\\u001f\xc3\xa4\"");
}

TEST(Telemetry, Decimals) {
  EXPECT_EQ(decimal(0), "0.0000");
  EXPECT_EQ(decimal(1), "1.0000");
  EXPECT_EQ(decimal(0.99996f), "1.0000");
  EXPECT_EQ(decimal(0.00005f), "0.0001");
  EXPECT_EQ(decimal(-2.5f), "-2.5000");
  EXPECT_EQ(decimal(1e30f), "99999.0000");
  EXPECT_EQ(decimal(NAN), "0.0000");
  for (int i = 0; i <= 10000; ++i) {
    char expected[16];
    snprintf(expected, sizeof expected, "%.4f", i / 10000.0);
    EXPECT_EQ(decimal(static_cast<float>(i / 10000.0)), expected);
  }
}

}  // namespace
}  // namespace mote::telemetry
