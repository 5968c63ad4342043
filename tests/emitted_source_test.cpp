// Emitted source as a newcomer's build takes it: the folder that `mote compile --emit-cpp` writes,
// alone, by each board's compiler as C++14, without exceptions, RTTI and a standard library.
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "compiler/emit/cpp_source.hpp"
#include "compiler/random_models_trial.hpp"
#include "lab/board.hpp"
#include "lab/carried_headers.hpp"
#include "lab/process.hpp"
#include "lab/source_tree.hpp"

namespace mote {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

// Names that an object file expects of others.
std::set<std::string> undefined_names(const std::string& nm, const fs::path& folder) {
  const auto told = lab::run_process({nm, "-u", "models.o"}, folder, std::chrono::seconds(20));
  std::set<std::string> names;
  std::istringstream words(told.output);
  for (std::string word; words >> word;) {
    if (word != "U") names.insert(word);
  }
  return names;
}

class EmittedSource : public testing::TestWithParam<const char*> {};

TEST_P(EmittedSource, StandsAloneAsCpp14) {
  const lab::Board& board = lab::find_board(GetParam());
  const lab::ScratchFolder folder;
  std::string all;
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    RandomGraphOptions options;
    options.integers = seed % 4 != 0;
    const plan::Plan plan = compiled_for(random_graph(seed, options), board.target()).plan;
    const std::string name = "model" + std::to_string(seed);
    const emit::CppSource source = emit::write_cpp(plan, name);
    write(folder.path() / (name + ".hpp"), source.header);
    write(folder.path() / (name + ".cpp"), source.source);
    for (const auto& [path, text] : lab::carried_headers(source.source)) {
      write(folder.path() / path, text);
    }
    all += "#include \"" + name + ".cpp\"\n";
  }
  write(folder.path() / "models.cpp", all);
  std::vector<std::string> command{std::string(board.tools->compiler)};
  command.insert(command.end(), board.flags.begin(), board.flags.end());
  for (const std::string& headers :
       board.tools->headers) {  // where the compiler has none of its own
    command.push_back("-I" + (lab::source_tree() / headers).string());
  }
  for (const char* flag : {"-std=c++14", "-O1", "-Wall", "-Wextra", "-Werror", "-fno-exceptions",
                           "-fno-rtti", "-I.", "-c", "models.cpp", "-o", "models.o"}) {
    command.emplace_back(flag);
  }
  const auto built = lab::run_process(command, folder.path(), std::chrono::minutes(5));
  ASSERT_EQ(built.exit_code, 0) << built.errors.substr(0, 3000);

  std::string nm(board.tools->compiler);
  nm.replace(nm.size() - 3, 3, "nm");  // ...-g++
  for (const std::string& name : undefined_names(nm, folder.path())) {
    // What GCC asks of every freestanding system, and its own arithmetic.
    const bool expected = name == "memcpy" || name == "memset" || name == "memmove" ||
                          name == "memcmp" || name.rfind("__", 0) == 0;
    EXPECT_TRUE(expected) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Boards, EmittedSource,
                         testing::Values("mps2-m0plus", "mps2-an385", "mps2-an386", "mps3-an547",
                                         "riscv-virt"),
                         [](const auto& board) {
                           std::string name = board.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace mote
