#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "data/import/importer.hpp"
#include "data/test_files.hpp"

namespace mote::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Files = std::map<std::string, std::string>;

std::string word(uint32_t code, uint32_t value) {
  const uint32_t bits = code << 10 | value;
  return {static_cast<char>(bits & 0xff), static_cast<char>(bits >> 8)};
}

// Two signals of four frames in format 212: (100, -1), (101, -2), (-2048, 2047), (0, 5).
Files record() {
  return {{"r.hea",
           "# made for a test\nr 2 360/360 4 12:00:00\n"
           "r.dat 212 200(100)/mV 12 0 100 -1847 0 MLII\n"
           "r.dat 212 200/mV 12 3 -1 2049 0 V5\n# 69 M\n"},
          {"r.dat", std::string("\x64\xf0\xff\x65\xf0\xfe\x00\x78\xff\x00\x00\x05", 12)},
          {"r.atr", word(28, 1) + word(63, 3) + std::string("(N\0\0", 4) + word(1, 0) + word(5, 2) +
                        word(0, 0)}};
}

std::vector<Recording> read(const Files& files, const std::string& name = "r.hea") {
  ImportOptions options;
  options.label_names = {{"V", "ventricular"}};
  options.companion = [&](const std::string& beside) -> std::optional<std::string> {
    const auto found = files.find(beside);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  };
  return read_recordings(importer_named("wfdb"), name, bytes_of(files.at(name)), options);
}

std::string error_of(const Files& files) {
  try {
    read(files);
  } catch (const DataError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Wfdb, ReadsSamplesGainsAndBeats) {
  const Recording recording = read(record()).at(0);
  const RecordingInfo& info = recording.info;
  EXPECT_EQ(info.rate_hz, 360);
  EXPECT_EQ(info.units, "mV");
  EXPECT_THAT(info.axes, ElementsAre("MLII", "V5"));
  EXPECT_DOUBLE_EQ(info.scale, 1.0 / 200);
  EXPECT_THAT(std::get<std::vector<int16_t>>(recording.values),
              ElementsAre(0, -4, 1, -5, -2148, 2044, -100, 2));
  EXPECT_THAT(info.segments, ElementsAre(Segment{0, 3, "N"}, Segment{3, 4, "ventricular"}));
  EXPECT_EQ(read(record(), "r.dat").at(0).values, recording.values) << "from the other file";
}

TEST(Wfdb, ReadsFormat16AndUnlikeGains) {
  Files files = record();
  files["r.hea"] = "r 2 100\nr.dat 16+2 10\nr.dat 16+2 20/mV\n";
  files["r.dat"] = std::string("xx\x0a\x00\xec\xff\x14\x00\x28\x00", 10);
  files.erase("r.atr");
  const Recording recording = read(files).at(0);
  EXPECT_THAT(std::get<std::vector<float>>(recording.values), ElementsAre(1, -1, 2, 2));
  EXPECT_THAT(recording.info.axes, ElementsAre("signal1", "signal2"));
  EXPECT_TRUE(recording.info.segments.empty());
}

TEST(Wfdb, NamesWhatIsWrong) {
  Files files = record();
  files["r.dat"][3] ^= 1;
  EXPECT_THAT(error_of(files), HasSubstr("r.dat: the checksum of signal 1 is wrong"));
  files = record();
  files["r.dat"].resize(10);
  EXPECT_THAT(error_of(files), HasSubstr("r.dat: holds 6 of 8 samples; it is truncated"));
  files = record();
  files.erase("r.dat");
  EXPECT_THAT(error_of(files), HasSubstr("its samples, r.dat, are not there"));
  files = record();
  files["r.atr"].resize(files["r.atr"].size() - 2);
  EXPECT_THAT(error_of(files), HasSubstr("r.atr: has no end mark"));
  files = record();
  files["r.hea"] = "r 1 360 4\nr.dat 61 200\n";
  EXPECT_THAT(error_of(files), HasSubstr("r.hea: signal format '61' is not known"));
  files["r.hea"] = "r 2 360 4\nr.dat 212 200\n";
  EXPECT_THAT(error_of(files), HasSubstr("tells of 2 signals"));
  files["r.hea"] = "r/3 2 360 4\n";
  EXPECT_THAT(error_of(files), HasSubstr("several segments"));
}

// Whatever comes out must be whole; whatever is wrong must be said with DataError.
TEST(Wfdb, SurvivesTruncationAndFlippedBits) {
  const Files whole = record();
  for (const auto& [name, bytes] : whole) {
    for (size_t size = 0; size < bytes.size(); ++size) {
      Files files = whole;
      files[name].resize(size);
      EXPECT_NE(error_of(files), "") << name << " cut at " << size;
    }
    for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
      Files files = whole;
      files[name][bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
      EXPECT_NE(error_of(files), "") << name << " bit " << bit;
    }
  }
}

}  // namespace
}  // namespace mote::data
