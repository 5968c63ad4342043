// Who may know whom. The table is the whole rule: the first row whose pattern fits a file tells
// which rooms it may include besides its own folder.
#include <regex>
#include <string>
#include <unordered_set>
#include <vector>

#include "tools/tidy/rules.hpp"

namespace mote::tidy {
namespace {

struct Room {
  const char* files;                 // regular expression over the whole path
  std::vector<std::string> may_see;  // prefixes of paths; "" is everything
};

const std::vector<Room>& rooms() {
  static const std::vector<Room> table = {
      // Tests, and the roots that nothing includes, may see everything.
      {R"(.*_(test|nightly|trial)\.(cpp|hpp|inc)|(cli|sim|studio|tests|bench|fuzz)/.*)", {""}},
      {R"(core/.*)", {"core/"}},
      {R"(formats/.*)", {"core/", "formats/"}},
      // An op knows core, what its family shares, and itself; its host halves add the interface of
      // who drives them.
      {R"(ops/.*(\.op|_host)\.[ch]pp)",
       {"core/", "compiler/ir/", "compiler/import/tflite_operator.hpp",
        "compiler/export/tflite_operator_writer.hpp", "ops/shared/"}},
      {R"(ops/.*\.layer\.cpp)", {"core/", "compiler/ir/", "learn/"}},
      {R"(ops/.*)", {"core/", "ops/shared/"}},
      {R"(device/.*)", {"core/", "formats/", "ops/", "device/"}},
      {R"(data/.*)", {"core/", "formats/", "data/"}},
      {R"(project/.*)", {"core/", "formats/", "data/", "features/", "project/"}},
      // The parts of the compiler meet in ir; only compile.cpp sees them all. None names an op.
      {R"(compiler/ir/.*)", {"core/", "compiler/ir/"}},
      // What emit writes down is the plan; compile.cpp proves the result on the device's machine.
      {R"(compiler/emit/.*)", {"core/", "formats/", "compiler/ir/", "compiler/plan/plan.hpp"}},
      {R"(compiler/[a-z]+/.*)", {"core/", "formats/", "compiler/ir/"}},
      {R"(compiler/.*)", {"core/", "formats/", "compiler/", "device/vm/"}},
      {R"(features/.*)", {"core/", "formats/", "data/", "compiler/", "device/vm/", "features/"}},
      {R"(learn/.*)",
       {"core/", "formats/", "data/", "features/", "project/", "compiler/", "learn/"}},
      {R"(lab/.*)",
       {"core/", "formats/", "data/", "features/", "project/", "compiler/", "device/", "lab/"}},
      {R"(fleet/.*)", {"core/", "formats/", "fleet/"}},
      {R"(tools/.*)", {"core/", "tools/"}},
  };
  return table;
}

std::string folder_of(const std::string& path) {
  return path.substr(0, path.rfind('/') + 1);
}

const Room* room_of(const std::string& path) {
  for (const Room& room : rooms())
    if (std::regex_match(path, std::regex(room.files))) return &room;
  return nullptr;
}

bool may_include(const Room& room, const std::string& path, const std::string& name) {
  if (name.starts_with(folder_of(path))) return true;
  for (const std::string& prefix : room.may_see)
    if (name.starts_with(prefix)) return true;
  return false;
}

// Files that the build makes have no folder, or one of this name.
bool is_generated(const std::string& name) {
  return name.find('/') == std::string::npos || name.starts_with("generated/");
}

std::string list_of(const Room& room) {
  std::string list;
  for (const std::string& prefix : room.may_see) list += (list.empty() ? "" : ", ") + prefix;
  return list;
}

}  // namespace

void check_rooms(const std::vector<Source>& sources, Findings& findings) {
  std::unordered_set<std::string> paths;
  for (const Source& source : sources) paths.insert(source.path);
  for (const Source& source : sources) {
    const std::vector<Include> includes = includes_of(source);
    if (includes.empty()) continue;
    const Room* room = room_of(source.path);
    if (room == nullptr) {
      findings.push_back({source.path, 1, "room", "no room is known for this file",
                          "add its room to tools/tidy/room_rules.cpp and docs/ARCHITECTURE.md"});
      continue;
    }
    for (const Include& include : includes) {
      if (!include.quoted || is_generated(include.name)) continue;
      if (!paths.contains(include.name)) {
        findings.push_back({source.path, include.line, "room",
                            "there is no " + include.name + " in the repository",
                            "name it from the root, or use <> for another project's header"});
      } else if (!may_include(*room, source.path, include.name)) {
        findings.push_back({source.path, include.line, "room", "may not include " + include.name,
                            "it may see its own folder and: " + list_of(*room)});
      }
    }
  }
}

}  // namespace mote::tidy
