#include "data/manifest.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace mote::data {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t format_version = 1;

Json to_json(const RecordingInfo& info, int64_t batch) {
  Json json = {{"name", info.name},    {"hash", info.hash},       {"axes", info.axes},
               {"units", info.units},  {"rate_hz", info.rate_hz}, {"scale", info.scale},
               {"frames", info.frames}};
  if (!info.label.empty()) json["label"] = info.label;
  if (!info.segments.empty()) {
    Json& segments = json["segments"] = Json::array();
    for (const Segment& segment : info.segments) {
      segments.push_back({segment.begin, segment.end, segment.label});
    }
  }
  if (!info.group.empty()) json["group"] = info.group;
  if (info.split != Split::unassigned) json["split"] = name_of(info.split);
  json["batch"] = batch;
  return json;
}

void check_hash(const std::string& hash) {
  if (hash.size() != 64 || hash.find_first_not_of("0123456789abcdef") != std::string::npos) {
    throw DataError("hash is not a SHA-256");
  }
}

RecordingInfo info_from(const Json& json) {
  RecordingInfo info;
  info.name = json.at("name").get<std::string>();
  info.hash = json.at("hash").get<std::string>();
  check_hash(info.hash);
  info.axes = json.at("axes").get<std::vector<std::string>>();
  info.units = json.at("units").get<std::string>();
  info.rate_hz = json.at("rate_hz").get<double>();
  info.scale = json.at("scale").get<double>();
  info.frames = json.at("frames").get<int64_t>();
  info.label = json.value("label", "");
  info.group = json.value("group", "");
  info.split = split_from(json.value("split", "unassigned"));
  for (const Json& segment : json.value("segments", Json::array())) {
    info.segments.push_back({segment.at(0).get<int64_t>(), segment.at(1).get<int64_t>(),
                             segment.at(2).get<std::string>()});
  }
  if (info.axes.empty() || !(info.rate_hz > 0) || info.frames <= 0) {
    throw DataError("axes, rate_hz or frames make no sense");
  }
  return info;
}

}  // namespace

std::string write_manifest(const Manifest& manifest) {
  Json batches = Json::array();
  for (const Batch& batch : manifest.batches) {
    batches.push_back({{"id", batch.id},
                       {"source", batch.source},
                       {"sha256", batch.sha256},
                       {"recordings", batch.recordings}});
  }
  // One recording per line keeps the file both small and reviewable in a diff.
  std::string text = fmt::format("{{\"mote_dataset\": {},\n", format_version);
  const auto dump = [](const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
  };
  text += fmt::format("\"name\": {},\n\"note\": {},\n\"batches\": {},\n\"recordings\": [",
                      dump(Json(manifest.name)), dump(Json(manifest.note)), dump(batches));
  for (size_t i = 0; i < manifest.recordings.size(); ++i) {
    text += i == 0 ? "\n" : ",\n";
    text += dump(to_json(manifest.recordings[i], manifest.batch_of[i]));
  }
  return text + "\n]}\n";
}

Manifest parse_manifest(const std::string& path, std::string_view text) {
  std::string where = "document";
  try {
    const Json json = Json::parse(text);
    if (json.at("mote_dataset").get<int64_t>() != format_version) {
      throw DataError(fmt::format("version is not {}; use a newer mote", format_version));
    }
    Manifest manifest;
    manifest.name = json.at("name").get<std::string>();
    manifest.note = json.value("note", "");
    for (const Json& batch : json.at("batches")) {
      where = fmt::format("batch {}", manifest.batches.size() + 1);
      manifest.batches.push_back(
          {batch.at("id").get<int64_t>(), batch.at("source").get<std::string>(),
           batch.at("sha256").get<std::string>(), batch.at("recordings").get<int64_t>()});
    }
    for (const Json& recording : json.at("recordings")) {
      where = fmt::format("recording {}", manifest.recordings.size() + 1);
      manifest.recordings.push_back(info_from(recording));
      manifest.batch_of.push_back(recording.at("batch").get<int64_t>());
    }
    return manifest;
  } catch (const std::exception& error) {
    throw DataError(
        fmt::format("{}: {}: {}; restore the file or import again", path, where, error.what()));
  }
}

}  // namespace mote::data
