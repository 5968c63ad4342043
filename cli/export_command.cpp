// mote export: a model or a project in, a .tflite file out.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <memory>

#include "cli/command.hpp"
#include "cli/model_file.hpp"
#include "cli/output.hpp"
#include "cli/project_model.hpp"
#include "compiler/compile.hpp"
#include "compiler/export/tflite_writer.hpp"
#include "compiler/export_model.hpp"
#include "compiler/import_model.hpp"

namespace mote::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string model;
  std::string run;
  std::string output;
  bool real = false;
  bool optimised = false;
  bool json = false;
};

struct Source {
  std::string name;
  ir::Graph graph;
  std::vector<std::string> left_out;
};

Source source_of(const Options& options) {
  if (is_project(options.model)) {
    const ProjectRun loaded = load_project_run(options.model, options.run);
    NetworkPart part = network_part(options.real ? loaded.run.network : loaded.run.device);
    return {loaded.project.project.name, std::move(part.graph), std::move(part.left_out)};
  }
  if (options.real || !options.run.empty()) {
    throw UsageError("--float and --run are for projects; " + options.model + " is none");
  }
  ir::Graph graph = import_model_file(options.model);
  if (model_format(options.model) != ModelFormat::tflite) {
    graph = folded_for_tflite(std::move(graph));
  }
  return {fs::path(options.model).stem().string(), std::move(graph), {}};
}

ExportedModel exported(const Source& source) {
  try {
    return export_tflite(source.graph);
  } catch (const tflite::InexpressibleError& error) {
    throw std::runtime_error(std::string(error.what()) +
                             "\nTensorFlow Lite can't run these; leave them out of the model and "
                             "compute them before it, or compile the model with `mote compile`");
  }
}

nlohmann::json ports_json(const ir::Graph& graph, const std::vector<ir::TensorId>& ids) {
  nlohmann::json ports = nlohmann::json::array();
  for (ir::TensorId id : ids) {
    const ir::Tensor& tensor = graph.tensor(id);
    ports.push_back({{"name", tensor.name},
                     {"type", ir::dtype_name(tensor.dtype)},
                     {"shape", tensor.shape},
                     {"scale", tensor.quantization.scale},
                     {"zero_point", tensor.quantization.zero_point}});
  }
  return ports;
}

nlohmann::json report(const Source& source, const ExportedModel& model, const Options& options) {
  return {{"model", options.model},
          {"output", options.output},
          {"bytes", model.file.size()},
          {"operators", model.operators},
          {"inputs", ports_json(source.graph, source.graph.inputs)},
          {"outputs", ports_json(source.graph, source.graph.outputs)},
          {"left_out", source.left_out},
          {"expanded", model.expanded},
          {"same_graph", true},
          {"same_bits", model.ran}};
}

void print_ports(const char* what, const ir::Graph& graph, const std::vector<ir::TensorId>& ids) {
  for (ir::TensorId id : ids) {
    const ir::Tensor& tensor = graph.tensor(id);
    fmt::print("  {} '{}': {} [{}]\n", what, tensor.name, ir::dtype_name(tensor.dtype),
               fmt::join(tensor.shape, ", "));
  }
}

void print_report(const Source& source, const ExportedModel& model, const Options& options) {
  fmt::print("{}: {} operators, {} B\n", options.output, model.operators, model.file.size());
  print_ports("input ", source.graph, source.graph.inputs);
  print_ports("output", source.graph, source.graph.outputs);
  if (!source.left_out.empty()) {
    fmt::print(
        "  left out, since TensorFlow Lite has no such operators: {}\n"
        "  what they compute is the input of this file\n",
        fmt::join(source.left_out, ", "));
  }
  if (!model.expanded.empty()) {
    fmt::print("  written as several operators each, since TensorFlow Lite has no such: {}\n",
               fmt::join(model.expanded, ", "));
  }
  fmt::print("  read back: the same graph{}\n",
             model.ran ? ", and the same bits for seeded inputs"
                       : "; not run, since an operator has no kernel on this host");
}

int run(Options options) {
  Source source = source_of(options);
  if (options.optimised) run_passes(source.graph);
  const ExportedModel model = exported(source);
  if (options.output.empty()) options.output = source.name + ".tflite";
  if (fs::exists(options.output) && fs::equivalent(options.output, options.model)) {
    throw UsageError(options.output + " is the model itself; name another file with -o");
  }
  write_file(options.output, model.file);
  if (options.json) {
    print_json(report(source, model, options));
  } else {
    print_report(source, model, options);
  }
  return exit_ok;
}

}  // namespace

void add_export_command(Command& mote) {
  auto options = std::make_shared<Options>();
  Command command =
      mote.subcommand("export", "Write a model, or a trained project's network, as a .tflite file");
  command
      .option("MODEL", options->model,
              "A .tflite or .onnx file, or a project: mote.toml or its folder")
      .required()
      .existing_path();
  command.option("-o,--output", options->output,
                 "File to write; default: the model's or project's NAME.tflite here");
  command.flag("--float", options->real,
               "Projects: the float32 network, as it was before quantisation");
  command.flag("--optimized", options->optimised,
               "Write what the compiler's passes make of it: constants folded, activations "
               "fused, channels that don't count removed; the results are the same");
  command.option("--run", options->run, run_option_help);
  command.json_flag(options->json);
  command.examples({"mote export examples/wake-word -o wake.tflite",
                    "mote export examples/wake-word --float", "mote export net.onnx -o net.tflite",
                    "mote export vww_96_int8.tflite --optimized -o smaller.tflite"});
  command.on_run([options] { return run(*options); });
}

}  // namespace mote::cli
