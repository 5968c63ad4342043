#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/archive.hpp"
#include "data/import/importer.hpp"
#include "data/npy.hpp"
#include "data/test_archive.hpp"
#include "data/test_files.hpp"

namespace mote::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<Recording> read(const std::string& format, const std::string& file,
                            const ImportOptions& options = {}, const std::string& name = "f") {
  return read_recordings(importer_named(format), name, bytes_of(file), options);
}

std::string error_of(const std::string& format, const std::string& file,
                     const ImportOptions& options = {}) {
  try {
    read(format, file, options);
  } catch (const DataError& error) {
    return error.what();
  }
  return "no error";
}

template <typename T>
std::vector<T> values(const Recording& recording) {
  return std::get<std::vector<T>>(recording.values);
}

ImportOptions csv_options() {
  ImportOptions options;
  options.label_column = "label";
  options.time_column = "t";
  options.time_unit_s = 1e-3;
  return options;
}

TEST(Wav, KeepsCountsRateAndScale) {
  const auto recordings = read("wav", wav_file({0, 1, -32768, 32767}, 8000));
  ASSERT_EQ(recordings.size(), 1U);
  EXPECT_THAT(values<int16_t>(recordings[0]), ElementsAre(0, 1, -32768, 32767));
  EXPECT_EQ(recordings[0].info.rate_hz, 8000);
  EXPECT_EQ(recordings[0].info.scale, 1.0 / 32768);
  EXPECT_THAT(recordings[0].info.axes, ElementsAre("audio"));
}

TEST(Wav, NamesATruncatedFile) {
  const std::string file = wav_file({1, 2, 3, 4}, 8000);
  EXPECT_THAT(error_of("wav", file.substr(0, file.size() - 1)), HasSubstr("f: is truncated"));
}

TEST(Csv, TurnsRowLabelsIntoSegmentsAndTimesIntoTheRate) {
  const auto recordings = read("csv", csv_file, csv_options());
  ASSERT_EQ(recordings.size(), 1U);
  const RecordingInfo& info = recordings[0].info;
  EXPECT_THAT(values<float>(recordings[0]), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_THAT(info.axes, ElementsAre("x", "y"));
  EXPECT_DOUBLE_EQ(info.rate_hz, 100);
  EXPECT_THAT(info.segments, ElementsAre(Segment{0, 2, "a"}, Segment{2, 4, "b"}));
}

TEST(Csv, TakesCrLfSemicolonsQuotesAndDateTimes) {
  ImportOptions options;
  options.time_column = "when";
  const auto recordings = read(
      "csv", "when;\"v;1\"\r\n2020-02-29 23:59:59;1\r\n2020-03-01 00:00:01;\"2\"\r\n", options);
  EXPECT_THAT(recordings[0].info.axes, ElementsAre("v;1"));
  EXPECT_DOUBLE_EQ(recordings[0].info.rate_hz, 0.5);
}

TEST(Csv, CutsAtPauses) {
  ImportOptions options = csv_options();
  options.gap_s_max = 0.015;
  const auto recordings =
      read("csv", "t,x,label\n0,1,a\n10,2,a\n50,3,a\n60,4,b\n", options, "g.csv");
  ASSERT_EQ(recordings.size(), 2U);
  EXPECT_EQ(recordings[1].info.name, "g.csv#2");
  EXPECT_THAT(values<float>(recordings[1]), ElementsAre(3, 4));
}

TEST(Csv, InterpolatesUnevenTimes) {
  ImportOptions options = csv_options();
  options.rate_hz = 100;
  options.interpolate = true;
  const auto recordings = read("csv", "t,x,label\n0,0,a\n5,5,a\n30,30,a\n", options);
  EXPECT_THAT(values<float>(recordings[0]), ElementsAre(0, 10, 20, 30));
}

TEST(Csv, ErrorsNameTheLine) {
  EXPECT_THAT(error_of("csv", "x,y\n1,2\n3\n", csv_options()), HasSubstr("f:3: has 1 columns"));
  ImportOptions options;
  options.rate_hz = 1;
  EXPECT_THAT(error_of("csv", "x,y\n1,2\n3,oops\n", options), HasSubstr("f:3: 'oops'"));
  EXPECT_THAT(error_of("csv", "x\n1\n2\n"), HasSubstr("no sample rate"));
  EXPECT_THAT(error_of("csv", "t,x\n5,1\n4,2\n", csv_options()), HasSubstr("time goes backwards"));
}

TEST(Npy, RoundTripsCountsAndFloats) {
  ImportOptions options;
  options.rate_hz = 50;
  const std::string counts = write_npy_array(std::vector<int16_t>{1, -2, 3, -4}, 2, 2);
  EXPECT_THAT(values<int16_t>(read("npy", counts, options)[0]), ElementsAre(1, -2, 3, -4));
  const std::string floats = write_npy_array(std::vector<float>{0.5F, -2}, 2, 1);
  EXPECT_THAT(values<float>(read("npy", floats, options)[0]), ElementsAre(0.5F, -2));
}

std::string npy_of(const std::string& descr, const std::string& shape, bool fortran,
                   const std::string& data) {
  std::string header = "{'descr': '" + descr +
                       "', 'fortran_order': " + (fortran ? "True" : "False") +
                       ", 'shape': " + shape + ", }\n";
  std::string file("\x93NUMPY\x01\x00", 8);
  file += static_cast<char>(header.size());
  file += '\0';
  return file + header + data;
}

TEST(Npy, ReadsBigEndianFortranAndSmallTypes) {
  ImportOptions options;
  options.rate_hz = 1;
  EXPECT_THAT(values<int16_t>(read(
                  "npy", npy_of(">i2", "(2,)", false, std::string("\0\1\xFF\xFE", 4)), options)[0]),
              ElementsAre(1, -2));
  EXPECT_THAT(values<float>(read("npy", npy_of("|u1", "(2, 2)", true, "\1\2\3\4"), options)[0]),
              ElementsAre(1, 3, 2, 4));
  EXPECT_THAT(values<float>(read(
                  "npy", npy_of("<f2", "(2,)", false, std::string("\0\x3C\0\xC0", 4)), options)[0]),
              ElementsAre(1, -2));
}

TEST(Npy, RefusesHeadersThatLie) {
  EXPECT_THAT(error_of("npy", npy_of("<f4", "(2,)", false, "1234")), HasSubstr("truncated"));
  EXPECT_THAT(error_of("npy", npy_of("|O", "(1,)", false, "1234")), HasSubstr("not supported"));
  EXPECT_THAT(error_of("npy", npy_of("<f8", "(99999999999999999999,)", false, "")),
              HasSubstr("too large"));
  EXPECT_THAT(error_of("npy", npy_of("<f4", "(1, 1, 1)", false, "1234")),
              HasSubstr("3 dimensions"));
}

std::string npz_file() {
  return make_archive(ArchiveKind::zip,
                      {{"DE.npy", write_npy_array(std::vector<float>{1, 2, 3}, 3, 1)},
                       {"FE.npy", write_npy_array(std::vector<float>{4, 5, 6}, 3, 1)}});
}

TEST(Npz, TakesArraysAsAxes) {
  ImportOptions options;
  options.rate_hz = 12000;
  options.columns = {"FE", "DE"};
  const auto recordings = read("npz", npz_file(), options);
  EXPECT_THAT(values<float>(recordings[0]), ElementsAre(4, 1, 5, 2, 6, 3));
  options.columns = {"BA"};
  EXPECT_THAT(error_of("npz", npz_file(), options), HasSubstr("no array 'BA' (it has: DE, FE)"));
}

TEST(EdgeImpulse, ReadsValuesAxesAndRate) {
  const auto recordings = read("edge-impulse", edge_impulse_file);
  EXPECT_THAT(values<float>(recordings[0]), ElementsAre(1, 2, 3.5, -4, 5, 6));
  EXPECT_EQ(recordings[0].info.rate_hz, 100);
  EXPECT_EQ(recordings[0].info.units, "g");
}

TEST(EdgeImpulse, RefusesOtherJson) {
  EXPECT_THAT(error_of("edge-impulse", "{}"), HasSubstr("has no 'payload'"));
  EXPECT_THAT(error_of("edge-impulse", std::string(100000, '[')), HasSubstr("nested too deeply"));
}

struct Format {
  std::string name;
  std::string file;
  ImportOptions options;
};

std::vector<Format> formats() {
  ImportOptions rate;
  rate.rate_hz = 10;
  return {{"wav", wav_file({1, 2, 3, 4, 5}, 8000), {}},
          {"csv", csv_file, csv_options()},
          {"npy", write_npy_array(std::vector<float>{1, 2, 3, 4}, 2, 2), rate},
          {"npz", npz_file(), rate},
          {"edge-impulse", edge_impulse_file, {}}};
}

// Whatever comes out must be whole; whatever is wrong must be said with DataError.
void read_or_refuse(const Format& format, const std::string& file) {
  try {
    for (const Recording& recording : read(format.name, file, format.options)) check(recording);
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("f"));
  }
}

TEST(Importers, SurviveTruncationAtEveryByte) {
  for (const Format& format : formats()) {
    for (size_t size = 0; size < format.file.size(); ++size) {
      SCOPED_TRACE(format.name + " cut at " + std::to_string(size));
      read_or_refuse(format, format.file.substr(0, size));
    }
  }
}

TEST(Importers, SurviveEveryFlippedBit) {
  for (const Format& format : formats()) {
    for (size_t bit = 0; bit < 8 * format.file.size(); ++bit) {
      SCOPED_TRACE(format.name + " bit " + std::to_string(bit));
      std::string file = format.file;
      file[bit / 8] = static_cast<char>(file[bit / 8] ^ (1 << (bit % 8)));
      read_or_refuse(format, file);
    }
  }
}

TEST(Importers, AreFoundByExtension) {
  EXPECT_EQ(importer_for("a/B.WAV")->format, "wav");
  EXPECT_EQ(importer_for("idle.json.65.ingestion-1.json")->format, "edge-impulse");
  EXPECT_EQ(importer_for("a.xyz"), nullptr);
}

}  // namespace
}  // namespace mote::data
