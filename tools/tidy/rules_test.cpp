// Each rule on a sample that breaks it and on one that does not.
#include "tools/tidy/rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tools/tidy/scopes.hpp"

namespace mote::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Source file(const std::string& path, const std::string& content = "") {
  return parse_source(path, content);
}

// "path:line rule" of each finding.
std::vector<std::string> found(const std::vector<Source>& sources) {
  std::vector<std::string> rows;
  for (const Finding& finding : check_all(sources))
    rows.push_back(finding.path + ":" + std::to_string(finding.line) + " " + finding.rule);
  return rows;
}

std::string repeat(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

// Words that tidy refuses are put together here, so that this file passes.
std::string joined(const std::string& first, const std::string& second) {
  return first + second;
}

TEST(Source, BlanksCommentsAndLiterals) {
  const Source source = file("core/a.cpp",
                             "int a = 1; // new T\n"
                             "/* malloc( \n"
                             " free( */ int b = 1'000;\n"
                             "const char* c = \"throw \\\" new T\"; char d = '\\'';\n"
                             "auto e = R\"(throw\nthrow)\"; int f;\n");
  EXPECT_THAT(source.code,
              ElementsAre("int a = 1;         ", "           ", "          int b = 1'000;",
                          "const char* c =                 ; char d =     ;",
                          "auto e =         ", "       ; int f;"));
}

TEST(Source, FindsIncludesButNotInComments) {
  const Source source = file("core/a.cpp",
                             "#include <cstdint>\n// #include \"no/no.hpp\"\n"
                             "#  include \"core/b.hpp\"\n");
  const std::vector<Include> includes = includes_of(source);
  ASSERT_EQ(includes.size(), 2u);
  EXPECT_EQ(includes[0].name, "cstdint");
  EXPECT_FALSE(includes[0].quoted);
  EXPECT_EQ(includes[1].name, "core/b.hpp");
  EXPECT_EQ(includes[1].line, 3);
}

TEST(Rooms, KeepToTheirNeighbours) {
  const Source core = file("core/a.hpp");
  const Source ir = file("compiler/ir/graph.hpp");
  const Source pass = file("compiler/passes/fold.hpp", "#include \"compiler/ir/graph.hpp\"\n");
  EXPECT_THAT(found({core, ir, pass}), IsEmpty());
  EXPECT_THAT(found({core, ir, file("core/b.cpp", "\n#include \"compiler/ir/graph.hpp\"\n")}),
              ElementsAre("core/b.cpp:2 room"));
  EXPECT_THAT(
      found({pass, ir, file("compiler/emit/c.cpp", "#include \"compiler/passes/fold.hpp\"\n")}),
      ElementsAre("compiler/emit/c.cpp:1 room"));
  EXPECT_THAT(
      found({pass, ir, file("compiler/compile.cpp", "#include \"compiler/passes/fold.hpp\"\n")}),
      IsEmpty());
}

TEST(Rooms, AnOpKnowsCoreAndItselfAndItsHalvesTheirInterface) {
  const Source add = file("ops/nn/add/add.hpp");
  const Source mul = file("ops/nn/mul/mul.hpp", "#include \"ops/nn/add/add.hpp\"\n");
  const Source ir = file("compiler/ir/op.hpp");
  EXPECT_THAT(found({add, mul}), ElementsAre("ops/nn/mul/mul.hpp:1 room"));
  EXPECT_THAT(found({add, ir,
                     file("ops/nn/add/add.op.cpp",
                          "#include \"compiler/ir/op.hpp\"\n"
                          "#include \"ops/nn/add/add.hpp\"\n")}),
              IsEmpty());
  EXPECT_THAT(found({ir, file("ops/nn/add/add.hpp", "#include \"compiler/ir/op.hpp\"\n")}),
              ElementsAre("ops/nn/add/add.hpp:1 room"));
  EXPECT_THAT(found({add, file("compiler/plan/plan.cpp", "#include \"ops/nn/add/add.hpp\"\n")}),
              ElementsAre("compiler/plan/plan.cpp:1 room"));
}

TEST(Rooms, RefuseUnknownRoomsAndMissingFiles) {
  EXPECT_THAT(found({file("attic/a.cpp", "#include \"attic/b.hpp\"\n"), file("attic/b.hpp")}),
              ElementsAre("attic/a.cpp:1 room"));
  EXPECT_THAT(found({file("core/a.cpp", "#include \"core/gone.hpp\"\n")}),
              ElementsAre("core/a.cpp:1 room"));
}

TEST(Rooms, TestsMaySeeEverything) {
  EXPECT_THAT(found({file("compiler/ir/op.hpp"),
                     file("core/a_test.cpp", "#include \"compiler/ir/op.hpp\"\n")}),
              IsEmpty());
}

class BannedOnDevice : public ::testing::TestWithParam<const char*> {};

TEST_P(BannedOnDevice, IsFoundThereAndOnlyThere) {
  const std::string line = std::string(GetParam()) + "\n";
  EXPECT_THAT(found({file("device/vm/a.cpp", line)}), ElementsAre("device/vm/a.cpp:1 device"));
  EXPECT_THAT(found({file("ops/nn/add/add.hpp", line)}),
              ElementsAre("ops/nn/add/add.hpp:1 device"));
  EXPECT_THAT(found({file("lab/a.cpp", line)}), IsEmpty());
  EXPECT_THAT(found({file("ops/nn/add/add.op.cpp", line)}), IsEmpty());
  EXPECT_THAT(found({file("core/a_test.cpp", line)}), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Each, BannedOnDevice,
                         ::testing::Values("#include <vector>", "#include <cmath>",
                                           "#include <iostream>", "int* p = new int[3];",
                                           "delete p;", "void* p = malloc(3);", "throw 1;",
                                           "auto& t = typeid(x);", "virtual int f();",
                                           "std::vector<int> v;", "std::string s;",
                                           "float y = std::exp(x);", "float y = expf(x);",
                                           "float y = __builtin_sqrtf(x);"));

TEST(DeviceSide, AllowsWhatABareBoardHas) {
  EXPECT_THAT(found({file("core/a.hpp",
                          "#include <cstdint>\n#include <type_traits>\n"
                          "struct A { A(const A&) = delete; };\n"
                          "inline int renew(int newer) { return newer; }\n"
                          "inline float f(float x) { return exp(x) + g.log(x); }\n")}),
              IsEmpty());
}

TEST(DeviceSide, FollowsIncludesIntoFormats) {
  const std::string uses_heap = "std::vector<int> v;\n";
  const Source vm = file("device/vm/vm.cpp", "#include \"formats/package/reader.hpp\"\n");
  EXPECT_THAT(found({vm, file("formats/package/reader.hpp", uses_heap)}),
              ElementsAre("formats/package/reader.hpp:1 device"));
  EXPECT_THAT(found({vm, file("formats/package/reader.hpp"),
                     file("formats/package/writer.cpp", uses_heap)}),
              IsEmpty());
}

TEST(DeviceSide, LetsPortsSpeakToTheirSystem) {
  EXPECT_THAT(found({file("device/ports/qemu-mps2/clock.cpp", "#include <time.h>\n")}), IsEmpty());
  EXPECT_THAT(found({file("device/io/clock.cpp", "#include <time.h>\n")}),
              ElementsAre("device/io/clock.cpp:1 device"));
}

TEST(Limits, Columns) {
  const std::string full(100, 'x');
  EXPECT_THAT(found({file("data/a.cpp", "// " + full.substr(3) + "\n")}), IsEmpty());
  EXPECT_THAT(found({file("data/a.cpp", "\n// " + full + "\n")}),
              ElementsAre("data/a.cpp:2 columns"));
  // 100 letters of two bytes each.
  EXPECT_THAT(found({file("data/a.cpp", repeat("\xC3\xA9", 100) + "\n")}), IsEmpty());
  EXPECT_THAT(found({file("docs/a.md", full + full + "\n")}), IsEmpty());
}

TEST(Limits, LinesOfAFile) {
  EXPECT_THAT(found({file("data/a.cpp", repeat("//\n", 500))}), IsEmpty());
  EXPECT_THAT(found({file("data/a.cpp", repeat("//\n", 501))}),
              ElementsAre("data/a.cpp:501 lines"));
}

TEST(Limits, LinesOfAFunction) {
  const std::string head = "namespace a {\nclass B {\n  int f(int x) {\n";
  EXPECT_THAT(found({file("data/a.cpp", head + repeat("x += 1;\n", 68) + "}\n};\n}\n")}),
              IsEmpty());
  EXPECT_THAT(found({file("data/a.cpp", head + repeat("x += 1;\n", 69) + "}\n};\n}\n")}),
              ElementsAre("data/a.cpp:3 function"));
}

TEST(Limits, TablesAndTypesAreNotFunctions) {
  const std::string rows = repeat("{1, 2},\n", 80);
  EXPECT_THAT(found({file("data/a.cpp", "A f() {\nreturn {\n" + rows + "};\n}\n")}), IsEmpty());
  EXPECT_THAT(found({file("data/a.cpp", "const int table[] = {\n" + repeat("1,\n", 80) + "};\n")}),
              IsEmpty());
  EXPECT_THAT(found({file("data/a.hpp", "struct A {\n" + repeat("int f();\n", 80) + "};\n")}),
              IsEmpty());
}

TEST(Scopes, SeeThroughInitialiserListsAndTemplates) {
  const Source source = file("data/a.cpp",
                             "A::A(int b)\n"
                             "    : b_{b}, c_(b), d_{} {\n"
                             "  go();\n"
                             "}\n"
                             "template <class T>\n"
                             "T g(T x) {\n"
                             "  return T{x};\n"
                             "}\n");
  const std::vector<Scope> functions = functions_of(source);
  ASSERT_EQ(functions.size(), 2u);
  EXPECT_EQ(functions[0].first_line, 1);
  EXPECT_EQ(functions[0].last_line, 4);
  EXPECT_EQ(functions[1].first_line, 5);
  EXPECT_EQ(functions[1].last_line, 8);
}

TEST(Switches, OverAnEnumNameEveryValue) {
  const std::string head = "int f(E e) {\n  switch (e) {\n    ";
  EXPECT_THAT(
      found({file("data/a.cpp", head + "case E::a: return 1;\n    default: return 2;\n}}")}),
      ElementsAre("data/a.cpp:4 switch"));
  EXPECT_THAT(found({file("data/a.cpp", head + "case E::a: return 1;\n}\nreturn 2;\n}\n")}),
              IsEmpty());
  EXPECT_THAT(found({file("data/a.cpp", head + "case 'a': return 1;\n    default: return 2;\n}}")}),
              IsEmpty());
}

TEST(Names, SaySomething) {
  EXPECT_THAT(found({file("data/utils.hpp")}), ElementsAre("data/utils.hpp:1 name"));
  EXPECT_THAT(found({file("data/common/a.hpp")}), ElementsAre("data/common/a.hpp:1 name"));
  EXPECT_THAT(found({file("data/a.hpp", "class DataManager {};\n")}),
              ElementsAre("data/a.hpp:1 name"));
  EXPECT_THAT(found({file("data/a.hpp", "class Splitter {};\n"), file("data/commonplace.hpp")}),
              IsEmpty());
}

TEST(Words, OfOneMachine) {
  EXPECT_THAT(found({file("dev", joined("cd /wo", "rk/x\n"))}), ElementsAre("dev:1 machine-path"));
  EXPECT_THAT(found({file("docs/a.md", joined("see https://example.org/wo", "rk/x\n"))}),
              IsEmpty());
  EXPECT_THAT(found({file("docs/a.md", joined("a teamwo", "rk/x of lines\n"))}), IsEmpty());
}

TEST(Words, ThatPromiseLaterWork) {
  EXPECT_THAT(found({file("data/a.cpp", joined("// TO", "DO: later\n"))}),
              ElementsAre("data/a.cpp:1 unfinished"));
  EXPECT_THAT(found({file("data/a.cpp", joined("// A Stu", "bbed reader\n"))}),
              ElementsAre("data/a.cpp:1 unfinished"));
  EXPECT_THAT(found({file("data/a.cpp", "// stubborn hackneyed to-do list\n")}), IsEmpty());
}

TEST(Findings, SayWhatToDo) {
  const Findings findings = check_all({file("core/a.cpp", "throw 1;\n")});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].what, "uses exceptions");
  EXPECT_EQ(findings[0].advice, "return Status or Result<T>");
}

}  // namespace
}  // namespace mote::tidy
