#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "data/import/importer.hpp"
#include "data/import_files.hpp"
#include "data/test_files.hpp"

namespace mote::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string images(
    "\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x03"
    "\x01\x02\x03\x04\x05\xff\x07\x08\x09\x0a\x0b\x0c",
    28);
const std::string labels("\0\0\x08\x01\0\0\0\x02\x09\x04", 10);

std::string gzipped(const std::string& bytes) {
  std::string out(1000, '\0');
  z_stream stream = {};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

SourceFile file(const std::string& name, const std::string& bytes) {
  return {name, [bytes] { return bytes; }};
}

TEST(Idx, PicturesBecomeRecordingsRowByRow) {
  const ScratchFolder folder;
  Dataset dataset = Dataset::create(folder / "set", "set");
  const ImportReport report =
      import_files(dataset,
                   {file("t-images-idx3-ubyte.gz", gzipped(images)),
                    file("t-labels-idx1-ubyte.gz", gzipped(labels)),
                    file("index.csv", "path,label,group,split\n#00000,9,,train\n")},
                   {}, {});
  EXPECT_TRUE(report.skipped.empty());
  ASSERT_EQ(dataset.recordings().size(), 2U);
  const RecordingInfo& second = dataset.recordings()[1];
  EXPECT_EQ(second.label, "4");
  EXPECT_EQ(second.frames, 2);
  EXPECT_EQ(second.axes.size(), 3U);
  EXPECT_EQ(second.rate_hz, 2);
  const Recording first = dataset.load(dataset.recordings()[0]);
  EXPECT_THAT(std::get<std::vector<int16_t>>(first.values), ElementsAre(1, 2, 3, 4, 5, 255));
}

std::string error_of(const std::string& bytes, const std::string& beside = labels) {
  const std::string name = "images-idx3-ubyte";
  ImportOptions options;
  options.companion = [&](const std::string&) { return beside; };
  try {
    read_recordings(importer_named("idx"), name, bytes_of(bytes), options);
  } catch (const DataError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Idx, NamesWhatIsWrong) {
  EXPECT_EQ(error_of(images), "no error");
  for (size_t size = 0; size < images.size(); ++size) {
    EXPECT_THAT(error_of(images.substr(0, size)), HasSubstr("images-idx3-ubyte: ")) << size;
  }
  std::string three = labels;
  three[7] = 3;
  three += '\1';
  EXPECT_THAT(error_of(images, three), HasSubstr("has 2 pictures, but labels-idx1-ubyte has 3"));
  EXPECT_THAT(error_of(images, labels.substr(0, 9)), HasSubstr("labels-idx1-ubyte"));
  std::string huge = images;
  huge[4] = '\x7f';
  EXPECT_THAT(error_of(huge), HasSubstr("its heading says"));
  for (size_t bit = 0; bit < 8 * images.size(); ++bit) {
    std::string damaged = images;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    EXPECT_NE(error_of(damaged), "");
  }
  const std::string packed = gzipped(images);
  for (size_t size = 0; size < packed.size(); ++size) {
    ImportOptions options;
    EXPECT_THROW(read_recordings(importer_named("idx"), "images-idx3-ubyte.gz",
                                 bytes_of(packed.substr(0, size)), options),
                 DataError)
        << size;
  }
}

TEST(Pictures, AreNamedAndSkipped) {
  const ScratchFolder folder;
  Dataset dataset = Dataset::create(folder / "set", "set");
  const ImportReport report = import_files(
      dataset, {file("a.wav", wav_file({1}, 8000)), file("b.PNG", "x"), file("c.bmp", "x")}, {},
      {});
  EXPECT_EQ(report.added, 1);
  ASSERT_EQ(report.skipped.size(), 2U);
  EXPECT_THAT(report.skipped[0].reason, HasSubstr("is a picture"));
}

}  // namespace
}  // namespace mote::data
