// mote compile: a model or a project in, a .mote package and C++ source out.

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include "cli/command.hpp"
#include "cli/model_file.hpp"
#include "cli/output.hpp"
#include "cli/project_model.hpp"
#include "compiler/compile.hpp"
#include "compiler/emit/cpp_source.hpp"
#include "compiler/import_model.hpp"
#include "lab/board.hpp"
#include "lab/carried_headers.hpp"

namespace mote::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string model;
  std::string board;
  std::string run;
  std::string output;
  std::string source_folder;
  bool channels_last = false;
  OptimizeOption optimize;
  bool json = false;
};

void write_text(const fs::path& path, const std::string& text) {
  write_file(path, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

nlohmann::json report(const Compiled& compiled, const Options& options) {
  const plan::Plan& plan = compiled.plan;
  nlohmann::json ops = nlohmann::json::array();
  for (const plan::PlannedOp& op : plan.ops) {
    ops.push_back({{"name", op.name}, {"kernel", plan::kernel_name(op)}, {"macs", op.macs}});
  }
  return {{"model", options.model},
          {"board", options.board},
          {"arena_bytes", plan.arena_bytes},
          {"input_piece_bytes", plan.inputs.empty() ? 0 : plan.inputs[0].piece_bytes},
          {"constant_bytes", plan.constants.size()},
          {"package_bytes", compiled.package.size()},
          {"ops", ops}};
}

void print_report(const Compiled& compiled, const Options& options) {
  // A layer that runs in bands has many ops; the first is its kernel's.
  std::map<int32_t, int64_t> layer_macs;
  for (const plan::PlannedOp& op : compiled.plan.ops) layer_macs[op.layer] += op.macs;
  Table table({"op", "kernel", "MACs"});
  int64_t macs = 0;
  std::set<int32_t> shown;
  for (const plan::PlannedOp& op : compiled.plan.ops) {
    macs += op.macs;
    if (op.kernel == nullptr || !shown.insert(op.layer).second) continue;
    table.add({op.name, std::string(op.kernel->symbol), std::to_string(layer_macs[op.layer])});
  }
  fmt::print("{} for {}\n\n{}\n", options.model, options.board, table.text());
  fmt::print("  {} MACs, arena {} B, constants {} B, package {} B\n", macs,
             compiled.plan.arena_bytes, compiled.plan.constants.size(), compiled.package.size());
  for (const plan::PlannedPort& input : compiled.plan.inputs) {
    if (input.piece_bytes == 0) continue;
    fmt::print("  input of {} B comes from the caller, at most {} B at a time\n", input.bytes,
               input.piece_bytes);
  }
  fmt::print("  wrote {}\n", options.output);
}

struct Named {
  std::string name;
  Compiled compiled;
};

Named compile_model(Options& options) {
  if (options.channels_last && model_format(options.model) != ModelFormat::onnx) {
    throw UsageError("--channels-last is for .onnx models; others have their images so");
  }
  if (is_project(options.model)) {
    ProjectModel model =
        load_project_model(options.model, options.board, options.run, options.optimize);
    options.board = model.board->name;
    return {model.project.project.name, std::move(model.compiled)};
  }
  if (!options.run.empty())
    throw UsageError("--run is for projects; " + options.model + " is none");
  if (options.board.empty()) options.board = default_board;
  const fs::path model = options.model;
  const auto bytes = read_file(model);
  CompileOptions settings;
  settings.target = lab::find_board(options.board).target();
  settings.planning = planning_of(options.optimize);
  settings.metadata = nlohmann::json{{"source", model.filename().string()}}.dump(
      -1, ' ', false, nlohmann::json::error_handler_t::replace);
  ir::Graph graph = import_model(bytes, model.filename().string());
  if (options.channels_last) take_channels_last(graph);
  return {model.stem().string(), compile(std::move(graph), settings)};
}

// The model's two files, and beside them, in their own folders, the kernel headers that they
// include.
void write_source(const Compiled& compiled, const std::string& name, const fs::path& folder) {
  const std::string stem = emit::cpp_name(name);
  const emit::CppSource source = emit::write_cpp(compiled.plan, stem);
  const auto carried = lab::carried_headers(source.source);
  fs::create_directories(folder);
  write_text(folder / (stem + ".hpp"), source.header);
  write_text(folder / (stem + ".cpp"), source.source);
  for (const auto& [path, text] : carried) {
    fs::create_directories((folder / path).parent_path());
    write_text(folder / path, text);
  }
}

int run(Options options) {
  const auto [name, compiled] = compile_model(options);
  if (options.output.empty()) options.output = name + ".mote";
  write_file(options.output, compiled.package);
  if (!options.source_folder.empty()) write_source(compiled, name, options.source_folder);
  if (options.json) {
    print_json(report(compiled, options));
  } else {
    print_report(compiled, options);
  }
  return exit_ok;
}

}  // namespace

void add_compile_command(Command& mote) {
  auto options = std::make_shared<Options>();
  Command command = mote.subcommand(
      "compile", "Compile a model or a trained project into a .mote package and C++ source");
  command
      .option("MODEL", options->model,
              "A .tflite, .onnx or .graph file, or a project: mote.toml or its folder")
      .required()
      .existing_path();
  add_board_option(command, options->board, "Board that the kernels are chosen for");
  command.option("--run", options->run, run_option_help);
  command.option("-o,--output", options->output,
                 "Package to write; default: the model's or project's NAME.mote here");
  command.flag("--channels-last", options->channels_last,
               "Take and give images as [n, h, w, c] where an .onnx file has [n, c, h, w]");
  command.option("--emit-cpp", options->source_folder,
                 "Also write the model as C++ source (C++14 and later) into this folder, with\n"
                 "the kernel headers that it includes");
  add_optimize_option(command, options->optimize);
  command.json_flag(options->json);
  command.examples({"mote compile examples/predictive-maintenance",
                    "mote compile kws.tflite --board mps2-an386 -o kws.mote",
                    "mote compile kws.tflite --emit-cpp generated",
                    "mote compile vww.tflite --optimize ram",
                    "mote compile mnist.onnx --channels-last"});
  command.on_run([options] { return run(*options); });
}

}  // namespace mote::cli
