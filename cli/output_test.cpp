#include "cli/output.hpp"

#include <gtest/gtest.h>

#include "cli/command_trial.hpp"
#include "cli/progress.hpp"

namespace mote::cli {
namespace {

TEST(Table, AlignsNumbersRightAndTextLeft) {
  Table table({"label", "count"});
  table.add({"idle", "7"});
  table.add({"größer", "1200"});
  EXPECT_EQ(table.text(), "  label   count\n  idle        7\n  größer   1200\n");
}

TEST(Table, FillsShortRows) {
  Table table({"a", "b"});
  table.add({"x"});
  EXPECT_EQ(table.text(), "  a  b\n  x\n");
}

TEST(ProgressLine, ShowsPartAndRemainingTime) {
  EXPECT_EQ(progress_line("import", 1, 2, 3.0, ""),
            "import [###############...............]  50 % 3 s left");
  EXPECT_EQ(progress_line("import", 9, 2, 3.0, "x"),
            "import [##############################] 100 % 0 s left x");
  EXPECT_EQ(progress_line("import", 0, 2, 3.0, ""),
            "import [..............................]   0 %");
  EXPECT_EQ(progress_line("read", 5, 0, 1.0, ""), "read 5");
}

TEST(Run, WrongCommandLinesExitWithTwo) {
  EXPECT_EQ(run_words({"no-such-command"}), 2);
  EXPECT_EQ(run_words({"--no-such-option"}), 2);
  EXPECT_EQ(run_words({}), 2);
}

TEST(Run, HelpAndVersionExitWithZero) {
  EXPECT_EQ(run_words({"--help"}), 0);
  EXPECT_EQ(run_words({"--version"}), 0);
}

}  // namespace
}  // namespace mote::cli
