#include "cli/quantize_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/output.hpp"
#include "compiler/ir/op.hpp"

namespace mote::cli {
namespace {

using quantize::Precision;
using quantize::precision_name;

// One line of the report: a node of the float graph.
struct Layer {
  size_t node;
  const ir::Node& source;
  const ir::Tensor& real;     // its first output
  const ir::Tensor& integer;  // the same in the converted graph
  Precision precision;
  const quantize::Noise& noise;
  const quantize::Sensitivity* sensitivity;  // nullptr: not measured
};

std::vector<Layer> layers_of(const QuantizeReport& report) {
  std::vector<Layer> layers;
  const ir::Graph& graph = report.prepared->graph;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto y = static_cast<size_t>(graph.nodes[i].outputs.at(0));
    if (graph.tensors[y].variable) continue;
    const auto found = std::ranges::find(report.sensitivity, i, &quantize::Sensitivity::node);
    layers.push_back({i, graph.nodes[i], graph.tensors[y],
                      report.converted->graph.tensor(report.converted->values[y]),
                      report.converted->precisions[i], report.noise[y],
                      found == report.sensitivity.end() ? nullptr : &*found});
  }
  return layers;
}

const quantize::ValueRange* range_of(const QuantizeReport& report, const Layer& layer) {
  const auto& ranges = layer.integer.dtype == ir::DType::i16 ? report.prepared->ranges.wide
                                                             : report.prepared->ranges.narrow;
  const auto y = static_cast<size_t>(layer.source.outputs.at(0));
  return y < ranges.size() && ranges[y].seen ? &ranges[y] : nullptr;
}

std::string decibels(const quantize::Noise& noise) {
  return noise.noise == 0 ? "exact" : fmt::format("{:.1f}", noise.decibels());
}

std::string grid_text(const ir::Tensor& tensor) {
  if (tensor.quantization.empty()) return "";
  return fmt::format("{:.4g}:{}", tensor.scale(), tensor.zero_point());
}

nlohmann::json cost_json(const quantize::Cost& cost) {
  return {{"flash_bytes", cost.flash_bytes},
          {"ram_bytes", cost.ram_bytes},
          {"instructions_estimate", cost.instructions}};
}

nlohmann::json layer_json(const QuantizeReport& report, const Layer& layer) {
  nlohmann::json entry{{"layer", layer.node},
                       {"op", layer.source.op},
                       {"tensor", layer.real.name},
                       {"shape", layer.real.shape},
                       {"precision", precision_name(layer.precision)}};
  if (const auto* range = range_of(report, layer)) {
    entry["min"] = range->min;
    entry["max"] = range->max;
  }
  if (!layer.integer.quantization.empty()) {
    entry["scale"] = layer.integer.scale();
    entry["zero_point"] = layer.integer.zero_point();
  }
  if (layer.noise.signal > 0) entry["sqnr_db"] = layer.noise.decibels();
  if (layer.sensitivity != nullptr) {
    entry["alone_db"] = layer.sensitivity->alone.decibels();
    entry["all_but_db"] = layer.sensitivity->all_but.decibels();
  }
  return entry;
}

void print_layers(const QuantizeReport& report) {
  std::vector<std::string> heading{"#",   "layer",      "precision", "min",
                                   "max", "scale:zero", "SQNR dB"};
  if (!report.sensitivity.empty()) {
    heading.emplace_back("alone");
    heading.emplace_back("all but");
  }
  Table table(heading);
  for (const Layer& layer : layers_of(report)) {
    std::string shape;
    for (int32_t extent : layer.real.shape)
      shape += (shape.empty() ? "" : ",") + std::to_string(extent);
    const auto* range = range_of(report, layer);
    std::vector<std::string> row{std::to_string(layer.node),
                                 fmt::format("{} [{}]", layer.source.op, shape),
                                 precision_name(layer.precision),
                                 range ? fmt::format("{:.4g}", range->min) : "",
                                 range ? fmt::format("{:.4g}", range->max) : "",
                                 grid_text(layer.integer),
                                 layer.noise.signal > 0 ? decibels(layer.noise) : ""};
    if (layer.sensitivity != nullptr) {
      row.push_back(decibels(layer.sensitivity->alone));
      row.push_back(decibels(layer.sensitivity->all_but));
    }
    table.add(std::move(row));
  }
  fmt::print("{}\n", table.text());
}

void print_totals(const QuantizeReport& report) {
  Table totals({"", "float32", report.precision, ""});
  const auto add = [&](const char* name, int64_t real, int64_t integer, const char* unit) {
    totals.add({name, std::to_string(real), std::to_string(integer), unit});
  };
  add("flash", report.real_cost.flash_bytes, report.cost.flash_bytes, "bytes of the package");
  add("RAM", report.real_cost.ram_bytes, report.cost.ram_bytes, "bytes of the arena");
  add("instructions", report.real_cost.instructions, report.cost.instructions,
      "estimated; `mote bench` counts them");
  for (const QuantizeAccuracy& a : report.accuracy) {
    totals.add({a.part, fmt::format("{:.2f}", 100 * a.real), fmt::format("{:.2f}", 100 * a.integer),
                fmt::format("% {} of {} samples", a.measure, a.samples)});
  }
  fmt::print("{}\n", totals.text());
}

}  // namespace

nlohmann::json to_json(const QuantizeReport& report) {
  nlohmann::json layers = nlohmann::json::array(), steps = nlohmann::json::array();
  for (const Layer& layer : layers_of(report)) layers.push_back(layer_json(report, layer));
  for (const quantize::MixedStep& step : report.steps) {
    steps.push_back({{"layer", step.node},
                     {"from", precision_name(step.from)},
                     {"to", precision_name(step.to)},
                     {"cost", cost_json(step.cost)}});
  }
  nlohmann::json accuracy = nlohmann::json::object();
  for (const QuantizeAccuracy& a : report.accuracy) {
    accuracy[a.part] = {{"measure", a.measure},
                        {"float32", a.real},
                        {"quantised", a.integer},
                        {"drop_points", 100 * (a.real - a.integer)},
                        {"samples", a.samples}};
  }
  return {{"model", report.model},
          {"source", report.source},
          {"method", report.method},
          {"precision", report.precision},
          {"palette_bits", report.palette_bits},
          {"board", report.board},
          {"calibration_samples", report.calibration_samples},
          {"held_out_samples", report.held_out_samples},
          {"held_out_is_calibration", report.held_out_is_calibration},
          {"equalised_pairs", report.equalised},
          {"biases_corrected", report.corrected},
          {"layers", layers},
          {"output_sqnr_db", report.output_noise.decibels()},
          {"cost", cost_json(report.cost)},
          {"float32_cost", cost_json(report.real_cost)},
          {"accuracy", accuracy},
          {"steps", steps},
          {"written", report.written}};
}

void print_report(const QuantizeReport& report) {
  const std::string palette =
      report.palette_bits == 0
          ? ""
          : fmt::format(" with {} values of weights in a layer", 1 << report.palette_bits);
  fmt::print("{}: {}{}, {} ranges of {} samples of {}\n\n", report.model, report.precision, palette,
             report.method, report.calibration_samples, report.source);
  print_layers(report);
  fmt::print("  results: {} dB over {} samples {}\n", decibels(report.output_noise),
             report.held_out_samples,
             report.held_out_is_calibration ? "that ranges were taken from too" : "held out");
  if (report.equalised > 0) fmt::print("  equalised {} pairs of layers\n", report.equalised);
  if (!report.steps.empty()) {
    fmt::print("  {} steps down to the budget\n", report.steps.size());
  }
  fmt::print("\n");
  print_totals(report);
  for (const std::string& file : report.written) fmt::print("  wrote {}\n", file);
}

}  // namespace mote::cli
