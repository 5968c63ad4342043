#include "project/project.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "project/checks.hpp"
#include "project/sections.hpp"

namespace mote::project {
namespace {

namespace fs = std::filesystem;

constexpr size_t feature_blocks_max = 16;

void note_lines(const Node& node, const std::string& path, std::map<std::string, int32_t>& lines) {
  if (!path.empty()) lines[path] = node.line;
  const std::string prefix = path.empty() ? "" : path + ".";
  if (const auto* table = node.as<Node::Table>()) {
    for (const auto& [key, member] : *table) note_lines(member, prefix + key, lines);
  } else if (const auto* list = node.as<Node::List>()) {
    for (size_t i = 0; i < list->size(); ++i) {
      note_lines((*list)[i], prefix + std::to_string(i), lines);
    }
  }
}

class Reader {
 public:
  Reader(const Node& document, const std::string& file)
      : root_(*document.as<Node::Table>()), file_(file) {}

  template <typename Section>
  void section(const std::string& name, const std::vector<Field<Section>>& fields,
               Section& section) {
    known_.push_back(name);
    const auto found = root_.find(name);
    if (found == root_.end()) return;
    read_table(Place{file_, "[" + name + "]"}, found->second, fields, section);
  }

  void augment(AugmentSection& augment) {
    const auto train = root_.find("train");
    if (train == root_.end()) return;
    const auto& keys = *train->second.as<Node::Table>();
    const auto found = keys.find("augment");
    if (found == keys.end()) return;
    read_table(Place{file_, "[train.augment]"}, found->second, augment_fields(), augment);
  }

  void window(double rate_hz, WindowSection& window) {
    WindowKeys keys;
    section("window", window_fields(), keys);
    window = keys.rest;
    window.length = frames("length", keys.length, keys.length_ms, rate_hz);
    window.stride = frames("stride", keys.stride, keys.stride_ms, rate_hz);
    if (window.stride == 0) window.stride = window.length;
  }

  void features(std::vector<features::FeatureBlock>& blocks) {
    known_.push_back("features");
    const auto found = root_.find("features");
    if (found == root_.end()) return;
    const Place place{file_, "[[features]]"};
    const auto* list = found->second.as<Node::List>();
    if (list == nullptr || list->size() > feature_blocks_max) {
      place.fail(found->second.line, fmt::format("takes up to {} tables: write [[features]] above"
                                                 " each",
                                                 feature_blocks_max));
    }
    for (const Node& block : *list) blocks.push_back(read_feature(place, block));
  }

  void refuse_others() const {
    for (const auto& [name, node] : root_) {
      if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
      Place{file_, "section"}.fail(
          node.line, fmt::format("'{}' is unknown{}", name, suggestion(name, known_)));
    }
  }

 private:
  // A length from frames or from milliseconds; 0 when the file says neither.
  int64_t frames(const std::string& key, int64_t count, double ms, double rate_hz) const {
    if (count > 0 && ms > 0) {
      const Node& window = root_.at("window");
      Place{file_, "[window]"}.fail(
          window.as<Node::Table>()->at(key).line,
          fmt::format("says both '{0}' and '{0}_ms'; take one of them away", key));
    }
    return count > 0 ? count : std::llround(ms * rate_hz / 1000.0);
  }

  const Node::Table& root_;
  std::string file_;
  std::vector<std::string> known_;
};

}  // namespace

features::FeatureRecipe Project::recipe() const {
  return {sensor.rate_hz, sensor.scale(), features};
}

void Project::fail(const std::string& key, const std::string& what) const {
  std::string at = key;
  while (lines.count(at) == 0 && at.find('.') != std::string::npos) at.erase(at.rfind('.'));
  const auto found = lines.find(at);
  const int32_t line = found == lines.end() ? 1 : found->second;
  throw ProjectError(fmt::format("{}:{}: {}: {}", file, line, key, what));
}

Project parse(std::string_view text, const std::string& name) {
  const Node document = parse_document(text, name);
  Project project;
  project.file = name;
  project.directory = fs::path(name).parent_path().string();
  if (project.directory.empty()) project.directory = ".";
  note_lines(document, "", project.lines);
  Reader reader(document, name);
  reader.section("project", project_fields(), project.project);
  reader.section("data", data_fields(), project.data);
  reader.section("sensor", sensor_fields(), project.sensor);
  reader.window(project.sensor.rate_hz, project.window);
  reader.features(project.features);
  reader.section("model", model_fields(), project.model);
  reader.section("train", train_fields(), project.train);
  reader.augment(project.train.augment);
  reader.section("quantize", quantize_fields(), project.quantize);
  reader.section("target", target_fields(), project.target);
  reader.section("publish", publish_fields(), project.publish);
  reader.refuse_others();
  if (project.publish.topic.empty()) project.publish.topic = project.project.name;
  check(project);
  return project;
}

Project load(const std::string& path) {
  const std::string file = fs::is_directory(path) ? path + "/mote.toml" : path;
  std::ifstream stream(file, std::ios::binary);
  if (!stream || fs::is_directory(file)) {
    throw ProjectError(file + ": can't be read; `mote new DIR` makes a project");
  }
  const std::string text((std::istreambuf_iterator<char>(stream)),
                         std::istreambuf_iterator<char>());
  return parse(text, file);
}

}  // namespace mote::project
