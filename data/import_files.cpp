#include "data/import_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <regex>

namespace mote::data {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view index_name = "index.csv";
constexpr std::string_view info_labels_name = "info.labels";

struct Plan {
  std::vector<const SourceFile*> files;
  std::map<std::string, const SourceFile*> by_name;  // all there are
  Annotations annotations;                           // by file name
  bool has_index = false;
  std::vector<ImportReport::Skipped> missing;
};

bool is_annotation_file(const std::string& name) {
  const std::string base = fs::path(name).filename().string();
  return base == index_name || base == info_labels_name || base.starts_with("ORIGIN_") ||
         base.starts_with("README") || base.starts_with("LICEN");
}

// Rows such as "#00017" are about items of a file that brings its labels along.
bool is_about_items(const Annotations& annotations) {
  return !annotations.empty() && annotations.begin()->first.starts_with('#');
}

Plan plan_of(const std::vector<SourceFile>& files, const ImportRequest& request) {
  Plan plan;
  for (const SourceFile& file : files) {
    const fs::path path(file.name);
    if (path.filename() == info_labels_name) {
      for (auto& [name, annotation] : parse_info_labels(file.name, file.bytes())) {
        plan.annotations[(path.parent_path() / name).generic_string()] = annotation;
      }
    }
  }
  for (const SourceFile& file : files) {
    if (file.name != index_name) continue;
    Annotations annotations = parse_index(file.name, file.bytes());
    if (is_about_items(annotations)) continue;
    plan.has_index = true;
    plan.annotations = std::move(annotations);
  }
  for (const SourceFile& file : files) {
    plan.by_name[file.name] = &file;
    const bool chosen =
        plan.has_index ? plan.annotations.count(file.name) > 0 : !is_annotation_file(file.name);
    const bool known = !request.format.empty() || importer_for(file.name) != nullptr ||
                       !refusal_of(file.name).empty();
    if (!request.only.empty() && !std::regex_match(file.name, std::regex(request.only))) continue;
    if (chosen && (known || plan.has_index || files.size() == 1)) plan.files.push_back(&file);
  }
  for (const auto& [name, annotation] : plan.annotations) {
    if (plan.by_name.count(name) == 0) plan.missing.push_back({name, "is listed but not there"});
  }
  return plan;
}

// Edge Impulse names files "<label>.<id>.json" when it exports.
std::string label_from_edge_impulse_name(const std::string& name) {
  const std::string base = fs::path(name).filename().string();
  return std::count(base.begin(), base.end(), '.') >= 2 ? base.substr(0, base.find('.')) : "";
}

Annotation annotation_of(const std::string& name, const Plan& plan, const Importer& importer,
                         const ImportRequest& request) {
  Annotation annotation;
  if (const auto listed = plan.annotations.find(name); listed != plan.annotations.end()) {
    annotation = listed->second;
  }
  if (!request.path_pattern.empty()) {
    if (const auto matched = PathPattern(request.path_pattern).match(name)) {
      if (annotation.label.empty()) annotation.label = matched->label;
      if (annotation.group.empty()) annotation.group = matched->group;
      if (annotation.split.empty()) annotation.split = matched->split;
    }
  }
  if (annotation.label.empty() && importer.format == "edge-impulse") {
    annotation.label = label_from_edge_impulse_name(name);
  }
  apply(request.rewrites, name, annotation);
  if (!request.fixed.label.empty()) annotation.label = request.fixed.label;
  if (!request.fixed.group.empty()) annotation.group = request.fixed.group;
  if (!request.fixed.split.empty()) annotation.split = request.fixed.split;
  return annotation;
}

std::vector<Recording> read_one(const SourceFile& file, const Plan& plan,
                                const ImportRequest& request) {
  if (const std::string refusal = refusal_of(file.name); !refusal.empty()) {
    throw DataError(file.name + ": " + refusal);
  }
  const Importer* importer =
      request.format.empty() ? importer_for(file.name) : &importer_named(request.format);
  if (importer == nullptr) {
    throw DataError(file.name + ": its extension is of no known format; name one with --format");
  }
  const std::string bytes = file.bytes();
  const Bytes view(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  const Annotation annotation = annotation_of(file.name, plan, *importer, request);
  ImportOptions options = request.options;
  options.companion = [&plan](const std::string& name) -> std::optional<std::string> {
    const auto found = plan.by_name.find(name);
    if (found == plan.by_name.end()) return std::nullopt;
    return found->second->bytes();
  };
  std::vector<Recording> recordings;
  for (const Recording& recording : read_recordings(*importer, file.name, view, options)) {
    for (Recording& part : annotated(recording, annotation)) recordings.push_back(std::move(part));
  }
  return recordings;
}

// A reason without the file's name in front, which the report prints anyway.
std::string reason_of(const std::string& name, const std::exception& error) {
  const std::string text = error.what();
  const std::string prefix = name + ": ";
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

}  // namespace

std::vector<SourceFile> find_files(const std::vector<std::string>& paths) {
  std::vector<SourceFile> files;
  for (const std::string& given : paths) {
    const fs::path path(given);
    if (!fs::exists(path)) throw DataError(given + ": there is no such file or folder");
    if (!fs::is_directory(path)) {
      files.push_back({path.filename().generic_string(), [given] { return read_file(given); }});
      continue;
    }
    std::vector<SourceFile> inside;
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      const std::string name = entry.path().lexically_relative(path).generic_string();
      const bool hidden = name.starts_with('.') || name.find("/.") != std::string::npos;
      if (!entry.is_regular_file() || hidden) continue;
      const std::string full = entry.path().string();
      inside.push_back({name, [full] { return read_file(full); }});
    }
    std::sort(inside.begin(), inside.end(),
              [](const SourceFile& a, const SourceFile& b) { return a.name < b.name; });
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

ImportReport import_files(Dataset& dataset, const std::vector<SourceFile>& files,
                          const ImportRequest& request,
                          const std::function<void(size_t, size_t)>& progress) {
  const Plan plan = plan_of(files, request);
  ImportReport report;
  report.skipped = plan.missing;
  std::vector<Recording> recordings;
  for (size_t i = 0; i < plan.files.size(); ++i) {
    const SourceFile& file = *plan.files[i];
    try {
      for (Recording& recording : read_one(file, plan, request)) {
        recordings.push_back(std::move(recording));
      }
      ++report.files;
    } catch (const std::exception& error) {
      report.skipped.push_back({file.name, reason_of(file.name, error)});
    }
    if (progress) progress(i + 1, plan.files.size());
  }
  report.added = dataset.add({0, request.source, request.sha256, 0}, recordings);
  report.already_there = static_cast<int64_t>(recordings.size()) - report.added;
  dataset.save();
  return report;
}

}  // namespace mote::data
