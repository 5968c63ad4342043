// mote data: recordings in, datasets that know what they hold. Each subcommand is a file of
// cli/data.
#include "cli/data/data.hpp"

namespace mote::cli {

void add_data_command(Command& mote) {
  Command data = mote.subcommand("data", "Import, fetch, label, split and look at recordings");
  data.requires_subcommand();
  data.examples(
      {"mote data list", "mote data get motor-vibration", "mote data show motor-vibration"});
  add_data_list(data);
  add_data_get(data);
  add_data_import(data);
  add_data_show(data);
  add_data_label(data);
  add_data_split(data);
  add_data_undo(data);
}

}  // namespace mote::cli
