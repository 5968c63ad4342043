// `mote demo`: predictive maintenance, from data to events of a virtual device, with a report.
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <memory>

#include "cli/command.hpp"
#include "cli/demo_stages.hpp"
#include "data/dataset.hpp"

namespace mote::cli {
namespace {

int run(const DemoOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const DemoResult result = run_demo(options);
  const std::filesystem::path report = std::filesystem::absolute(options.folder) / "report.html";
  data::write_file(report.string(), demo_report(result));
  if (!options.pictures.empty()) {
    for (const auto& [name, picture] : demo_pictures(result)) {
      data::write_file(options.pictures + "/" + name, picture);
    }
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  fmt::print("\nDone in {:.0f} s. Report: file://{}\n", seconds,
             report.lexically_normal().string());
  const bool sound = result.field.lost == 0 && result.field.invented == 0 &&
                     result.identical_windows == result.accuracy.trials;
  return sound ? exit_ok : exit_failure;
}

}  // namespace

void add_demo_command(Command& mote) {
  auto options = std::make_shared<DemoOptions>();
  Command demo = mote.subcommand(
      "demo", "Predictive maintenance from data to events on a virtual device, with a report");
  demo.option("--folder", options->folder, "Where project, data, model and report go")
      .shows_default();
  std::vector<std::string> names;
  for (const lab::Board& board : lab::boards()) {
    if (!board.is_process() && board.uarts >= 3) names.emplace_back(board.name);
  }
  demo.option("--board", options->board, "The virtual board").one_of(names).shows_default();
  demo.option("--pictures", options->pictures,
              "Also write the report's pictures there, as SVG files");
  demo.flag("--keep-broker", options->keep_broker, "Don't kill the broker on the way");
  demo.examples({"mote demo", "mote demo --board mps2-an385 --folder my-demo",
                 "mote demo --pictures docs/pictures    # README's"});
  demo.on_run([options] { return run(*options); });
}

}  // namespace mote::cli
