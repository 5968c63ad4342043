#include "data/dataset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "data/manifest.hpp"
#include "data/npy.hpp"
#include "data/sha256.hpp"

namespace mote::data {
namespace {

namespace fs = std::filesystem;

constexpr const char* manifest_name = "dataset.json";
constexpr const char* before_edit_name = "dataset.before-edit.json";

std::string manifest_path(const std::string& folder) {
  return folder + "/" + manifest_name;
}

}  // namespace

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || fs::is_directory(path)) throw DataError(path + ": can't be read");
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (file.bad()) throw DataError(path + ": reading failed half-way");
  return bytes;
}

void write_file(const std::string& path, const std::string& bytes) {
  const std::string fresh = path + ".new";
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file)
    throw DataError(path + ": can't be written; is the disk full or the folder read-only?");
  fs::rename(fresh, path, error);
  if (error) throw DataError(path + ": can't be written: " + error.message());
}

bool Dataset::exists(const std::string& folder) {
  return fs::exists(manifest_path(folder));
}

Dataset Dataset::open(const std::string& folder) {
  if (!exists(folder)) {
    throw DataError(fmt::format("{}: is not a dataset (it has no {}); see `mote data list`", folder,
                                manifest_name));
  }
  const std::string path = manifest_path(folder);
  Manifest manifest = parse_manifest(path, read_file(path));
  Dataset dataset;
  dataset.folder_ = folder;
  dataset.name_ = std::move(manifest.name);
  dataset.note_ = std::move(manifest.note);
  dataset.recordings_ = std::move(manifest.recordings);
  dataset.batch_of_ = std::move(manifest.batch_of);
  dataset.batches_ = std::move(manifest.batches);
  return dataset;
}

Dataset Dataset::create(const std::string& folder, const std::string& name) {
  if (exists(folder)) throw DataError(folder + ": is a dataset already");
  Dataset dataset;
  dataset.folder_ = folder;
  dataset.name_ = name;
  return dataset;
}

std::string Dataset::hash() const {
  std::vector<const RecordingInfo*> ordered;
  for (const RecordingInfo& info : recordings_) ordered.push_back(&info);
  std::sort(ordered.begin(), ordered.end(),
            [](const auto* a, const auto* b) { return a->name < b->name; });
  Sha256 sha;
  for (const RecordingInfo* info : ordered) {
    sha.add_field(info->name).add_field(info->hash).add_field(info->label);
    sha.add_field(info->group).add_field(name_of(info->split));
    for (const Segment& segment : info->segments) {
      sha.add_field(fmt::format("{} {} {}", segment.begin, segment.end, segment.label));
    }
    sha.add_field("");
  }
  return sha.hex();
}

std::string Dataset::sample_path(const std::string& hash) const {
  return fmt::format("{}/samples/{}/{}.npy", folder_, hash.substr(0, 2), hash);
}

Recording Dataset::load(const RecordingInfo& info) const {
  const std::string path = sample_path(info.hash);
  const std::string bytes = read_file(path);
  NpyArray array =
      read_npy_array(path, {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
  if (array.rows != info.frames || array.columns != static_cast<int64_t>(info.axes.size())) {
    throw DataError(
        fmt::format("{}: {} has another shape than the manifest says", path, info.name));
  }
  Recording recording{info, std::move(array.values)};
  check(recording);
  if (content_hash(recording) != info.hash) {
    throw DataError(
        fmt::format("{}: the samples of {} are not those that were imported; import"
                    " them again",
                    path, info.name));
  }
  return recording;
}

int64_t Dataset::add(Batch batch, const std::vector<Recording>& recordings) {
  std::map<std::string, std::string> hash_of;
  for (const RecordingInfo& info : recordings_) hash_of[info.name] = info.hash;
  batch.id = batches_.empty() ? 1 : batches_.back().id + 1;
  batch.recordings = 0;
  for (const Recording& recording : recordings) {
    const RecordingInfo& info = recording.info;
    const auto taken = hash_of.find(info.name);
    if (taken != hash_of.end()) {
      if (taken->second == info.hash) continue;
      throw DataError(
          fmt::format("{}: already holds other samples under the name '{}'; undo that"
                      " import or import into another dataset",
                      folder_, info.name));
    }
    const std::string path = sample_path(info.hash);
    if (!fs::exists(path)) {
      write_file(path, write_npy_array(recording.values, info.frames,
                                       static_cast<int64_t>(info.axes.size())));
    }
    hash_of[info.name] = info.hash;
    recordings_.push_back(info);
    batch_of_.push_back(batch.id);
    ++batch.recordings;
  }
  if (batch.recordings > 0) batches_.push_back(batch);
  return batch.recordings;
}

Batch Dataset::undo() {
  if (batches_.empty()) throw DataError(folder_ + ": nothing was imported, so nothing to undo");
  const Batch batch = batches_.back();
  batches_.pop_back();
  std::vector<RecordingInfo> kept;
  std::vector<int64_t> kept_batches;
  for (size_t i = 0; i < recordings_.size(); ++i) {
    if (batch_of_[i] == batch.id) {
      unused_.push_back(recordings_[i].hash);
    } else {
      kept.push_back(std::move(recordings_[i]));
      kept_batches.push_back(batch_of_[i]);
    }
  }
  recordings_ = std::move(kept);
  batch_of_ = std::move(kept_batches);
  return batch;
}

int64_t Dataset::edit(const std::function<bool(RecordingInfo&)>& change) {
  int64_t changed = 0;
  for (RecordingInfo& info : recordings_) {
    RecordingInfo fresh = info;
    if (!change(fresh) || (fresh.label == info.label && fresh.segments == info.segments &&
                           fresh.group == info.group && fresh.split == info.split)) {
      continue;
    }
    if (!fresh.segments.empty() && !fresh.label.empty()) {
      throw DataError(info.name + ": has labels over parts of it, so it can't have one for all");
    }
    info = std::move(fresh);
    ++changed;
  }
  edited_ = edited_ || changed > 0;
  return changed;
}

bool Dataset::can_undo_edit(const std::string& folder) {
  return fs::exists(folder + "/" + before_edit_name);
}

void Dataset::undo_edit(const std::string& folder) {
  if (!can_undo_edit(folder)) throw DataError(folder + ": no label or split was changed last");
  std::error_code error;
  fs::rename(folder + "/" + before_edit_name, manifest_path(folder), error);
  if (error) throw DataError(folder + ": can't be written: " + error.message());
}

void Dataset::save() {
  std::error_code error;
  fs::create_directories(folder_, error);
  const std::string before = folder_ + "/" + before_edit_name;
  if (edited_) {
    write_file(before, read_file(manifest_path(folder_)));
  } else {
    fs::remove(before, error);
  }
  write_file(manifest_path(folder_),
             write_manifest({name_, note_, recordings_, batch_of_, batches_}));
  std::set<std::string> used;
  for (const RecordingInfo& info : recordings_) used.insert(info.hash);
  for (const std::string& hash : unused_) {
    if (used.count(hash) == 0) fs::remove(sample_path(hash), error);
  }
  unused_.clear();
}

std::string datasets_home() {
  if (const char* home = std::getenv("MOTE_DATASETS"); home != nullptr && *home != '\0')
    return home;
  if (const char* home = std::getenv("XDG_DATA_HOME"); home != nullptr && *home != '\0') {
    return std::string(home) + "/mote/datasets";
  }
  const char* home = std::getenv("HOME");
  return std::string(home != nullptr ? home : ".") + "/.local/share/mote/datasets";
}

std::string dataset_folder(const std::string& name_or_path, const std::string& base) {
  const fs::path path = fs::path(base) / name_or_path;  // an absolute path drops `base`
  const bool is_path =
      name_or_path.find('/') != std::string::npos || Dataset::exists(path.string());
  return is_path ? path.lexically_normal().string() : datasets_home() + "/" + name_or_path;
}

}  // namespace mote::data
