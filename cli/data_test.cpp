// mote data, and what every command has in common.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "cli/command_trial.hpp"
#include "data/dataset.hpp"
#include "data/test_files.hpp"

namespace mote::cli {
namespace {

using testing::HasSubstr;

// Six recordings of three people; one has labels over parts of it.
std::string write_set(const data::ScratchFolder& folder) {
  std::vector<data::Recording> recordings;
  for (const std::string person : {"anna", "bert", "cleo"}) {
    recordings.push_back(data::make_recording(person + "/on", {1, 2, 3, 4}, "on", person));
    recordings.push_back(data::make_recording(person + "/off", {5, 6, 7, 8}, "off", person));
  }
  recordings[5].info.label.clear();
  recordings[5].info.segments = {{0, 2, "off"}, {2, 4, "on"}};
  data::Dataset dataset = data::Dataset::create(folder / "set", "set");
  dataset.add({0, "test", "", 0}, recordings);
  dataset.save();
  return folder / "set";
}

const data::RecordingInfo& info_of(const data::Dataset& dataset, const std::string& name) {
  for (const data::RecordingInfo& info : dataset.recordings()) {
    if (info.name == name) return info;
  }
  throw std::runtime_error("no recording " + name);
}

TEST(DataLabel, ChangesWholeRecordingsAndParts) {
  const data::ScratchFolder folder;
  const std::string set = write_set(folder);
  const std::string hash = data::Dataset::open(set).hash();
  const Ran ran = run_captured({"data", "label", set, "--label", "on", "--to", "yes", "--json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(nlohmann::json::parse(ran.out).at("changed"), 4);
  const data::Dataset dataset = data::Dataset::open(set);
  EXPECT_EQ(info_of(dataset, "anna/on").label, "yes");
  EXPECT_EQ(info_of(dataset, "anna/off").label, "off");
  EXPECT_THAT(info_of(dataset, "cleo/off").segments,
              testing::ElementsAre(data::Segment{0, 2, "off"}, data::Segment{2, 4, "yes"}));
  EXPECT_EQ(run_words({"data", "undo", set}), 0);
  EXPECT_EQ(data::Dataset::open(set).hash(), hash);
  EXPECT_EQ(run_words({"data", "label", set, "--match", "anna/*", "--group", "a"}), 0);
  EXPECT_EQ(info_of(data::Dataset::open(set), "anna/off").group, "a");
  EXPECT_EQ(run_words({"data", "label", set, "--match", "dora/*", "--to", "x"}), 1);
  EXPECT_EQ(run_words({"data", "label", set}), 2);
}

TEST(DataSplit, IsWrittenDownAndTakenBack) {
  const data::ScratchFolder folder;
  const std::string set = write_set(folder);
  const std::string hash = data::Dataset::open(set).hash();
  ASSERT_EQ(run_words({"data", "split", set, "--val", "0.33", "--test", "0.33"}), 0);
  std::map<std::string, std::set<data::Split>> of_group;
  std::set<data::Split> all;
  const data::Dataset drawn = data::Dataset::open(set);
  for (const data::RecordingInfo& info : drawn.recordings()) {
    of_group[info.group].insert(info.split);
    all.insert(info.split);
  }
  for (const auto& [group, splits] : of_group) EXPECT_EQ(splits.size(), 1U) << group;
  EXPECT_EQ(all, (std::set{data::Split::train, data::Split::val, data::Split::test}));

  const Ran leak = run_captured({"data", "split", set, "--match", "anna/on", "--to", "excluded"});
  EXPECT_EQ(leak.code, 0);
  EXPECT_EQ(info_of(data::Dataset::open(set), "anna/on").split, data::Split::excluded);
  const char* other = info_of(drawn, "bert/on").split == data::Split::train ? "test" : "train";
  const Ran straddles = run_captured({"data", "split", set, "--match", "bert/on", "--to", other});
  EXPECT_THAT(straddles.err, HasSubstr("group 'bert'"));
  EXPECT_EQ(run_words({"data", "split", set, "--forget"}), 0);
  EXPECT_EQ(data::Dataset::open(set).hash(), hash);
  EXPECT_EQ(run_words({"data", "split", set, "--match", "anna/*"}), 2);
  EXPECT_EQ(run_words({"data", "split", set, "--to", "somewhere"}), 2);
}

TEST(DataShow, ListsChosenRecordings) {
  const data::ScratchFolder folder;
  const std::string set = write_set(folder);
  const Ran ran =
      run_captured({"data", "show", set, "--recordings", "--match", "cleo/*", "--json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto list = nlohmann::json::parse(ran.out).at("list");
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[1].at("segments").size(), 2U);
  EXPECT_EQ(run_words({"data", "show", set, "--match", "cleo/*"}), 2) << "without --recordings";
}

// The first words of the lines below "Subcommands:".
std::vector<std::string> subcommands(const std::string& help) {
  std::istringstream stream(help.substr(help.find("Subcommands:")));
  std::vector<std::string> names;
  std::string line;
  std::getline(stream, line);
  while (std::getline(stream, line) && line.starts_with("  ")) {
    if (line[2] != ' ') names.push_back(line.substr(2, line.find(' ', 2) - 2));
  }
  return names;
}

TEST(Help, EveryCommandHasExamples) {
  const std::vector<std::string> commands = subcommands(run_captured({"--help"}).out);
  EXPECT_GE(commands.size(), 9U);
  for (const std::string& command : commands) {
    const std::string help = run_captured({command, "--help"}).out;
    EXPECT_THAT(help, HasSubstr("Examples:\n  mote ")) << help;
    if (command != "data") continue;
    EXPECT_GE(subcommands(help).size(), 7U);
    for (const std::string& inner : subcommands(help)) {
      EXPECT_THAT(run_captured({command, inner, "--help"}).out, HasSubstr("Examples:\n  "))
          << inner;
    }
  }
}

TEST(Help, ListsLeaveTheNextArgumentAlone) {
  const std::string model = "nowhere.mote";
  for (const std::vector<std::string>& list : {std::vector<std::string>{"run", "--data", "fsdd"},
                                               {"run", "--axes", "x,y"},
                                               {"tune", "--board", "mps2-an386"},
                                               {"quantize", "--layer", "1=int8"},
                                               {"quantize", "--choices", "int8"},
                                               {"quantize", "-o", "small.mote"}}) {
    std::vector<std::string> words = list;
    words.push_back(model);
    const Ran ran = run_captured(words);
    EXPECT_EQ(ran.code, 2);
    EXPECT_THAT(ran.err, HasSubstr("does not exist: " + model)) << list[0] << ' ' << list[1];
  }
}

TEST(Help, NamesEveryImporter) {
  const std::string help = run_captured({"data", "import", "--help"}).out;
  for (const data::Importer& importer : data::importers()) {
    EXPECT_THAT(help, HasSubstr(std::string(importer.format) + " ("));
  }
}

}  // namespace
}  // namespace mote::cli
