// mote new: a project folder from an example.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "cli/command.hpp"
#include "cli/examples.hpp"
#include "data/dataset.hpp"
#include "project/error.hpp"
#include "project/project.hpp"

namespace mote::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view project_file = "mote.toml";

struct Options {
  std::string example = "predictive-maintenance";
  std::string variant;
  std::string folder;
};

// The example's files, with the chosen variant in the place of mote.toml.
std::vector<ExampleFile> files_of(const Options& options) {
  std::vector<ExampleFile> files;
  std::vector<std::string> variants;
  std::string chosen;
  for (const ExampleFile& file : example_files()) {
    if (file.example != options.example) continue;
    const std::string name(file.name);
    if (name.ends_with(".toml") && name != project_file) {
      variants.push_back(name.substr(0, name.size() - 5));
    }
    if (name == options.variant + ".toml") chosen = file.content;
    files.push_back(file);
  }
  if (options.variant.empty()) return files;
  if (chosen.empty()) {
    throw UsageError(fmt::format("{} has no '{}'{}", options.example, options.variant,
                                 project::suggestion(options.variant, variants)));
  }
  std::erase_if(files, [&](const ExampleFile& f) { return f.name == options.variant + ".toml"; });
  for (ExampleFile& file : files) {
    if (file.name == project_file) file.content = chosen;
  }
  return files;
}

int run_new(const Options& options) {
  const std::vector<std::string> names = example_names();
  if (std::find(names.begin(), names.end(), options.example) == names.end()) {
    throw UsageError(fmt::format("there is no example '{}'{}", options.example,
                                 project::suggestion(options.example, names)));
  }
  const std::vector<ExampleFile> files = files_of(options);
  for (const ExampleFile& file : files) {
    const std::string path = options.folder + "/" + file.name;
    if (fs::exists(path)) {
      throw std::runtime_error(path + ": exists already; choose another folder or remove it");
    }
  }
  for (const ExampleFile& file : files) {
    data::write_file(options.folder + "/" + file.name, file.content);
  }
  const project::Project project = project::load(options.folder);
  fmt::print("{}: {}\n  {}/mote.toml, from the example {}\n\nNext:\n", project.project.name,
             project.project.description, options.folder, options.example);
  for (const std::string& name : project.data.datasets) fmt::print("  mote data get {}\n", name);
  fmt::print("  mote train {}\n", options.folder);
  return exit_ok;
}

}  // namespace

void add_new_command(Command& mote) {
  auto options = std::make_shared<Options>();
  Command command = mote.subcommand("new", "Start a project from an example");
  command.option("DIR", options->folder, "Folder to make").required();
  command
      .option("--example", options->example,
              fmt::format("One of: {}", fmt::join(example_names(), ", ")))
      .shows_default();
  command.option("--data", options->variant, "The example's variant for other data");
  command.examples({"mote new my-motor", "mote new --example wake-word --data fsdd my-digits",
                    "mote new --example predictive-maintenance --data anomaly my-motor"});
  command.on_run([options] { return run_new(*options); });
}

}  // namespace mote::cli
