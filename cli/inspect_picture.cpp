// The graph of a model as a picture, and a page with it, what it costs and where its tensors lie.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <fstream>

#include "cli/inspect.hpp"
#include "cli/project_model.hpp"
#include "compiler/compile.hpp"
#include "compiler/ir/op.hpp"
#include "lab/report/report.hpp"
#include "lab/report/svg.hpp"

namespace mote::cli {
namespace {

namespace report = lab::report;
using lab::report::grouped;

void write_text(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error(path + ": can't be written");
}

std::string shape_text(const ir::Tensor& tensor) {
  return fmt::format("{} [{}]", ir::dtype_name(tensor.dtype), fmt::join(tensor.shape, ","));
}

std::string ports_text(const ir::Graph& graph, const std::vector<ir::TensorId>& ids) {
  std::vector<std::string> ports;
  for (const ir::TensorId id : ids) {
    ports.push_back(graph.tensor(id).name + " " + shape_text(graph.tensor(id)));
  }
  return fmt::format("{}", fmt::join(ports, "; "));
}

std::string note_of(const ir::Graph& graph, const ir::Node& node) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : node.attributes) {
    if (const auto* integer = std::get_if<int64_t>(&value)) {
      parts.push_back(fmt::format("{} {}", name, *integer));
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      parts.push_back(fmt::format("{} {}", name, *text));
    }
  }
  for (const ir::TensorId id : node.inputs) {
    if (id != ir::no_tensor) {
      parts.push_back(graph.tensor(id).name + " " + shape_text(graph.tensor(id)));
    }
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

bool has_kernel(const ir::Graph& graph, const ir::Node& node, const ir::Target& target) {
  try {
    ir::lower(graph, node, target);
    return true;
  } catch (const ir::GraphError&) {
    return false;
  }
}

report::ModelGraph picture_of(const ir::Graph& graph, const ir::Target& target) {
  report::ModelGraph picture{{}, ports_text(graph, graph.inputs), ports_text(graph, graph.outputs)};
  for (const ir::Node& node : graph.nodes) {
    report::GraphNode box;
    box.name = node.op;
    box.shape = shape_text(graph.tensor(node.outputs.at(0)));
    box.note = note_of(graph, node);
    box.macs = ir::find_op(node.op).macs(graph, node);
    for (const ir::TensorId id : node.outputs) box.output_bytes += graph.tensor(id).byte_size();
    for (const ir::TensorId id : node.inputs) {
      if (id == ir::no_tensor) continue;
      if (graph.tensor(id).constant) {
        box.constant_bytes += graph.tensor(id).byte_size();
      } else if (!graph.tensor(id).variable) {
        box.reads.push_back(graph.producer(id));
      }
    }
    box.supported = has_kernel(graph, node, target);
    picture.nodes.push_back(std::move(box));
  }
  return picture;
}

report::Page page_of(const ir::Graph& graph, const lab::Board& board, const std::string& title,
                     const std::string& svg) {
  int64_t macs = 0, constants = 0;
  for (const ir::Node& node : graph.nodes) macs += ir::find_op(node.op).macs(graph, node);
  for (const ir::Tensor& tensor : graph.tensors) {
    constants += tensor.constant ? tensor.byte_size() : 0;
  }
  report::Page page;
  page.title = title;
  page.subtitle = ports_text(graph, graph.inputs) + " to " + ports_text(graph, graph.outputs);
  page.tiles = {{std::to_string(graph.nodes.size()), "operators", ""},
                {grouped(macs), "multiply-accumulates", "per inference"},
                {grouped(constants), "bytes of weights", "and other constants"}};
  page.sections.push_back(
      {"Graph",
       "As it stands in the file. Point at an operator for its attributes and inputs; one "
       "with a red edge has no kernel.",
       svg});
  try {
    CompileOptions options;
    options.target = board.target();
    options.golden_seed = 0;
    const plan::Plan plan = compile(graph, options).plan;
    page.tiles.push_back(
        {grouped(plan.arena_bytes), "bytes of arena", fmt::format("on {}", board.name)});
    page.sections.push_back(
        {"Memory plan",
         fmt::format("Where each tensor lies in the arena, and during which of the {} kernel calls "
                     "of the model compiled for {} ({}). A tensor may start on its dying input.",
                     plan.ops.size(), board.name, board.core),
         report::memory_map_svg(plan.buffers, plan.arena_bytes, plan.ops.size())});
  } catch (const ir::GraphError& error) {
    page.sections.push_back({"Memory plan",
                             fmt::format("None: it does not compile for {}.", board.name),
                             report::table_html({{"reason"}, {error.what()}})});
  }
  page.footer = "Written by mote inspect.";
  return page;
}

void draw(const InspectOptions& options, const ir::Graph& graph, const lab::Board& board,
          const std::string& title) {
  const std::string svg = report::model_graph_svg(picture_of(graph, board.target()));
  if (!options.svg.empty()) write_text(options.svg, report::picture_file(svg));
  if (!options.html.empty()) {
    write_text(options.html, report::page_html(page_of(graph, board, title, svg)));
  }
}

bool asks_nothing(const InspectOptions& options) {
  return options.html.empty() && options.svg.empty();
}

}  // namespace

void draw_model(const InspectOptions& options, const ir::Graph& graph) {
  if (asks_nothing(options)) return;
  const std::string board = options.board.empty() ? default_board : options.board;
  draw(options, graph, lab::find_board(board),
       std::filesystem::path(options.path).filename().string());
}

void draw_project(const InspectOptions& options) {
  if (asks_nothing(options)) return;
  const ProjectModel model = load_project_model(options.path, options.board);
  draw(options, model.run.device, *model.board, model.project.project.name);
}

}  // namespace mote::cli
