// mote inspect: what is in a model, a package or a project file.
#include <filesystem>
#include <fstream>
#include <memory>

#include "cli/command.hpp"
#include "cli/inspect.hpp"
#include "cli/project_model.hpp"

namespace mote::cli {
namespace {

namespace fs = std::filesystem;

std::vector<uint8_t> read_file(const std::string& path) {
  constexpr uintmax_t bytes_max = uintmax_t{1} << 30;
  std::error_code error;
  const uintmax_t size = fs::file_size(path, error);
  if (error) throw std::runtime_error(path + ": " + error.message());
  if (size > bytes_max) throw std::runtime_error(path + ": larger than 1 GiB");
  std::vector<uint8_t> bytes(size);
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  if (!file) throw std::runtime_error(path + ": can't be read");
  return bytes;
}

int run_inspect(const InspectOptions& options) {
  const std::string extension = fs::path(options.path).extension().string();
  if (extension == ".toml" || fs::is_directory(options.path)) {
    if (options.text) throw UsageError("--text is for .tflite, .onnx and .graph models");
    draw_project(options);
    return inspect_project(options);
  }
  const std::vector<uint8_t> bytes = read_file(options.path);
  const bool package = bytes.size() >= 4 && std::string(bytes.begin(), bytes.begin() + 4) == "MOTE";
  if (package || extension == ".mote") {
    if (options.text || !options.html.empty() || !options.svg.empty()) {
      throw UsageError(
          "--text, --html and --svg are for models and projects: a package has no graph");
    }
    return inspect_package(options, bytes);
  }
  return inspect_model(options, bytes);
}

}  // namespace

void add_inspect_command(Command& mote) {
  auto options = std::make_shared<InspectOptions>();
  Command inspect = mote.subcommand(
      "inspect", "Show what is in a .tflite, .onnx or .graph model, a .mote package or a project");
  inspect.option("FILE", options->path, "Model, package, mote.toml or a project's folder")
      .required()
      .existing_path();
  inspect.json_flag(options->json);
  const Option text =
      inspect.flag("--text", options->text, "Print a model's graph in the compiler's text form");
  inspect.flag("--full", options->full, "With --text: print every constant in full").needs(text);
  inspect.option("--html", options->html,
                 "Write a page with the graph, its costs and the memory plan");
  inspect.option("--svg", options->svg, "Write the graph as a picture");
  add_board_option(inspect, options->board, "Board of the page's memory plan");
  inspect.examples({"mote inspect kws.tflite", "mote inspect kws.tflite --json",
                    "mote inspect kws.tflite --html kws.html",
                    "mote inspect kws.tflite --text --full > kws.txt",
                    "mote inspect build/motor.mote", "mote inspect ."});
  inspect.on_run([options] { return run_inspect(*options); });
}

}  // namespace mote::cli
