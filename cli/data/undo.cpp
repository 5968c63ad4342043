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

void add_data_undo(CLI::App& data, Commands& commands) {
  auto name = std::make_shared<std::string>();
  CLI::App* undo = data.add_subcommand(
      "undo", "Take back the last change of labels or splits, else the last import");
  undo->add_option("DATASET", *name, "Name or folder")->required();
  add_examples(*undo, {"mote data undo words"});
  commands.on_run(*undo, [name] { return run(*name); });
}

}  // namespace mote::cli
