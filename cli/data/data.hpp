// The subcommands of `mote data`, a file each, and what several of them print.
#pragma once

#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "data/dataset.hpp"
#include "data/import_files.hpp"

namespace mote::cli {

void add_data_list(Command& data);
void add_data_get(Command& data);
void add_data_import(Command& data);
void add_data_show(Command& data);
void add_data_label(Command& data);
void add_data_split(Command& data);
void add_data_undo(Command& data);

// What an import did, as JSON.
nlohmann::json import_json(const data::ImportReport& report, const data::Dataset& dataset);

// Prints what was imported and what was not. Returns the exit code: a failure when no file could be
// read.
int print_import(const data::ImportReport& report, const data::Dataset& dataset, bool json);

// Which recordings of a dataset a command is about.
struct Selection {
  std::string match;  // glob over names; empty: all
  std::string label;  // that they hold; empty: any

  bool takes(const data::RecordingInfo& info) const;
};

void add_selection_options(Command& command, Selection& selection);

}  // namespace mote::cli
