// mote data undo: takes back the last import or the last change of labels and splits.
#include <fmt/format.h>

#include <memory>

#include "cli/data/data.hpp"
#include "data/dataset.hpp"

namespace mote::cli {
namespace {

int run(const std::string& name) {
  const std::string folder = data::dataset_folder(name);
  data::Dataset dataset = data::Dataset::open(folder);
  if (data::Dataset::can_undo_edit(folder)) {
    data::Dataset::undo_edit(folder);
    const data::Dataset before = data::Dataset::open(folder);
    fmt::print("{}: took back the last change of labels or splits\n  hash   {}\n", before.name(),
               before.hash());
    return exit_ok;
  }
  const data::Batch batch = dataset.undo();
  dataset.save();
  fmt::print("{}: took back import {} of {} ({} recordings); {} are left\n", dataset.name(),
             batch.id, batch.source, batch.recordings, dataset.recordings().size());
  return exit_ok;
}

}  // namespace

void add_data_undo(Command& data) {
  auto name = std::make_shared<std::string>();
  Command undo = data.subcommand(
      "undo", "Take back the last change of labels or splits, else the last import");
  undo.option("DATASET", *name, "Name or folder").required();
  undo.examples({"mote data undo words"});
  undo.on_run([name] { return run(*name); });
}

}  // namespace mote::cli
