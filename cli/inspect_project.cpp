#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/inspect.hpp"
#include "cli/output.hpp"
#include "project/project.hpp"

namespace mote::cli {
namespace {

using Json = nlohmann::json;

struct BlockName {
  std::string operator()(const features::RawBlock&) const { return "raw"; }
  std::string operator()(const features::MelBlock& block) const {
    return block.coefficients == 0 ? "mel (MFE)" : "mel (MFCC)";
  }
  std::string operator()(const features::StatisticsBlock&) const { return "statistics"; }
  std::string operator()(const features::SpectralBlock& block) const {
    return block.envelope_high_hz > 0 ? "spectral (envelope)" : "spectral";
  }
};

Json report(const InspectOptions& options, const project::Project& p) {
  std::vector<std::string> blocks;
  for (const auto& block : p.features) blocks.push_back(std::visit(BlockName{}, block));
  return {{"file", p.file.empty() ? options.path : p.file},
          {"kind", "project"},
          {"name", p.project.name},
          {"description", p.project.description},
          {"datasets", p.data.datasets},
          {"labels", p.data.labels},
          {"sensor",
           {{"axes", p.sensor.axes},
            {"units", p.sensor.units},
            {"rate_hz", p.sensor.rate_hz},
            {"units_per_count", p.sensor.scale()}}},
          {"window",
           {{"length", p.window.length},
            {"stride", p.window.stride},
            {"length_ms", 1000.0 * static_cast<double>(p.window.length) / p.sensor.rate_hz},
            {"stride_ms", 1000.0 * static_cast<double>(p.window.stride) / p.sensor.rate_hz}}},
          {"features", blocks},
          {"model", p.model.type},
          {"train", {{"task", p.train.task}, {"epochs", p.train.epochs}, {"seed", p.train.seed}}},
          {"target",
           {{"board", p.target.board},
            {"ram_bytes", p.target.ram_bytes},
            {"flash_bytes", p.target.flash_bytes},
            {"engine", p.target.engine}}},
          {"publish", {{"topic", p.publish.topic}, {"qos", p.publish.qos}}}};
}

void print_report(const project::Project& p, const Json& r) {
  fmt::print("{}: project '{}'\n", r["file"].get<std::string>(), p.project.name);
  if (!p.project.description.empty()) fmt::print("  {}\n", p.project.description);
  fmt::print("  data      {}\n", fmt::join(p.data.datasets, ", "));
  if (!p.data.labels.empty()) fmt::print("  labels    {}\n", fmt::join(p.data.labels, ", "));
  fmt::print("  sensor    {} axes at {} Hz, {:.6g} {} per count\n",
             std::max<size_t>(p.sensor.axes.size(), 1), p.sensor.rate_hz, p.sensor.scale(),
             p.sensor.units);
  fmt::print("  window    {} frames ({:.0f} ms) every {} ({:.0f} ms)\n", p.window.length,
             r["window"]["length_ms"].get<double>(), p.window.stride,
             r["window"]["stride_ms"].get<double>());
  fmt::print("  features  {}\n", fmt::join(r["features"].get<std::vector<std::string>>(), ", "));
  fmt::print("  model     {}, task {}, {} epochs, seed {}\n", p.model.type, p.train.task,
             p.train.epochs, p.train.seed);
  fmt::print("  target    {}, {} bytes of RAM, {} of flash, engine {}\n", p.target.board,
             p.target.ram_bytes, p.target.flash_bytes, p.target.engine);
  fmt::print("  publish   {} (QoS {})\n", p.publish.topic, p.publish.qos);
}

}  // namespace

int inspect_project(const InspectOptions& options) {
  const project::Project p = project::load(options.path);
  const Json document = report(options, p);
  if (options.json) {
    print_json(document);
  } else {
    print_report(p, document);
  }
  return 0;
}

}  // namespace mote::cli
