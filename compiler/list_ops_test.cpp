#include "compiler/list_ops.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace mote {
namespace {

// MOTE_UPDATE_SNAPSHOTS=1 rewrites the page; review the diff.
TEST(ListOps, PageIsUpToDate) {
  const std::string path = MOTE_SOURCE_DIR "/docs/ops.md";
  if (std::getenv("MOTE_UPDATE_SNAPSHOTS") != nullptr) std::ofstream(path) << list_ops();
  std::stringstream page;
  page << std::ifstream(path).rdbuf();
  EXPECT_EQ(page.str(), list_ops()) << "run: mote ops --markdown > docs/ops.md";
}

}  // namespace
}  // namespace mote
