#include "data/dataset.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "data/import_files.hpp"
#include "data/manifest.hpp"
#include "data/sha256.hpp"
#include "data/split.hpp"
#include "data/summary.hpp"
#include "data/test_files.hpp"

namespace mote::data {
namespace {

using testing::Contains;
using testing::HasSubstr;

TEST(Sha256, MatchesTheStandardsExample) {
  EXPECT_EQ(Sha256().add("abc", 3).hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Dataset, GivesBackWhatWasAdded) {
  const ScratchFolder folder;
  Recording recording = make_recording("a/b.wav", {1, -2, 3}, "idle", "anna");
  recording.info.segments = {{0, 2, "x"}};
  recording.info.split = Split::test;
  Dataset dataset = Dataset::create(folder / "set", "set");
  EXPECT_EQ(dataset.add({0, "test", "", 0}, {recording}), 1);
  EXPECT_EQ(dataset.add({0, "again", "", 0}, {recording}), 0);
  dataset.save();

  const Dataset opened = Dataset::open(folder / "set");
  ASSERT_EQ(opened.recordings().size(), 1U);
  const Recording loaded = opened.load(opened.recordings()[0]);
  EXPECT_EQ(loaded.values, recording.values);
  EXPECT_EQ(loaded.info.segments, recording.info.segments);
  EXPECT_EQ(loaded.info.group, "anna");
  EXPECT_EQ(loaded.info.split, Split::test);
  EXPECT_EQ(opened.hash(), dataset.hash());
}

TEST(Dataset, HashNamesTheDataNotTheOrder) {
  const ScratchFolder folder;
  Dataset ab = Dataset::create(folder / "1", "x");
  ab.add({}, {make_recording("a", {1}, "l"), make_recording("b", {2}, "l")});
  Dataset ba = Dataset::create(folder / "2", "y");
  ba.add({}, {make_recording("b", {2}, "l"), make_recording("a", {1}, "l")});
  EXPECT_EQ(ab.hash(), ba.hash());
  Dataset other_label = Dataset::create(folder / "3", "x");
  other_label.add({}, {make_recording("a", {1}, "l"), make_recording("b", {2}, "m")});
  EXPECT_NE(ab.hash(), other_label.hash());
}

TEST(Dataset, NoticesChangedSamples) {
  const ScratchFolder folder;
  Dataset dataset = Dataset::create(folder / "set", "set");
  dataset.add({}, {make_recording("a", {1, 2, 3})});
  const std::string hash = dataset.recordings()[0].hash;
  const std::string path = folder / ("set/samples/" + hash.substr(0, 2) + "/" + hash + ".npy");
  std::string bytes = read_file(path);
  bytes.back() ^= 1;
  write_file(path, bytes);
  EXPECT_THROW(dataset.load(dataset.recordings()[0]), DataError);
}

TEST(Dataset, RefusesOtherSamplesUnderATakenName) {
  const ScratchFolder folder;
  Dataset dataset = Dataset::create(folder / "set", "set");
  dataset.add({}, {make_recording("a", {1})});
  EXPECT_THROW(dataset.add({}, {make_recording("a", {2})}), DataError);
}

TEST(Dataset, UndoTakesBackTheLastImport) {
  const ScratchFolder folder;
  Dataset dataset = Dataset::create(folder / "set", "set");
  dataset.add({0, "one", "", 0}, {make_recording("a", {1})});
  const std::string before = dataset.hash();
  dataset.add({0, "two", "", 0}, {make_recording("b", {2})});
  EXPECT_EQ(dataset.undo().source, "two");
  dataset.save();
  EXPECT_EQ(Dataset::open(folder / "set").hash(), before);
}

TEST(Manifest, SurvivesTruncationAndFlippedBits) {
  const RecordingInfo info = make_recording("a", {1, 2}, "l", "g").info;
  const std::string text = write_manifest({"n", "", {info}, {1}, {{1, "s", "", 1}}});
  EXPECT_EQ(parse_manifest("m", text).recordings[0].hash, info.hash);
  for (size_t bit = 0; bit < 8 * text.size(); ++bit) {
    std::string broken = text;
    broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ (1 << (bit % 8)));
    try {
      parse_manifest("m", broken);
      parse_manifest("m", text.substr(0, bit / 8));
    } catch (const DataError&) {
    }
  }
}

std::vector<RecordingInfo> bench(int groups, int each, Split split = Split::unassigned) {
  std::vector<RecordingInfo> infos;
  for (int g = 0; g < groups; ++g) {
    for (int i = 0; i < each; ++i) {
      RecordingInfo info = make_recording("g" + std::to_string(g) + "/" + std::to_string(i), {1},
                                          "l", "g" + std::to_string(g))
                               .info;
      info.split = split;
      infos.push_back(info);
    }
  }
  return infos;
}

TEST(Splits, NeverCutAGroupAndDoNotDependOnOrder) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SplitRule rule;
    rule.seed = seed;
    std::vector<RecordingInfo> infos = bench(12, 5);
    const std::vector<Split> splits = assign_splits(infos, rule);
    EXPECT_TRUE(straddling_groups(infos, splits).empty());
    EXPECT_EQ(std::count(splits.begin(), splits.end(), Split::test), 10);
    EXPECT_EQ(std::count(splits.begin(), splits.end(), Split::val), 10);
    std::reverse(infos.begin(), infos.end());
    std::vector<Split> reversed = assign_splits(infos, rule);
    std::reverse(reversed.begin(), reversed.end());
    EXPECT_EQ(splits, reversed);
  }
}

TEST(Splits, KeepOfficialOnesAndDeriveValFromTrain) {
  std::vector<RecordingInfo> infos = bench(10, 2, Split::train);
  std::vector<RecordingInfo> test = bench(1, 2, Split::test);
  for (RecordingInfo& info : test) info.group = "other";
  infos.insert(infos.end(), test.begin(), test.end());
  const std::vector<Split> splits = assign_splits(infos, {});
  EXPECT_EQ(std::count(splits.begin(), splits.end(), Split::test), 2);
  EXPECT_GE(std::count(splits.begin(), splits.end(), Split::val), 2);
  EXPECT_TRUE(straddling_groups(infos, splits).empty());
}

TEST(Splits, OfficialConflictsAreReported) {
  std::vector<RecordingInfo> infos = bench(1, 2, Split::train);
  infos[1].split = Split::test;
  infos[1].hash = infos[0].hash;
  const Summary summary = summarise(infos, assign_splits(infos, {}));
  EXPECT_THAT(summary.problems, Contains(HasSubstr("group 'g0' is in train")));
  EXPECT_THAT(summary.problems, Contains(HasSubstr("same samples are in train")));
}

std::vector<SourceFile> sources(const std::vector<std::pair<std::string, std::string>>& files) {
  std::vector<SourceFile> list;
  for (const auto& [name, bytes] : files) {
    list.push_back({name, [b = bytes] { return b; }});
  }
  return list;
}

TEST(ImportFiles, NamesAndCountsWhatItSkips) {
  const ScratchFolder folder;
  Dataset dataset = Dataset::create(folder / "set", "set");
  const std::string wav = wav_file({1, 2, 3}, 8000);
  ImportRequest request;
  request.path_pattern = "{label}/{group}_*.wav";
  const ImportReport report = import_files(dataset,
                                           sources({{"yes/anna_1.wav", wav},
                                                    {"yes/bert_1.wav", wav_file({4}, 8000)},
                                                    {"no/broken_1.wav", wav.substr(0, 45)},
                                                    {"no/empty_2.wav", ""},
                                                    {"notes.md", "ignored"}}),
                                           request, {});
  EXPECT_EQ(report.added, 2);
  ASSERT_EQ(report.skipped.size(), 2U);
  EXPECT_EQ(report.skipped[0].file, "no/broken_1.wav");
  EXPECT_THAT(report.skipped[0].reason, HasSubstr("truncated"));
  EXPECT_EQ(dataset.recordings()[0].label, "yes");
  EXPECT_EQ(dataset.recordings()[0].group, "anna");
}

TEST(ImportFiles, FollowsAnIndexAndInfoLabels) {
  const ScratchFolder folder;
  Dataset dataset = Dataset::create(folder / "set", "set");
  const ImportReport report = import_files(
      dataset,
      sources(
          {{"index.csv", "path,label,group,split\r\na.wav,up,anna,test\r\ngone.wav,x,y,train\r\n"},
           {"a.wav", wav_file({1}, 8000)},
           {"unlisted.wav", wav_file({2}, 8000)}}),
      {}, {});
  EXPECT_EQ(report.added, 1);
  EXPECT_EQ(dataset.recordings()[0].split, Split::test);
  ASSERT_EQ(report.skipped.size(), 1U);
  EXPECT_EQ(report.skipped[0].file, "gone.wav");

  Dataset exported = Dataset::create(folder / "ei", "ei");
  import_files(exported,
               sources({{"info.labels", R"({"files":[{"path":"t/a.json","category":"training",)"
                                        R"("label":{"type":"label","label":"wave"}}]})"},
                        {"t/a.json", edge_impulse_file},
                        {"t/idle.1.2.json", edge_impulse_file}}),
               {}, {});
  EXPECT_EQ(exported.recordings()[0].label, "wave");
  EXPECT_EQ(exported.recordings()[0].split, Split::train);
  EXPECT_EQ(exported.recordings()[1].label, "idle");
}

TEST(Annotated, SplitsByTime) {
  const Recording recording = make_recording("a", std::vector<int16_t>(100), "l");
  const auto parts = annotated(recording, {"l", "g", std::string(split_by_time)});
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0].info.frames, 60);
  EXPECT_EQ(parts[2].info.split, Split::test);
}

TEST(Dataset, EditsCanBeTakenBack) {
  const ScratchFolder folder;
  Dataset dataset = Dataset::create(folder / "set", "set");
  Recording with_segments = make_recording("b", {3, 4}, "");
  with_segments.info.segments = {{0, 1, "x"}};
  dataset.add({0, "test", "", 0}, {make_recording("a", {1, 2}, "idle"), with_segments});
  dataset.save();
  const std::string hash = dataset.hash();
  EXPECT_FALSE(Dataset::can_undo_edit(folder / "set"));
  EXPECT_THROW(Dataset::undo_edit(folder / "set"), DataError);
  const auto to_rest = [](RecordingInfo& info) {
    info.label = info.name == "a" ? "rest" : "";
    return true;
  };
  EXPECT_EQ(dataset.edit(to_rest), 1);
  EXPECT_EQ(dataset.edit(to_rest), 0) << "nothing is different the second time";
  EXPECT_THROW(dataset.edit([](RecordingInfo& info) {
    info.label = "rest";
    return true;
  }),
               DataError)
      << "labels over parts and one for all exclude each other";
  dataset.save();
  EXPECT_EQ(Dataset::open(folder / "set").recordings()[0].label, "rest");
  EXPECT_TRUE(Dataset::can_undo_edit(folder / "set"));
  Dataset::undo_edit(folder / "set");
  EXPECT_EQ(Dataset::open(folder / "set").hash(), hash);
  EXPECT_FALSE(Dataset::can_undo_edit(folder / "set"));
}

}  // namespace
}  // namespace mote::data
