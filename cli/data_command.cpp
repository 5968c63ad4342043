// mote data: recordings in, datasets that know what they hold. Each subcommand is a file of
// cli/data.
#include "cli/data/data.hpp"

namespace mote::cli {

void add_data_command(CLI::App& app, Commands& commands) {
  CLI::App* data = app.add_subcommand("data", "Import, fetch, label, split and look at recordings");
  data->require_subcommand(1);
  add_examples(
      *data, {"mote data list", "mote data get motor-vibration", "mote data show motor-vibration"});
  add_data_list(*data, commands);
  add_data_get(*data, commands);
  add_data_import(*data, commands);
  add_data_show(*data, commands);
  add_data_label(*data, commands);
  add_data_split(*data, commands);
  add_data_undo(*data, commands);
}

}  // namespace mote::cli
