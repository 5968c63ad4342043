// mote data list: the known sets, and the datasets here.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "cli/data/data.hpp"
#include "cli/output.hpp"
#include "data/catalog/catalog.hpp"
#include "data/dataset.hpp"
#include "data/get.hpp"

namespace mote::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

int run_list(bool json) {
  const std::string mirror = data::data_mirror();
  std::vector<data::Dataset> local;
  std::vector<std::string> broken;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(data::datasets_home(), ignored)) {
    const std::string folder = entry.path().string();
    if (folder.ends_with(".partial") || !data::Dataset::exists(folder)) continue;
    try {
      local.push_back(data::Dataset::open(folder));
    } catch (const data::DataError& error) {
      broken.emplace_back(error.what());
    }
  }
  std::sort(local.begin(), local.end(),
            [](const auto& a, const auto& b) { return a.folder() < b.folder(); });
  const auto state_of = [&](const data::CatalogEntry& entry) -> std::string {
    const std::string folder = data::datasets_home() + "/" + entry.name;
    if (data::Dataset::exists(folder)) return "here";
    if (entry.generate != nullptr) return "built in";
    const bool in_mirror = mirror.find("://") != std::string::npos ||
                           (!mirror.empty() && fs::exists(mirror + "/" + entry.name + ".tar.xz"));
    if (in_mirror) return "in the mirror";
    return entry.download.urls.empty() ? "by hand" : "at its home";
  };
  if (json) {
    Json document = {{"home", data::datasets_home()}, {"mirror", mirror}};
    for (const auto& entry : data::catalog()) {
      document["catalog"].push_back({{"name", entry.name},
                                     {"title", entry.title},
                                     {"home", entry.home},
                                     {"licence", entry.licence},
                                     {"sha256", entry.sha256},
                                     {"state", state_of(entry)},
                                     {"download", entry.download.urls}});
    }
    document["datasets"] = Json::array();
    for (const auto& dataset : local) {
      document["datasets"].push_back({{"name", dataset.name()},
                                      {"folder", dataset.folder()},
                                      {"recordings", dataset.recordings().size()},
                                      {"hash", dataset.hash()}});
    }
    print_json(document);
    return exit_ok;
  }
  Table known({"name", "state", "licence", "what"});
  for (const auto& entry : data::catalog()) {
    known.add({entry.name, state_of(entry), entry.licence, entry.title});
  }
  fmt::print("Known sets (mote data get NAME):\n{}\n", known.text());
  if (local.empty()) {
    fmt::print("No datasets in {} yet.\n", data::datasets_home());
  } else {
    Table here({"dataset", "recordings", "hash"});
    for (const auto& dataset : local) {
      here.add({fs::path(dataset.folder()).filename().string(),
                fmt::format("{}", dataset.recordings().size()), dataset.hash().substr(0, 12)});
    }
    fmt::print("Datasets in {}:\n{}", data::datasets_home(), here.text());
  }
  for (const std::string& text : broken) print_warning(text);
  return exit_ok;
}

}  // namespace

void add_data_list(Command& data) {
  auto json = std::make_shared<bool>(false);
  Command list = data.subcommand("list", "Show the known sets and the datasets here");
  list.json_flag(*json);
  list.examples({"mote data list", "mote data list --json"});
  list.on_run([json] { return run_list(*json); });
}

}  // namespace mote::cli
