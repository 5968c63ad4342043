// Fetching known sets: from mirrors, and from their homes on a server of the test's own.
#include "data/get.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <regex>
#include <thread>

#include "data/sha256.hpp"
#include "data/split.hpp"
#include "data/summary.hpp"
#include "data/test_archive.hpp"
#include "data/test_files.hpp"

namespace mote::data {
namespace {

using testing::HasSubstr;

CatalogEntry small_entry(const std::string& archive) {
  CatalogEntry entry;
  entry.name = "small";
  entry.home = "https://example.org/small";
  entry.format = "wav";
  entry.sha256 = Sha256().add(archive.data(), archive.size()).hex();
  return entry;
}

TEST(Get, VerifiesUnpacksAndImportsFromFolderAndUrl) {
  const ScratchFolder folder;
  const std::string archive = make_archive(
      ArchiveKind::tar_xz, {{"small/a.wav", wav_file({1, 2}, 8000)},
                            {"small/index.csv", "path,label,group,split\na.wav,yes,anna,train\n"}});
  write_file(folder / "mirror/small.tar.xz", archive);
  const CatalogEntry entry = small_entry(archive);
  EXPECT_EQ(get_dataset(entry, folder / "one", folder / "mirror", {}).added, 1);
  EXPECT_EQ(get_dataset(entry, folder / "two", "file://" + (folder / "mirror"), {}).added, 1);
  EXPECT_EQ(Dataset::open(folder / "one").hash(), Dataset::open(folder / "two").hash());
}

TEST(Get, RefusesWrongArchivesAndLeavesNothingBehind) {
  const ScratchFolder folder;
  const std::string outside =
      make_archive(ArchiveKind::tar_xz, {{"../evil.wav", wav_file({1}, 8000)}});
  write_file(folder / "mirror/small.tar.xz", outside);
  CatalogEntry entry = small_entry(outside);
  EXPECT_THROW(get_dataset(entry, folder / "set", folder / "mirror", {}), DataError);
  entry.sha256[0] = entry.sha256[0] == '0' ? '1' : '0';
  try {
    get_dataset(entry, folder / "set", folder / "mirror", {});
    FAIL() << "a wrong SHA-256 was accepted";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("SHA-256"));
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "set"));
  EXPECT_FALSE(std::filesystem::exists(folder / "set.partial"));
  EXPECT_FALSE(std::filesystem::exists(folder / "evil.wav"));
}

TEST(Get, SaysWhereTheHomeIsWithoutAMirror) {
  const ScratchFolder folder;
  try {
    get_dataset(small_entry(""), folder / "set", "", {});
    FAIL() << "no mirror was set";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("https://example.org/small"));
  }
}

struct Expected {
  const char* name;
  int64_t recordings, skipped;
};

// Real recordings, where the mirror is at hand.
TEST(Get, ImportsRealSetsFromTheMirror) {
  if (data_mirror().empty()) GTEST_SKIP() << "MOTE_DATA_MIRROR is not set";
  const ScratchFolder folder;
  for (const Expected& expected :
       {Expected{"ei-gestures-xiao-nrf54", 88, 0}, Expected{"skab", 27, 0},
        Expected{"speech-commands-v1-30words", 300, 0}, Expected{"mitbih-arrhythmia-subset", 18, 0},
        Expected{"uci-occupancy-detection", 2, 0}, Expected{"tflm-testdata", 6, 13}}) {
    SCOPED_TRACE(expected.name);
    const ImportReport report =
        get_dataset(catalog_entry(expected.name), folder / expected.name, data_mirror(), {});
    EXPECT_EQ(report.added, expected.recordings);
    EXPECT_EQ(std::ssize(report.skipped), expected.skipped);
  }
  const Dataset skab = Dataset::open(folder / "skab");
  const Summary summary = summarise(skab.recordings(), assign_splits(skab.recordings(), {}));
  EXPECT_EQ(summary.labels.at("anomaly").recordings, 26);

  // PhysioNet's directory of the database says of record 100: 2239 normal beats, 33 atrial
  // premature ones, one ventricular.
  const Dataset beats = Dataset::open(folder / "mitbih-arrhythmia-subset");
  std::map<std::string, int> of_record_100;
  for (const RecordingInfo& info : beats.recordings()) {
    if (info.name != "100.dat") continue;
    EXPECT_EQ(info.frames, 650000);
    EXPECT_EQ(info.group, "100");
    EXPECT_EQ(info.split, Split::test);
    EXPECT_THAT(info.axes, testing::ElementsAre("MLII", "V5"));
    EXPECT_FLOAT_EQ(beats.load(info).at(0, 0), (995 - 1024) / 200.0F);
    for (const Segment& segment : info.segments) ++of_record_100[segment.label];
  }
  EXPECT_THAT(of_record_100, testing::ElementsAre(testing::Pair("normal", 2239),
                                                  testing::Pair("supraventricular", 33),
                                                  testing::Pair("ventricular", 1)));
}

TEST(Catalog, EveryEntryCanBeHadAndSaysWhereItComesFrom) {
  for (const CatalogEntry& entry : catalog()) {
    SCOPED_TRACE(entry.name);
    EXPECT_FALSE(entry.home.empty());
    EXPECT_FALSE(entry.licence.empty());
    if (entry.generate != nullptr) continue;
    EXPECT_EQ(entry.sha256.size(), 64U);
    if (!entry.format.empty()) {
      EXPECT_NO_THROW(importer_named(entry.format));
    }
    for (const std::string& url : entry.download.urls) {
      EXPECT_TRUE(url.starts_with("http://") || url.starts_with("https://")) << url;
    }
    EXPECT_NO_THROW(std::regex{entry.download.only});
    for (const Rewrite& rule : entry.download.rewrites) {
      EXPECT_NO_THROW(std::regex{rule.regex}) << rule.regex;
    }
  }
}

// What the homes' archives look like, as far as one can know without the network: their rules must
// find label, group and split in it.
TEST(Catalog, HomesNamesGiveLabelGroupAndSplit) {
  const auto annotation = [](const char* set, const std::string& name) {
    const HomeDownload& home = catalog_entry(set).download;
    Annotation found;
    EXPECT_TRUE(home.only.empty() || std::regex_match(name, std::regex(home.only))) << name;
    apply(home.rewrites, name, found);
    return found;
  };
  EXPECT_EQ(annotation("fsdd", "recordings/7_george_4.wav"), (Annotation{"7", "george", "test"}));
  EXPECT_EQ(annotation("fsdd", "recordings/7_george_14.wav"), (Annotation{"7", "george", "train"}));
  EXPECT_EQ(annotation("speech-commands-v2-test", "yes/0a2b_nohash_1.wav"),
            (Annotation{"yes", "0a2b", ""}));
  EXPECT_EQ(annotation("speech-commands-v1-30words", "bed/0a2b400e_nohash_1.wav"),
            (Annotation{"bed", "0a2b400e", ""}));
  EXPECT_EQ(annotation("skab", "valve1/3.csv"), (Annotation{"", "valve1/3", ""}));
  EXPECT_EQ(annotation("mitbih-arrhythmia-subset", "101.hea"), (Annotation{"", "101", "train"}));
  EXPECT_EQ(annotation("mitbih-arrhythmia-subset", "202.hea"), (Annotation{"", "201", "excluded"}));
  EXPECT_EQ(annotation("tflm-testdata", "a/micro_speech/testdata/no_1000ms.wav"),
            (Annotation{"no", "", "test"}));
}

// A publisher's server on the loopback. It sends the first `cut_after` bytes of an answer and hangs
// up, as often as `cuts` says.
class Publisher {
 public:
  explicit Publisher(std::string content) : content_(std::move(content)) {
    server_.Get("/set.zip", [this](const httplib::Request& request, httplib::Response& response) {
      ranges.push_back(request.get_header_value("Range"));
      if (cuts > 0)
        --cuts;
      else
        cut_after = SIZE_MAX;
      response.set_content_provider(
          content_.size(), "application/zip",
          [this](size_t offset, size_t length, httplib::DataSink& sink) {
            const size_t part = std::min<size_t>({length, 512, content_.size() - offset});
            if (offset + part > cut_after) return false;
            return sink.write(content_.data() + offset, part);
          });
    });
    server_.set_keep_alive_max_count(1);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    // stop() before it listens would be without effect.
    while (!server_.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ~Publisher() {
    server_.stop();
    thread_.join();
  }
  std::string url(const std::string& path = "/set.zip") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }

  int cuts = 0;
  size_t cut_after = SIZE_MAX;
  std::vector<std::string> ranges;  // Range headers of the requests

 private:
  std::string content_;
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

std::string published_zip() {
  std::vector<int16_t> noise(3000);
  for (size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<int16_t>(i * 7919);
  return make_archive(ArchiveKind::zip, {{"top/words/yes_anna.wav", wav_file(noise, 8000)},
                                         {"top/words/no_bert.wav", wav_file({1, 2}, 8000)},
                                         {"top/words/broken.wav", "RIFF"},
                                         {"top/LICENSE.wav", "text"},
                                         {"other/a.wav", wav_file({3}, 8000)}});
}

CatalogEntry published_entry(const std::string& url) {
  CatalogEntry entry = small_entry("");
  entry.download = {{url},
                    "top",
                    "words/.*",
                    {{"name", "words/([a-z]+)_.*", "label", "$1"},
                     {"name", "words/[a-z]+_([a-z]+).*", "group", "$1"}},
                    ""};
  return entry;
}

TEST(Get, DownloadsFromTheHomeWhenNoMirrorHasIt) {
  const ScratchFolder folder;
  const Publisher publisher(published_zip());
  const CatalogEntry entry = published_entry(publisher.url());
  std::vector<std::string> stages;
  const GetProgress progress{[&](const std::string& what, size_t, size_t) {
    if (stages.empty() || stages.back() != what) stages.push_back(what);
  }};
  std::filesystem::create_directory(folder / "empty");
  const ImportReport report = get_dataset(entry, folder / "set", folder / "empty", progress);
  EXPECT_EQ(report.added, 2);
  ASSERT_EQ(report.skipped.size(), 1U);
  EXPECT_EQ(report.skipped[0].file, "words/broken.wav");
  const Dataset dataset = Dataset::open(folder / "set");
  EXPECT_EQ(dataset.recordings()[1].label, "no");
  EXPECT_EQ(dataset.recordings()[1].group, "bert");
  EXPECT_THAT(dataset.batches()[0].source, HasSubstr(publisher.url()));
  EXPECT_THAT(stages, testing::ElementsAre("download", "unpack", "import"));
  for (const char* left : {"set.download", "set.unpacked", "set.partial"}) {
    EXPECT_FALSE(std::filesystem::exists(folder / left)) << left;
  }
}

TEST(Get, GoesOnWhereADownloadBrokeOff) {
  const ScratchFolder folder;
  const std::string zip = published_zip();
  Publisher publisher(zip);
  publisher.cuts = 2;
  publisher.cut_after = 2048;
  const CatalogEntry entry = published_entry(publisher.url());
  try {
    get_dataset(entry, folder / "set", "", {});
    FAIL() << "half a file was taken";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr(publisher.url()));
    EXPECT_THAT(error.what(), HasSubstr("the same command goes on"));
    EXPECT_THAT(error.what(), HasSubstr("https://example.org/small"));
  }
  EXPECT_FALSE(Dataset::exists(folder / "set"));
  EXPECT_EQ(std::filesystem::file_size(folder / "set.download/set.zip.part"), 2048U);
  publisher.cut_after = 4096;
  EXPECT_THROW(get_dataset(entry, folder / "set", "", {}), DataError);
  EXPECT_EQ(get_dataset(entry, folder / "set", "", {}).added, 2);
  EXPECT_THAT(publisher.ranges, testing::ElementsAre("", "bytes=2048-", "bytes=4096-"));
}

TEST(Get, TakesADownloadThatWasCompleteBefore) {
  const ScratchFolder folder;
  const std::string zip = published_zip();
  const Publisher publisher(zip);
  write_file(folder / "set.download/set.zip.part", zip);
  EXPECT_EQ(get_dataset(published_entry(publisher.url()), folder / "set", "", {}).added, 2);
}

TEST(Get, SaysWhatToDoWithoutANetwork) {
  const ScratchFolder folder;
  uint16_t port = 0;
  {
    const Publisher gone("");
    port = static_cast<uint16_t>(std::stoi(gone.url("").substr(17)));
  }
  const std::string url = "http://127.0.0.1:" + std::to_string(port) + "/set.zip";
  for (const std::string& mirror : {std::string(), "http://127.0.0.1:" + std::to_string(port)}) {
    try {
      get_dataset(published_entry(url), folder / "set", mirror, {});
      FAIL() << "nobody listens there";
    } catch (const DataError& error) {
      for (const char* part : {url.c_str(), "MOTE_DATA_MIRROR", "mote data import", "licence"}) {
        EXPECT_THAT(error.what(), HasSubstr(part));
      }
    }
  }
  const Publisher publisher(published_zip());
  try {
    get_dataset(published_entry(publisher.url("/absent.zip")), folder / "set", "", {});
    FAIL() << "there is no such file";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("it answers 404"));
  }
}

TEST(Get, RefusesAHomeThatHoldsNothingKnown) {
  const ScratchFolder folder;
  const Publisher publisher(make_archive(ArchiveKind::zip, {{"new/a.txt", "x"}}));
  EXPECT_THROW(get_dataset(published_entry(publisher.url()), folder / "set", "", {}), DataError);
  EXPECT_FALSE(Dataset::exists(folder / "set"));
}

}  // namespace
}  // namespace mote::data
