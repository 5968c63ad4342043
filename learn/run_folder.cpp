// A training run on disk.

#include <filesystem>

#include "compiler/ir/text.hpp"
#include "data/dataset.hpp"
#include "learn/run.hpp"

namespace mote::learn {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int version = 1;

json pipeline_json(const plan::Pipeline& p) {
  return {{"rate_hz", p.rate_hz},
          {"axes", p.axes},
          {"window_length", p.window_length},
          {"window_stride", p.window_stride},
          {"units_per_count", p.units_per_count},
          {"decision", p.decision == plan::Decision::anomaly ? "anomaly" : "classify"},
          {"threshold", p.threshold},
          {"smoothing", p.smoothing},
          {"refractory", p.refractory},
          {"background_label", p.background_label},
          {"labels", p.labels}};
}

plan::Pipeline pipeline_of(const json& j) {
  plan::Pipeline p;
  p.rate_hz = j.at("rate_hz");
  p.axes = j.at("axes");
  p.window_length = j.at("window_length");
  p.window_stride = j.at("window_stride");
  p.units_per_count = j.at("units_per_count");
  p.decision = j.at("decision") == "anomaly" ? plan::Decision::anomaly : plan::Decision::classify;
  p.threshold = j.at("threshold");
  p.smoothing = j.at("smoothing");
  p.refractory = j.at("refractory");
  p.background_label = j.at("background_label");
  p.labels = j.at("labels").get<std::vector<std::string>>();
  return p;
}

}  // namespace

std::string run_folder(const project::Project& project) {
  return (fs::path(project.directory) / "trained" / project.project.name).string();
}

void save_run(const TrainedRun& run, const std::string& folder) {
  fs::create_directories(folder);
  const fs::path base = folder;
  data::write_file((base / "device.graph").string(), ir::print_text(run.device, ir::full_text));
  data::write_file((base / "network.graph").string(), ir::print_text(run.network, ir::full_text));
  const json document{
      {"mote_run", version}, {"pipeline", pipeline_json(run.pipeline)}, {"report", run.report}};
  data::write_file((base / "run.json").string(), document.dump(2) + "\n");
}

TrainedRun load_run(const std::string& folder) {
  const fs::path base = folder;
  if (!fs::exists(base / "run.json")) {
    throw std::runtime_error(folder + ": holds no training run; run `mote train` first");
  }
  TrainedRun run;
  fs::path file = base / "run.json";
  try {
    const json document = json::parse(data::read_file(file.string()));
    if (document.at("mote_run") != version) {
      throw std::runtime_error("is of version " + document.at("mote_run").dump());
    }
    run.pipeline = pipeline_of(document.at("pipeline"));
    run.report = document.at("report");
    file = base / "device.graph";
    run.device = ir::parse_text(data::read_file(file.string()));
    file = base / "network.graph";
    run.network = ir::parse_text(data::read_file(file.string()));
  } catch (const std::exception& error) {
    throw std::runtime_error(file.string() + ": " + error.what() + "; run `mote train` again");
  }
  return run;
}

}  // namespace mote::learn
