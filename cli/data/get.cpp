// mote data get: a known set, fetched or made.
#include <fmt/format.h>

#include <memory>

#include "cli/data/data.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "data/get.hpp"

namespace mote::cli {
namespace {

// One bar per stage of `mote data get`.
class StageBars {
 public:
  data::GetProgress progress() {
    return {[this](const std::string& what, size_t done, size_t total) {
      if (what != what_ || total != total_) bar_ = std::make_unique<Progress>(what, total);
      what_ = what;
      total_ = total;
      bar_->set(done);
    }};
  }
  void clear() { bar_.reset(); }

 private:
  std::string what_;
  size_t total_ = 0;
  std::unique_ptr<Progress> bar_;
};

struct GetOptions {
  std::string name;
  std::string into;
  bool json = false;
};

int run_get(const GetOptions& options) {
  const data::CatalogEntry& entry = data::catalog_entry(options.name);
  const std::string folder =
      data::dataset_folder(options.into.empty() ? options.name : options.into);
  if (data::Dataset::exists(folder)) {
    const data::Dataset dataset = data::Dataset::open(folder);
    if (options.json) {
      data::ImportReport nothing;
      nothing.already_there = static_cast<int64_t>(dataset.recordings().size());
      print_json(import_json(nothing, dataset));
    } else {
      fmt::print("{}: is there already, {} recordings\n  folder {}\n  hash   {}\n", dataset.name(),
                 dataset.recordings().size(), folder, dataset.hash());
    }
    return exit_ok;
  }
  StageBars bars;
  const data::ImportReport report =
      data::get_dataset(entry, folder, data::data_mirror(), bars.progress());
  bars.clear();
  const int code = print_import(report, data::Dataset::open(folder), options.json);
  if (!options.json) {
    fmt::print("  home   {}\n  licence {}\n", entry.home, entry.licence);
    if (!entry.note.empty()) fmt::print("  note   {}\n", entry.note);
  }
  return code;
}

}  // namespace

void add_data_get(Command& data) {
  auto options = std::make_shared<GetOptions>();
  Command get = data.subcommand("get", "Fetch or generate a known set (`mote data list`)");
  get.option("NAME", options->name, "Name in the catalogue").required();
  get.option("--into", options->into, "Name or folder of the dataset (default: NAME)");
  get.json_flag(options->json);
  get.examples({"mote data get motor-vibration",
                "MOTE_DATA_MIRROR=../shared/data mote data get fsdd --into ./fsdd"});
  get.on_run([options] { return run_get(*options); });
}

}  // namespace mote::cli
