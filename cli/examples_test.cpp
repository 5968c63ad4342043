#include "cli/examples.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "cli/command_trial.hpp"
#include "data/dataset.hpp"
#include "data/test_files.hpp"

namespace mote::cli {
namespace {

TEST(New, WritesEveryExampleAsItStandsInTheRepository) {
  const data::ScratchFolder folder;
  EXPECT_GE(example_names().size(), 3U);
  for (const std::string& name : example_names()) {
    const std::string project = folder / name;
    EXPECT_EQ(run_words({"new", "--example", name, project}), 0);
    for (const auto& entry :
         std::filesystem::directory_iterator(MOTE_SOURCE_DIR "/examples/" + name)) {
      if (!entry.is_regular_file()) continue;  // trained/, when somebody trained it there
      const std::string file = entry.path().filename().string();
      EXPECT_EQ(data::read_file(project + "/" + file), data::read_file(entry.path().string()));
    }
    EXPECT_EQ(run_words({"new", "--example", name, project}), 1) << "overwrote a project";
  }
}

TEST(New, TakesAVariantAsTheProject) {
  const data::ScratchFolder folder;
  EXPECT_EQ(run_words({"new", "--example", "wake-word", "--data", "fsdd", folder / "w"}), 0);
  EXPECT_EQ(data::read_file(folder / "w/mote.toml"),
            data::read_file(MOTE_SOURCE_DIR "/examples/wake-word/fsdd.toml"));
  EXPECT_EQ(run_words({"new", "--example", "wake-word", "--data", "fsd", folder / "x"}), 2);
  EXPECT_EQ(run_words({"new", "--example", "wakeword", folder / "x"}), 2);
}

TEST(Data, ImportShowAndUndo) {
  const data::ScratchFolder folder;
  data::write_file(folder / "in/idle.csv", "x,y\n1,2\n3,4\n");
  data::write_file(folder / "in/broken.csv", "x,y\n1\n");
  const std::string set = folder / "set";
  EXPECT_EQ(run_words({"data", "import", folder / "in", "--into", set, "--rate", "100", "--pattern",
                       "{label}.csv"}),
            0);
  const data::Dataset dataset = data::Dataset::open(set);
  ASSERT_EQ(dataset.recordings().size(), 1U);
  EXPECT_EQ(dataset.recordings()[0].label, "idle");
  EXPECT_EQ(run_words({"data", "show", set, "--json"}), 0);
  EXPECT_EQ(run_words({"data", "undo", set}), 0);
  EXPECT_TRUE(data::Dataset::open(set).recordings().empty());
  EXPECT_EQ(run_words({"data", "undo", set}), 1);
  EXPECT_EQ(run_words({"data", "import", folder / "gone", "--into", set}), 1);
}

}  // namespace
}  // namespace mote::cli
